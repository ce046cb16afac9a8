"""Quotes, and the orders that they become: kilograms reserved, paid and retired."""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0013"
down_revision = "0012"

GRANTS = {
    "offsets_order": "SELECT, INSERT, UPDATE",
    "offsets_quote": "SELECT, INSERT, UPDATE (ordered_at)",
}


def upgrade() -> None:
    op.create_table(
        "offsets_quote",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("buyer_id", types.Identifier(), nullable=False),
        sa.Column("batch_id", types.Identifier(), nullable=False),
        sa.Column("footprint_id", types.Identifier(), nullable=True),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("price_version", sa.BigInteger(), nullable=False),
        sa.Column("price_fen_per_t", sa.BigInteger(), nullable=False),
        sa.Column("credits_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_per_mille", sa.BigInteger(), nullable=False),
        sa.Column("fee_document_id", types.Identifier(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("ordered_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint("credits_fen >= 1 AND fee_fen >= 0", name="offsets_quote_not_negative"),
        sa.CheckConstraint("expires_at > created_at", name="offsets_quote_forward"),
        sa.CheckConstraint("kg >= 1", name="offsets_quote_kg_positive"),
        sa.CheckConstraint("total_fen = credits_fen + fee_fen", name="offsets_quote_adds_up"),
        sa.ForeignKeyConstraint(["batch_id"], ["credits_batch.id"], name=op.f("offsets_quote_batch_id_fkey")),
        sa.ForeignKeyConstraint(
            ["footprint_id"], ["footprint_calculation.id"], name=op.f("offsets_quote_footprint_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("offsets_quote_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "offsets_order",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("quote_id", types.Identifier(), nullable=False),
        sa.Column("request_key", types.Identifier(), nullable=False),
        sa.Column("buyer_id", types.Identifier(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("self", "gift", name="orderpurpose", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("beneficiary_name", sa.Text(), nullable=True),
        sa.Column("batch_id", types.Identifier(), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("price_fen_per_t", sa.BigInteger(), nullable=False),
        sa.Column("credits_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("payee_id", types.Identifier(), nullable=False),
        sa.Column("payment_id", types.Identifier(), nullable=False),
        sa.Column("hold_id", types.Identifier(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reserved",
                "paid",
                "fulfilled",
                "closed",
                "expired",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "time_over",
                "canceled",
                "payment_ended",
                "paid_too_late",
                "paid_after_cancel",
                "refund_asked",
                "not_retired",
                "charged_back",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("cancel_asked_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("refund_id", types.Identifier(), nullable=True),
        sa.Column("retirement_id", types.Identifier(), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("paid_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("ended_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'fulfilled') = (retirement_id IS NOT NULL)", name="offsets_order_fulfilled"),
        sa.CheckConstraint(
            "(state IN ('fulfilled', 'closed', 'expired')) = (ended_at IS NOT NULL)", name="offsets_order_ended"
        ),
        sa.CheckConstraint("purpose = 'gift' OR beneficiary_name IS NULL", name="offsets_order_name_of_gift"),
        sa.CheckConstraint("state NOT IN ('closed', 'expired') OR reason IS NOT NULL", name="offsets_order_reasoned"),
        sa.CheckConstraint("state NOT IN ('paid', 'fulfilled') OR paid_at IS NOT NULL", name="offsets_order_paid"),
        sa.CheckConstraint("credits_fen >= 1 AND fee_fen >= 0", name="offsets_order_not_negative"),
        sa.CheckConstraint("kg >= 1", name="offsets_order_kg_positive"),
        sa.CheckConstraint("length(beneficiary_name) BETWEEN 1 AND 40", name="offsets_order_name_length"),
        sa.CheckConstraint("total_fen = credits_fen + fee_fen", name="offsets_order_adds_up"),
        sa.ForeignKeyConstraint(["batch_id"], ["credits_batch.id"], name=op.f("offsets_order_batch_id_fkey")),
        sa.ForeignKeyConstraint(["hold_id"], ["ledger_transfer.id"], name=op.f("offsets_order_hold_id_fkey")),
        sa.ForeignKeyConstraint(["payee_id"], ["payments_payee.id"], name=op.f("offsets_order_payee_id_fkey")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments_payment.id"], name=op.f("offsets_order_payment_id_fkey")),
        sa.ForeignKeyConstraint(["quote_id"], ["offsets_quote.id"], name=op.f("offsets_order_quote_id_fkey")),
        sa.ForeignKeyConstraint(["refund_id"], ["payments_refund.id"], name=op.f("offsets_order_refund_id_fkey")),
        sa.ForeignKeyConstraint(
            ["retirement_id"], ["credits_retirement.id"], name=op.f("offsets_order_retirement_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("offsets_order_pkey")),
        sa.UniqueConstraint("hold_id", name="offsets_order_hold_key"),
        sa.UniqueConstraint("payment_id", name="offsets_order_payment_key"),
        sa.UniqueConstraint("quote_id", name="offsets_order_quote_key"),
        sa.UniqueConstraint("retirement_id", name="offsets_order_retirement_key"),
        sqlite_strict=True,
    )
    op.create_index("offsets_order_listed_idx", "offsets_order", ["buyer_id", "created_at", "id"], unique=False)
    op.create_index(
        "offsets_order_to_retire_idx",
        "offsets_order",
        ["paid_at"],
        unique=False,
        postgresql_where=sa.text("state = 'paid'"),
        sqlite_where=sa.text("state = 'paid'"),
    )
    op.create_index(
        "offsets_order_unpaid_idx",
        "offsets_order",
        ["buyer_id"],
        unique=False,
        postgresql_where=sa.text("state = 'reserved'"),
        sqlite_where=sa.text("state = 'reserved'"),
    )
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("offsets_order")
    op.drop_table("offsets_quote")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
