"""Versioned documents with source, status and the day from which they are in force.

A trigger keeps versions and their days in order.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0003"
down_revision = "0002"

GRANTS = {
    "rulebook_document": "SELECT, INSERT",
}
APPEND_ONLY = ("rulebook_document",)
SQL = ("01_forward",)
FUNCTIONS = ("rulebook_document_forward",)


def upgrade() -> None:
    op.create_table(
        "rulebook_document",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("content", types.Document(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "VERIFIED",
                "RECALLED",
                "MISSING",
                "DECIDED",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("shipped", "approved", name="origin", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("proposal_id", types.Identifier(), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("(origin = 'approved') = (proposal_id IS NOT NULL)", name="rulebook_document_origin_proven"),
        sa.CheckConstraint("source <> ''", name="rulebook_document_sourced"),
        sa.CheckConstraint("length(content_sha256) = 64", name="rulebook_document_hashed"),
        sa.CheckConstraint("version >= 1", name="rulebook_document_version_positive"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["approvals_proposal.id"], name=op.f("rulebook_document_proposal_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("rulebook_document_pkey")),
        sa.UniqueConstraint("kind", "name", "version", name="rulebook_document_version_key"),
        sa.UniqueConstraint("proposal_id", name="rulebook_document_proposal_key"),
        sqlite_strict=True,
    )
    op.create_index("rulebook_document_listed_idx", "rulebook_document", ["created_at", "id"], unique=False)
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    ddl.run(op.get_bind(), ddl.drop_functions(FUNCTIONS, op.get_bind().dialect.name))
    op.drop_table("rulebook_document")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
    ddl.run(connection, ddl.room_sql("rulebook", dialect, *SQL))
