"""Exports and erasures.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0027"
down_revision = "0026"

GRANTS = {
    "identity_erasure": "SELECT, INSERT, UPDATE",
    "identity_erasure_kept": "SELECT, INSERT, DELETE",
    "identity_export": "SELECT, INSERT, UPDATE, DELETE",
    "identity_export_part": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    op.create_table(
        "identity_erasure",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "cancelled",
                "erasing",
                "erased",
                "restricted",
                name="erasurestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("due_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("begun_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("done_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("cancelled_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("parts_done", types.Document(), nullable=False),
        sa.Column("restricted_until", sa.Date(), nullable=True),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="identity_erasure_cancelled"),
        sa.CheckConstraint(
            "(state = 'restricted') = (restricted_until IS NOT NULL AND look_again_on IS NOT NULL) OR state = 'erasing'",
            name="identity_erasure_restricted",
        ),
        sa.CheckConstraint(
            "(state IN ('erased', 'restricted')) <= (done_at IS NOT NULL)", name="identity_erasure_done"
        ),
        sa.CheckConstraint("(state IN ('waiting', 'cancelled')) = (begun_at IS NULL)", name="identity_erasure_begun"),
        sa.CheckConstraint("version >= 1", name="identity_erasure_version_positive"),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_erasure_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_erasure_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_erasure_again_idx",
        "identity_erasure",
        ["look_again_on"],
        unique=False,
        postgresql_where=sa.text("state = 'restricted'"),
        sqlite_where=sa.text("state = 'restricted'"),
    )
    op.create_index(
        "identity_erasure_due_idx",
        "identity_erasure",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'erasing')"),
        sqlite_where=sa.text("state IN ('waiting', 'erasing')"),
    )
    op.create_index(
        "identity_erasure_one_open",
        "identity_erasure",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'erasing', 'restricted', 'erased')"),
        sqlite_where=sa.text("state IN ('waiting', 'erasing', 'restricted', 'erased')"),
    )
    op.create_index("identity_erasure_person_idx", "identity_erasure", ["person_id"], unique=False)
    op.create_table(
        "identity_export",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("asked_by", types.Identifier(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "ready",
                "failed",
                "expired",
                name="exportstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("next_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("json_bytes", sa.BigInteger(), nullable=True),
        sa.Column("json_sha256", sa.Text(), nullable=True),
        sa.Column("pdf_bytes", sa.BigInteger(), nullable=True),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.Column("store_key", sa.Text(), nullable=False),
        sa.CheckConstraint("(state IN ('ready', 'expired')) = (ready_at IS NOT NULL)", name="identity_export_ready"),
        sa.CheckConstraint(
            "(ready_at IS NULL) = (json_bytes IS NULL) AND (ready_at IS NULL) = (json_sha256 IS NULL) AND (ready_at IS NULL) = (pdf_bytes IS NULL) AND (ready_at IS NULL) = (pdf_sha256 IS NULL) AND (ready_at IS NULL) = (expires_at IS NULL)",
            name="identity_export_whole",
        ),
        sa.CheckConstraint("tries >= 0", name="identity_export_tries_not_negative"),
        sa.ForeignKeyConstraint(["asked_by"], ["identity_person.id"], name=op.f("identity_export_asked_by_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("identity_export_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_export_pkey")),
        sa.UniqueConstraint("store_key", name="identity_export_store_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "identity_export_due_idx",
        "identity_export",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index("identity_export_expiry_idx", "identity_export", ["state", "expires_at"], unique=False)
    op.create_index(
        "identity_export_one_running",
        "identity_export",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index("identity_export_person_idx", "identity_export", ["person_id", "asked_at", "id"], unique=False)
    op.create_table(
        "identity_erasure_kept",
        sa.Column("erasure_id", types.Identifier(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("law", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["identity_erasure.id"], name=op.f("identity_erasure_kept_erasure_id_fkey")
        ),
        sa.PrimaryKeyConstraint("erasure_id", "room", "what", name=op.f("identity_erasure_kept_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identity_export_part",
        sa.Column("export_id", types.Identifier(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("content", types.Document(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["identity_export.id"], name=op.f("identity_export_part_export_id_fkey")
        ),
        sa.PrimaryKeyConstraint("export_id", "room", name=op.f("identity_export_part_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("identity_export_part")
    op.drop_table("identity_erasure_kept")
    op.drop_table("identity_export")
    op.drop_table("identity_erasure")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
