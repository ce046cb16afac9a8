"""The register's figures for the front page, kept by a job.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0017"
down_revision = "0016"

GRANTS = {
    "credits_figures": "SELECT, INSERT, UPDATE",
}


def upgrade() -> None:
    op.create_table(
        "credits_figures",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("as_of", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("issued_kg", sa.BigInteger(), nullable=False),
        sa.Column("held_kg", sa.BigInteger(), nullable=False),
        sa.Column("retired_kg", sa.BigInteger(), nullable=False),
        sa.Column("buffer_kg", sa.BigInteger(), nullable=False),
        sa.Column("retirement_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "held_kg >= 0 AND retired_kg >= 0 AND buffer_kg >= 0 AND retirement_count >= 0",
            name="credits_figures_not_negative",
        ),
        sa.CheckConstraint("id = 1", name="credits_figures_one"),
        sa.CheckConstraint("issued_kg = held_kg + retired_kg + buffer_kg", name="credits_figures_add_up"),
        sa.PrimaryKeyConstraint("id", name=op.f("credits_figures_pkey")),
        sqlite_strict=True,
    )
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("credits_figures")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
