"""Audit and ledger are sealed into the log: what waits for a seal, and what each seal covers.

Rows written before this release wait for their first seal. The release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0015"
down_revision = "0014"

GRANTS = {
    "foundation_audit_sealed": "SELECT, INSERT",
    "foundation_audit_waiting": "SELECT, DELETE",
    "ledger_seal": "SELECT, INSERT",
}
APPEND_ONLY = ("foundation_audit_sealed", "ledger_seal")
SQL = {
    "foundation": ("01_audit_waiting",),
}
FUNCTIONS = ("foundation_audit_waits",)
SQLITE_TRIGGERS = ("foundation_audit_waits",)


def upgrade() -> None:
    op.create_table(
        "foundation_audit_sealed",
        sa.Column("seal_id", types.Identifier(), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_id", types.Identifier(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(sha256) = 32", name="foundation_audit_sealed_sha256_size"),
        sa.CheckConstraint("place >= 0", name="foundation_audit_sealed_place"),
        sa.PrimaryKeyConstraint("seal_id", "place", name=op.f("foundation_audit_sealed_pkey")),
        sa.UniqueConstraint("audit_id", name="foundation_audit_sealed_once"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "foundation_audit_waiting",
        sa.Column("audit_id", types.Identifier(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("foundation_audit_waiting_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_seal",
        sa.Column("account_id", types.Identifier(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("from_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.Column("seal_id", types.Identifier(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("from_seq >= 1 AND to_seq >= from_seq", name="ledger_seal_range"),
        sa.CheckConstraint("length(sha256) = 32", name="ledger_seal_sha256_size"),
        sa.PrimaryKeyConstraint("account_id", "bucket", "from_seq", name=op.f("ledger_seal_pkey")),
        sa.UniqueConstraint("seal_id", "account_id", "bucket", name="ledger_seal_once"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    ddl.run(op.get_bind(), ddl.drop_functions(FUNCTIONS, op.get_bind().dialect.name))
    if op.get_bind().dialect.name == "sqlite":
        for trigger in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {trigger}")
    op.drop_table("ledger_seal")
    op.drop_table("foundation_audit_waiting")
    op.drop_table("foundation_audit_sealed")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
    for room, names in SQL.items():
        ddl.run(connection, ddl.room_sql(room, dialect, *names))
    # What is there already waits too. By now the trigger stands and its table is locked, so nothing is missed in between.
    op.execute("INSERT INTO foundation_audit_waiting (audit_id) SELECT id FROM foundation_audit")
