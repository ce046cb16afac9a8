"""Households, their members by intervals, and invitations.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0021"
down_revision = "0020"

GRANTS = {
    "identity_household": "SELECT, INSERT, UPDATE (head_id, closed_on, version)",
    "identity_household_invitation": "SELECT, INSERT, DELETE",
    "identity_household_membership": "SELECT, INSERT, UPDATE (left_on)",
    "identity_household_name": "SELECT, INSERT, UPDATE, DELETE",
}
SQL = {
    "identity": ("01_households",),
}
FUNCTIONS = ("identity_membership_guard",)
SQLITE_TRIGGERS = (
    "identity_membership_kept",
    "identity_membership_not_deleted",
    "identity_membership_once",
    "identity_membership_still_once",
    "identity_membership_too_early",
)


def upgrade() -> None:
    op.create_table(
        "identity_household",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("head_id", types.Identifier(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("closed_on >= opened_on", name="identity_household_forward"),
        sa.CheckConstraint("version >= 1", name="identity_household_version_positive"),
        sa.ForeignKeyConstraint(["head_id"], ["identity_person.id"], name=op.f("identity_household_head_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_household_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_household_head_id_idx"), "identity_household", ["head_id"], unique=False)
    op.create_table(
        "identity_household_invitation",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("household_id", types.Identifier(), nullable=False),
        sa.Column("code_mac", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["identity_household.id"], name=op.f("identity_household_invitation_household_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_household_invitation_pkey")),
        sa.UniqueConstraint("code_mac", name=op.f("identity_household_invitation_code_mac_key")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("identity_household_invitation_expires_at_idx"),
        "identity_household_invitation",
        ["expires_at"],
        unique=False,
    )
    op.create_index(
        "identity_household_invitation_household_idx",
        "identity_household_invitation",
        ["household_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "identity_household_membership",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("household_id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("left_on >= joined_on", name="identity_household_membership_forward"),
        sa.ForeignKeyConstraint(
            ["household_id"], ["identity_household.id"], name=op.f("identity_household_membership_household_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("identity_household_membership_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_household_membership_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_household_membership_household_idx",
        "identity_household_membership",
        ["household_id", "joined_on"],
        unique=False,
    )
    op.create_index(
        "identity_household_membership_person_idx",
        "identity_household_membership",
        ["person_id", "joined_on"],
        unique=False,
    )
    op.create_table(
        "identity_household_name",
        sa.Column("household_id", types.Identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["identity_household.id"], name=op.f("identity_household_name_household_id_fkey")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("identity_household_name_pkey")),
        sqlite_strict=True,
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.run(op.get_bind(), ddl.drop_functions(FUNCTIONS, op.get_bind().dialect.name))
    if op.get_bind().dialect.name == "sqlite":
        for trigger in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {trigger}")
    op.drop_table("identity_household_name")
    op.drop_table("identity_household_membership")
    op.drop_table("identity_household_invitation")
    op.drop_table("identity_household")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for room, names in SQL.items():
        ddl.run(connection, ddl.room_sql(room, dialect, *names))
