"""Consents, each with the text it was given to.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0023"
down_revision = "0022"

GRANTS = {
    "identity_consent": "SELECT, INSERT, UPDATE, DELETE",
    "identity_consent_event": "SELECT, INSERT",
}
APPEND_ONLY = ("identity_consent_event",)


def upgrade() -> None:
    op.create_table(
        "identity_consent",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "location",
                "photos",
                "public_name",
                "cross_border_payment",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("given", "withdrawn", name="consentchange", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("document_id", types.Identifier(), nullable=False),
        sa.Column("changed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["rulebook_document.id"], name=op.f("identity_consent_document_id_fkey")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_consent_person_id_fkey")),
        sa.PrimaryKeyConstraint("person_id", "purpose", name=op.f("identity_consent_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identity_consent_event",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "location",
                "photos",
                "public_name",
                "cross_border_payment",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "change",
            sa.Enum("given", "withdrawn", name="consentchange", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("document_id", types.Identifier(), nullable=False),
        sa.Column("done_by", types.Identifier(), nullable=False),
        sa.Column("assisted_by", types.Identifier(), nullable=True),
        sa.Column("at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assisted_by"], ["identity_staff.id"], name=op.f("identity_consent_event_assisted_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["rulebook_document.id"], name=op.f("identity_consent_event_document_id_fkey")
        ),
        sa.ForeignKeyConstraint(["done_by"], ["identity_person.id"], name=op.f("identity_consent_event_done_by_fkey")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.id"], name=op.f("identity_consent_event_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_consent_event_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_consent_event_person_id_idx"), "identity_consent_event", ["person_id"], unique=False)
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    op.drop_table("identity_consent_event")
    op.drop_table("identity_consent")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
