"""What changed for a resident, in the order of commits.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0025"
down_revision = "0024"

GRANTS = {
    "foundation_sync_change": "SELECT, INSERT, UPDATE, DELETE",
    "foundation_sync_counter": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    op.create_table(
        "foundation_sync_change",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("object_id", types.Identifier(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("changed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("change_no >= 1", name="foundation_sync_change_number_positive"),
        sa.PrimaryKeyConstraint("person_id", "collection", "object_id", name=op.f("foundation_sync_change_pkey")),
        sa.UniqueConstraint("person_id", "change_no", name="foundation_sync_change_number_once"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "foundation_sync_change_tombstone_idx",
        "foundation_sync_change",
        ["changed_at"],
        unique=False,
        postgresql_where=sa.text("is_gone"),
        sqlite_where=sa.text("is_gone"),
    )
    op.create_table(
        "foundation_sync_counter",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("swept_no", sa.BigInteger(), nullable=False),
        sa.Column("enrolled", types.Document(), nullable=False),
        sa.CheckConstraint("change_no >= 0", name="foundation_sync_counter_not_negative"),
        sa.CheckConstraint("swept_no BETWEEN 0 AND change_no", name="foundation_sync_counter_swept_within"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("foundation_sync_counter_pkey")),
        sqlite_strict=True,
    )
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("foundation_sync_counter")
    op.drop_table("foundation_sync_change")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
