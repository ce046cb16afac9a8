"""The log: entries that wait, leaves, nodes, checkpoints, signed documents, issuers and their keys.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0014"
down_revision = "0013"

GRANTS = {
    "transparency_checkpoint": "SELECT, INSERT",
    "transparency_did_document": "SELECT, INSERT",
    "transparency_document": "SELECT, INSERT",
    "transparency_issuer": "SELECT, INSERT",
    "transparency_key": "SELECT, INSERT",
    "transparency_key_end": "SELECT, INSERT",
    "transparency_leaf": "SELECT, INSERT",
    "transparency_node": "SELECT, INSERT",
    "transparency_seal": "SELECT, INSERT",
    "transparency_waiting": "SELECT, INSERT, UPDATE, DELETE",
}
APPEND_ONLY = (
    "transparency_checkpoint",
    "transparency_did_document",
    "transparency_document",
    "transparency_issuer",
    "transparency_key",
    "transparency_key_end",
    "transparency_leaf",
    "transparency_node",
    "transparency_seal",
)


def upgrade() -> None:
    op.create_table(
        "transparency_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("length(root) = 32", name="transparency_checkpoint_root_size"),
        sa.CheckConstraint("size > 0", name="transparency_checkpoint_size"),
        sa.PrimaryKeyConstraint("size", name=op.f("transparency_checkpoint_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "transparency_issuer",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("transparency_issuer_pkey")),
        sa.UniqueConstraint("agency_id", name="transparency_issuer_agency_key"),
        sa.UniqueConstraint("did", name="transparency_issuer_did_key"),
        sa.UniqueConstraint("slug", name="transparency_issuer_slug_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "transparency_leaf",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "issue",
                "revoke",
                "retire",
                "key",
                "list",
                "seal",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.CheckConstraint("leaf_index >= 0", name="transparency_leaf_index"),
        sa.CheckConstraint("length(entry) BETWEEN 2 AND 65535", name="transparency_leaf_entry_size"),
        sa.CheckConstraint("length(leaf_hash) = 32", name="transparency_leaf_hash_size"),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("transparency_leaf_pkey")),
        sa.UniqueConstraint("kind", "subject_kind", "subject_id", name="transparency_leaf_once"),
        sqlite_strict=True,
    )
    op.create_table(
        "transparency_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name="transparency_node_hash_size"),
        sa.CheckConstraint("level BETWEEN 1 AND 62 AND position >= 0", name="transparency_node_place"),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("transparency_node_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "transparency_seal",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("first >= 1 AND last >= first", name="transparency_seal_numbers"),
        sa.CheckConstraint("length(root) = 32", name="transparency_seal_root_size"),
        sa.PrimaryKeyConstraint("id", name=op.f("transparency_seal_pkey")),
        sa.UniqueConstraint("stream", "first", name="transparency_seal_first_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "transparency_waiting",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "issue",
                "revoke",
                "retire",
                "key",
                "list",
                "seal",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("length(entry) BETWEEN 2 AND 65535", name="transparency_waiting_entry_size"),
        sa.PrimaryKeyConstraint("id", name=op.f("transparency_waiting_pkey")),
        sa.UniqueConstraint("kind", "subject_kind", "subject_id", name="transparency_waiting_once"),
        sqlite_strict=True,
    )
    op.create_table(
        "transparency_did_document",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 32", name="transparency_did_document_sha256_size"),
        sa.ForeignKeyConstraint(
            ["issuer"], ["transparency_issuer.slug"], name=op.f("transparency_did_document_issuer_fkey")
        ),
        sa.PrimaryKeyConstraint("issuer", "version", name=op.f("transparency_did_document_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "transparency_document",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("jwt", sa.Text(), nullable=True),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("signed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 32", name="transparency_document_sha256_size"),
        sa.ForeignKeyConstraint(
            ["leaf_index"], ["transparency_leaf.leaf_index"], name=op.f("transparency_document_leaf_index_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("transparency_document_pkey")),
        sa.UniqueConstraint("leaf_index", name="transparency_document_leaf_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "transparency_document_subject_idx", "transparency_document", ["subject_id", "leaf_index"], unique=False
    )
    op.create_table(
        "transparency_key",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("added_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("length(public) = 32", name="transparency_key_public_size"),
        sa.CheckConstraint("number > 0", name="transparency_key_number"),
        sa.ForeignKeyConstraint(["issuer"], ["transparency_issuer.slug"], name=op.f("transparency_key_issuer_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("transparency_key_pkey")),
        sa.UniqueConstraint("public", name="transparency_key_public_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "transparency_key_of_issuer",
        "transparency_key",
        ["issuer", "year", "number"],
        unique=True,
        postgresql_where=sa.text("issuer IS NOT NULL"),
        sqlite_where=sa.text("issuer IS NOT NULL"),
    )
    op.create_index(
        "transparency_key_of_log",
        "transparency_key",
        ["year", "number"],
        unique=True,
        postgresql_where=sa.text("issuer IS NULL"),
        sqlite_where=sa.text("issuer IS NULL"),
    )
    op.create_table(
        "transparency_key_end",
        sa.Column("key_id", types.Identifier(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("expire", "revoke", name="keyend", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["transparency_key.id"], name=op.f("transparency_key_end_key_id_fkey")),
        sa.PrimaryKeyConstraint("key_id", "kind", name=op.f("transparency_key_end_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    op.drop_table("transparency_key_end")
    op.drop_table("transparency_key")
    op.drop_table("transparency_document")
    op.drop_table("transparency_did_document")
    op.drop_table("transparency_waiting")
    op.drop_table("transparency_seal")
    op.drop_table("transparency_node")
    op.drop_table("transparency_leaf")
    op.drop_table("transparency_issuer")
    op.drop_table("transparency_checkpoint")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
