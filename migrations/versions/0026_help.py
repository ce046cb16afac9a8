"""Tickets of the help desk.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0026"
down_revision = "0025"

GRANTS = {
    "help_contact_reading": "SELECT, INSERT, DELETE",
    "help_message": "SELECT, INSERT, DELETE",
    "help_ticket": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    op.create_table(
        "help_ticket",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=True),
        sa.Column("staff_id", types.Identifier(), nullable=True),
        sa.Column("assisted_by", types.Identifier(), nullable=True),
        sa.Column(
            "topic",
            sa.Enum(
                "account",
                "planting",
                "payment",
                "certificate",
                "privacy",
                "other",
                name="topic",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "taken",
                "answered",
                "handed_over",
                "closed",
                name="ticketstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("taken_by", types.Identifier(), nullable=True),
        sa.Column("hotline_reference", sa.Text(), nullable=True),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("due_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("due_missing_year", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "closed_by",
            sa.Enum("owner", "support", name="side", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("message_count", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="help_ticket_closed_at"),
        sa.CheckConstraint("(state = 'taken') = (taken_by IS NOT NULL)", name="help_ticket_taken_by_somebody"),
        sa.CheckConstraint("close_reason IS NULL OR closed_by = 'support'", name="help_ticket_reason_of_support"),
        sa.CheckConstraint("state <> 'handed_over' OR hotline_reference IS NOT NULL", name="help_ticket_hotline_known"),
        sa.CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="help_ticket_about_whole"),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="help_ticket_closed_by"),
        sa.CheckConstraint("(person_id IS NULL) <> (staff_id IS NULL)", name="help_ticket_one_owner"),
        sa.CheckConstraint("message_count BETWEEN 1 AND 200", name="help_ticket_messages_few"),
        sa.CheckConstraint("version >= 1", name="help_ticket_version_positive"),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("help_ticket_person_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("help_ticket_staff_id_fkey")),
        sa.ForeignKeyConstraint(["taken_by"], ["identity_staff.id"], name=op.f("help_ticket_taken_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("help_ticket_pkey")),
        sqlite_strict=True,
    )
    op.create_index("help_ticket_person_idx", "help_ticket", ["person_id", "opened_at", "id"], unique=False)
    op.create_index("help_ticket_queue_idx", "help_ticket", ["state", "due_at", "id"], unique=False)
    op.create_index("help_ticket_staff_idx", "help_ticket", ["staff_id", "opened_at", "id"], unique=False)
    op.create_index(op.f("help_ticket_taken_by_idx"), "help_ticket", ["taken_by"], unique=False)
    op.create_table(
        "help_contact_reading",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("ticket_id", types.Identifier(), nullable=False),
        sa.Column("read_by", types.Identifier(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("read_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["read_by"], ["identity_staff.id"], name=op.f("help_contact_reading_read_by_fkey")),
        sa.ForeignKeyConstraint(["ticket_id"], ["help_ticket.id"], name=op.f("help_contact_reading_ticket_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("help_contact_reading_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("help_contact_reading_read_by_idx"), "help_contact_reading", ["read_by"], unique=False)
    op.create_index(op.f("help_contact_reading_ticket_id_idx"), "help_contact_reading", ["ticket_id"], unique=False)
    op.create_table(
        "help_message",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("ticket_id", types.Identifier(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column(
            "author_side",
            sa.Enum("owner", "support", name="side", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("author_id", types.Identifier(), nullable=False),
        sa.Column("assisted_by", types.Identifier(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("canned_code", sa.Text(), nullable=True),
        sa.Column("sent_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("canned_code IS NULL OR author_side = 'support'", name="help_message_canned_by_support"),
        sa.CheckConstraint("place >= 1", name="help_message_place_positive"),
        sa.ForeignKeyConstraint(["ticket_id"], ["help_ticket.id"], name=op.f("help_message_ticket_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("help_message_pkey")),
        sa.UniqueConstraint("ticket_id", "place", name="help_message_place"),
        sqlite_strict=True,
    )
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("help_message")
    op.drop_table("help_contact_reading")
    op.drop_table("help_ticket")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
