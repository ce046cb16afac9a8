"""The ground: audit, outbox, schedule, tasks, answers under their keys, and what a database remembers of itself.

The first migration of all; nothing runs beside it.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0001"
down_revision = None

GRANTS = {
    "alembic_version": "SELECT",
    "foundation_audit": "SELECT, INSERT",
    "foundation_idempotency": "SELECT, INSERT, UPDATE, DELETE",
    "foundation_outbox": "SELECT, INSERT, UPDATE, DELETE",
    "foundation_schedule": "SELECT, INSERT, UPDATE, DELETE",
    "foundation_setting": "SELECT, INSERT",
    "foundation_task": "SELECT, INSERT, UPDATE, DELETE",
}
APPEND_ONLY = ("foundation_audit",)


def upgrade() -> None:
    op.create_table(
        "foundation_audit",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum(
                "resident", "staff", "system", name="actorkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("actor_id", types.Identifier(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("session_id", types.Identifier(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", types.Identifier(), nullable=False),
        sa.Column("before_sha256", sa.Text(), nullable=True),
        sa.Column("after_sha256", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("foundation_audit_pkey")),
        sqlite_strict=True,
    )
    op.create_index("foundation_audit_actor_idx", "foundation_audit", ["actor_id", "at"], unique=False)
    op.create_index("foundation_audit_object_idx", "foundation_audit", ["object_id", "at"], unique=False)
    op.create_table(
        "foundation_idempotency",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("started_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("headers", types.Document(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("principal", "operation", "key", name=op.f("foundation_idempotency_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("foundation_idempotency_started_idx", "foundation_idempotency", ["started_at"], unique=False)
    op.create_table(
        "foundation_outbox",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", types.Document(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("due_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("leased_until", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("dead_at", types.UtcInstant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("foundation_outbox_pkey")),
        sa.UniqueConstraint("topic", "subscriber", "key", name="foundation_outbox_once"),
        sqlite_strict=True,
    )
    op.create_index(
        "foundation_outbox_done_idx",
        "foundation_outbox",
        ["done_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NOT NULL"),
        postgresql_where=sa.text("done_at IS NOT NULL"),
    )
    op.create_index(
        "foundation_outbox_due_idx",
        "foundation_outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "foundation_schedule",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("due_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("leased_until", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("dead_at", types.UtcInstant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("job", "due_at", name=op.f("foundation_schedule_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "foundation_setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("foundation_setting_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "foundation_task",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=True),
        sa.Column("county", sa.Text(), nullable=True),
        sa.Column("due_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "done", name="taskstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("done_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("done_by", types.Identifier(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("foundation_task_pkey")),
        sa.UniqueConstraint("kind", "subject_kind", "subject_id", name="foundation_task_once"),
        sqlite_strict=True,
    )
    op.create_index("foundation_task_open_idx", "foundation_task", ["role", "state", "created_at"], unique=False)
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    op.drop_table("foundation_task")
    op.drop_table("foundation_setting")
    op.drop_table("foundation_schedule")
    op.drop_table("foundation_outbox")
    op.drop_table("foundation_idempotency")
    op.drop_table("foundation_audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION foundation_refuse_change()")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    if dialect == "postgresql":
        ddl.run(connection, [ddl.REFUSE_CHANGE])
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
