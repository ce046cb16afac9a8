"""The ledger: assets, accounts, balances, transfers, entries, lots, and the triggers that apply a transfer.

The purposes that accounts can have are rows that only migrations write.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0004"
down_revision = "0003"

GRANTS = {
    "ledger_account": "SELECT, INSERT",
    "ledger_asset": "SELECT, INSERT",
    "ledger_balance": "SELECT",
    "ledger_entry": "SELECT",
    "ledger_lot": "SELECT",
    "ledger_purpose": "SELECT",
    "ledger_transfer": "SELECT, INSERT",
    "ledger_waiting": "SELECT, UPDATE, DELETE",
}
APPEND_ONLY = ("ledger_account", "ledger_asset", "ledger_entry", "ledger_transfer")
SQL = ("01_purposes", "02_accounts", "03_lots", "04_transfers", "05_resolve")
FUNCTIONS = (
    "ledger_apply_hold",
    "ledger_apply_move",
    "ledger_apply_resolve",
    "ledger_change",
    "ledger_check_reversal",
    "ledger_due",
    "ledger_grant_lot",
    "ledger_lock",
    "ledger_note",
    "ledger_open_account",
    "ledger_spend_lots",
)


def upgrade() -> None:
    op.create_table(
        "ledger_asset",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "points", "co2e_kg", "cny_fen", name="assetkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_asset_pkey")),
        sa.UniqueConstraint("code", name=op.f("ledger_asset_code_key")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger_entry",
        sa.Column("account_id", types.Identifier(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transfer_id", types.Identifier(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.Column("held_after", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("lots", types.Document(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "bucket", "seq", name=op.f("ledger_entry_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_lot",
        sa.Column("account_id", types.Identifier(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("remaining >= 0", name="ledger_lot_remaining"),
        sa.PrimaryKeyConstraint("account_id", "expires_on", name=op.f("ledger_lot_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ledger_lot_due_idx", "ledger_lot", ["expires_on", "account_id"], unique=False)
    op.create_table(
        "ledger_purpose",
        sa.Column(
            "asset_kind",
            sa.Enum(
                "points", "co2e_kg", "cny_fen", name="assetkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("buckets", sa.SmallInteger(), nullable=False),
        sa.Column(
            "lot_rule",
            sa.Enum("none", "keeps", "expires", name="lotrule", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.CheckConstraint(
            "buckets = 1 OR (floor IS NULL AND lot_rule <> 'keeps')", name="ledger_purpose_bucket_floor"
        ),
        sa.CheckConstraint("buckets BETWEEN 1 AND 64", name="ledger_purpose_buckets"),
        sa.PrimaryKeyConstraint("asset_kind", "owner_kind", "purpose", name=op.f("ledger_purpose_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_transfer",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "move",
                "hold",
                "post",
                "void",
                name="transferkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asset_id", types.Identifier(), nullable=False),
        sa.Column("debit_account", types.Identifier(), nullable=False),
        sa.Column("debit_bucket", sa.SmallInteger(), nullable=False),
        sa.Column("credit_account", types.Identifier(), nullable=False),
        sa.Column("credit_bucket", sa.SmallInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("hold_id", types.Identifier(), nullable=True),
        sa.Column("hold_until", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", types.Identifier(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("reverses", types.Identifier(), nullable=True),
        sa.Column("actor_id", types.Identifier(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("(hold_id IS NOT NULL) = (kind IN ('post', 'void'))", name="ledger_transfer_hold_named"),
        sa.CheckConstraint("expires_on IS NULL OR kind IN ('move', 'post')", name="ledger_transfer_expires_on"),
        sa.CheckConstraint("hold_until IS NULL OR kind = 'hold'", name="ledger_transfer_hold_until"),
        sa.CheckConstraint("reverses IS NULL OR kind = 'move'", name="ledger_transfer_reverses"),
        sa.CheckConstraint("amount BETWEEN 1 AND 9007199254740991", name="ledger_transfer_amount"),
        sa.CheckConstraint("debit_account <> credit_account", name="ledger_transfer_two_accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_transfer_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "ledger_transfer_hold_resolves_once",
        "ledger_transfer",
        ["hold_id"],
        unique=True,
        sqlite_where=sa.text("hold_id IS NOT NULL"),
        postgresql_where=sa.text("hold_id IS NOT NULL"),
    )
    op.create_index(
        "ledger_transfer_reverses_idx",
        "ledger_transfer",
        ["reverses"],
        unique=False,
        sqlite_where=sa.text("reverses IS NOT NULL"),
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_table(
        "ledger_waiting",
        sa.Column("account_id", types.Identifier(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "bucket", name=op.f("ledger_waiting_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("asset_id", types.Identifier(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", types.Identifier(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["ledger_asset.id"], name=op.f("ledger_account_asset_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_account_pkey")),
        sa.UniqueConstraint("owner_kind", "owner_id", "asset_id", "purpose", name="ledger_account_owner_key"),
        sqlite_strict=True,
    )
    op.create_index("ledger_account_asset_idx", "ledger_account", ["asset_id"], unique=False)
    op.create_table(
        "ledger_balance",
        sa.Column("account_id", types.Identifier(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_id", types.Identifier(), nullable=False),
        sa.Column("posted", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column(
            "lot_rule",
            sa.Enum("none", "keeps", "expires", name="lotrule", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.CheckConstraint("floor IS NULL OR posted - held >= floor", name="ledger_balance_funds"),
        sa.CheckConstraint("held >= 0", name="ledger_balance_held"),
        sa.CheckConstraint(
            "posted BETWEEN -9007199254740991 AND 9007199254740991 AND held <= 9007199254740991",
            name="ledger_balance_range",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("ledger_balance_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "bucket", name=op.f("ledger_balance_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    ddl.run(op.get_bind(), ddl.drop_functions(FUNCTIONS, op.get_bind().dialect.name))
    op.drop_table("ledger_balance")
    op.drop_table("ledger_account")
    op.drop_table("ledger_waiting")
    op.drop_table("ledger_transfer")
    op.drop_table("ledger_purpose")
    op.drop_table("ledger_lot")
    op.drop_table("ledger_entry")
    op.drop_table("ledger_asset")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
    ddl.run(connection, ddl.room_sql("ledger", dialect, *SQL))
