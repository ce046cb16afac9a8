"""Payees, payments, refunds, what providers told, and the sandbox provider's own tables."""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0012"
down_revision = "0011"

GRANTS = {
    "payments_dispute": "SELECT, INSERT, UPDATE",
    "payments_payee": "SELECT, INSERT, UPDATE, DELETE",
    "payments_payee_subject": "SELECT, INSERT, UPDATE, DELETE",
    "payments_payment": "SELECT, INSERT, UPDATE",
    "payments_provider_event": "SELECT, INSERT, UPDATE",
    "payments_refund": "SELECT, INSERT, UPDATE",
    "payments_sandbox_balance": "SELECT, INSERT",
    "payments_sandbox_dispute": "SELECT, INSERT, UPDATE",
    "payments_sandbox_event": "SELECT, INSERT, UPDATE",
    "payments_sandbox_intent": "SELECT, INSERT, UPDATE",
    "payments_sandbox_key": "SELECT, INSERT, UPDATE",
    "payments_sandbox_refund": "SELECT, INSERT, UPDATE",
    "payments_take": "SELECT, INSERT, UPDATE",
}


def upgrade() -> None:
    op.create_table(
        "payments_provider_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("payload", types.Document(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "applied",
                "unchanged",
                "unknown",
                "mismatch",
                name="eventstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("applied_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("next_call_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_provider_event_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "payments_provider_event_call_idx",
        "payments_provider_event",
        ["next_call_at"],
        unique=False,
        postgresql_where=sa.text("next_call_at IS NOT NULL"),
        sqlite_where=sa.text("next_call_at IS NOT NULL"),
    )
    op.create_table(
        "payments_sandbox_balance",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_sandbox_balance_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "payments_sandbox_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("told", types.Document(), nullable=False),
        sa.Column("is_delivered", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_sandbox_event_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "payments_sandbox_event_missed_idx", "payments_sandbox_event", ["is_delivered", "created_at"], unique=False
    )
    op.create_table(
        "payments_sandbox_intent",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_received", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("client_secret", sa.Text(), nullable=False),
        sa.Column("details", types.Document(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("amount_received IN (0, amount)", name="payments_sandbox_intent_received"),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_sandbox_intent_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "payments_sandbox_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("payments_sandbox_key_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "payments_payee",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("bank_account", sa.Text(), nullable=True),
        sa.Column("tax_number", sa.Text(), nullable=True),
        sa.Column("invoice_title", sa.Text(), nullable=True),
        sa.Column("approval_id", types.Identifier(), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["identity_agency.id"], name=op.f("payments_payee_agency_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_payee_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "payments_sandbox_dispute",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("intent_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["intent_id"], ["payments_sandbox_intent.id"], name=op.f("payments_sandbox_dispute_intent_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_sandbox_dispute_pkey")),
        sqlite_strict=True,
    )
    op.create_index("payments_sandbox_dispute_intent_idx", "payments_sandbox_dispute", ["intent_id"], unique=False)
    op.create_table(
        "payments_sandbox_refund",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("intent_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("details", types.Document(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["intent_id"], ["payments_sandbox_intent.id"], name=op.f("payments_sandbox_refund_intent_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_sandbox_refund_pkey")),
        sqlite_strict=True,
    )
    op.create_index("payments_sandbox_refund_intent_idx", "payments_sandbox_refund", ["intent_id"], unique=False)
    op.create_table(
        "payments_payee_subject",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("payee_id", types.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["payee_id"], ["payments_payee.id"], name=op.f("payments_payee_subject_payee_id_fkey")),
        sa.PrimaryKeyConstraint("kind", "reference", name=op.f("payments_payee_subject_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("payments_payee_subject_payee_idx", "payments_payee_subject", ["payee_id"], unique=False)
    op.create_table(
        "payments_payment",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.Column("payer_id", types.Identifier(), nullable=False),
        sa.Column("payee_id", types.Identifier(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "pending",
                "failed",
                "succeeded",
                "canceled",
                "part_refunded",
                "refunded",
                "refund_failed",
                "disputed",
                name="paymentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("client_payload", types.Document(), nullable=True),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("suspense_fen", sa.BigInteger(), nullable=False),
        sa.Column("refunds_fen", sa.BigInteger(), nullable=False),
        sa.Column("refunded_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("cancel_wanted_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("paid_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("told_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("next_call_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(paid_at IS NULL) = (paid_fen = 0) AND (paid_fen > 0) = (state NOT IN ('created', 'pending', 'failed', 'canceled'))",
            name="payments_payment_paid_state",
        ),
        sa.CheckConstraint("amount_fen BETWEEN 1 AND 99999999", name="payments_payment_amount"),
        sa.CheckConstraint("paid_fen IN (0, amount_fen)", name="payments_payment_paid_whole"),
        sa.CheckConstraint("refunded_fen BETWEEN 0 AND refunds_fen", name="payments_payment_refunded_within_refunds"),
        sa.CheckConstraint("refunds_fen BETWEEN 0 AND paid_fen", name="payments_payment_refunds_within_paid"),
        sa.CheckConstraint("suspense_fen BETWEEN 0 AND paid_fen", name="payments_payment_suspense"),
        sa.ForeignKeyConstraint(["payee_id"], ["payments_payee.id"], name=op.f("payments_payment_payee_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_payment_pkey")),
        sa.UniqueConstraint("provider", "provider_ref", name="payments_payment_provider_ref_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "payments_payment_call_idx",
        "payments_payment",
        ["next_call_at"],
        unique=False,
        postgresql_where=sa.text("next_call_at IS NOT NULL"),
        sqlite_where=sa.text("next_call_at IS NOT NULL"),
    )
    op.create_index(
        "payments_payment_one_open",
        "payments_payment",
        ["purpose", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('created', 'failed', 'pending')"),
        sqlite_where=sa.text("state IN ('created', 'failed', 'pending')"),
    )
    op.create_index(
        "payments_payment_subject_idx", "payments_payment", ["purpose", "subject_id", "created_at"], unique=False
    )
    op.create_table(
        "payments_dispute",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("payment_id", types.Identifier(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "won", "lost", name="disputestate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("closed_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name="payments_dispute_amount"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments_payment.id"], name=op.f("payments_dispute_payment_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_dispute_pkey")),
        sa.UniqueConstraint("provider", "provider_ref", name="payments_dispute_provider_ref_key"),
        sqlite_strict=True,
    )
    op.create_index("payments_dispute_payment_idx", "payments_dispute", ["payment_id"], unique=False)
    op.create_table(
        "payments_refund",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("payment_id", types.Identifier(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "refused",
                "approved",
                "sent",
                "succeeded",
                "failed",
                name="refundstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_by", types.Identifier(), nullable=False),
        sa.Column("approval_id", types.Identifier(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("requested_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("first_call_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("done_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("next_call_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="payments_refund_amount"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments_payment.id"], name=op.f("payments_refund_payment_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_refund_pkey")),
        sa.UniqueConstraint("provider", "provider_ref", name="payments_refund_provider_ref_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "payments_refund_call_idx",
        "payments_refund",
        ["next_call_at"],
        unique=False,
        postgresql_where=sa.text("next_call_at IS NOT NULL"),
        sqlite_where=sa.text("next_call_at IS NOT NULL"),
    )
    op.create_index(
        "payments_refund_one_waiting",
        "payments_refund",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'requested'"),
        sqlite_where=sa.text("state = 'requested'"),
    )
    op.create_index("payments_refund_payment_idx", "payments_refund", ["payment_id"], unique=False)
    op.create_table(
        "payments_take",
        sa.Column("transfer_id", types.Identifier(), nullable=False),
        sa.Column("payment_id", types.Identifier(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("returned_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("returned_fen BETWEEN 0 AND amount_fen", name="payments_take_returned"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments_payment.id"], name=op.f("payments_take_payment_id_fkey")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("payments_take_pkey")),
        sa.UniqueConstraint("payment_id", "number", name="payments_take_number_key"),
        sqlite_strict=True,
    )
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("payments_take")
    op.drop_table("payments_refund")
    op.drop_table("payments_dispute")
    op.drop_table("payments_payment")
    op.drop_table("payments_payee_subject")
    op.drop_table("payments_sandbox_refund")
    op.drop_table("payments_sandbox_dispute")
    op.drop_table("payments_payee")
    op.drop_table("payments_sandbox_key")
    op.drop_table("payments_sandbox_intent")
    op.drop_table("payments_sandbox_event")
    op.drop_table("payments_sandbox_balance")
    op.drop_table("payments_provider_event")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
