"""Tables of quotes and orders."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.offsets.rules import NAME_LENGTH_MAX, OrderPurpose, OrderState, Reason


class QuoteRow(Base):
    """A price for kilograms of a batch, kept for one buyer for a while. It reserves nothing."""

    __tablename__ = "offsets_quote"
    __grants__ = "SELECT, INSERT, UPDATE (ordered_at, buyer_id)"
    __table_args__ = (
        CheckConstraint("kg >= 1", name="offsets_quote_kg_positive"),
        CheckConstraint("credits_fen >= 1 AND fee_fen >= 0", name="offsets_quote_not_negative"),
        CheckConstraint("total_fen = credits_fen + fee_fen", name="offsets_quote_adds_up"),
        CheckConstraint("expires_at > created_at", name="offsets_quote_forward"),
        Index("offsets_quote_buyer_idx", "buyer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    buyer_id: Mapped[UUID]
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("credits_batch.id"))
    footprint_id: Mapped[UUID | None] = mapped_column(ForeignKey("footprint_calculation.id"))
    kg: Mapped[int]
    price_version: Mapped[int]
    price_fen_per_t: Mapped[int]
    credits_fen: Mapped[int]
    fee_fen: Mapped[int]
    fee_per_mille: Mapped[int]
    fee_document_id: Mapped[UUID]  # The version of the rulebook that says so.
    total_fen: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ordered_at: Mapped[datetime | None]  # A quote makes one order.


class OrderOrganisationRow(Base):
    """For which organisation a member buys. The order and its payment stay the member's; what is retired is the organisation's."""

    __tablename__ = "offsets_order_organisation"
    __grants__ = "SELECT, INSERT"
    __table_args__ = (Index("offsets_order_organisation_listed_idx", "organisation_id", "created_at", "order_id"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("offsets_order.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("identity_organisation.id"))
    created_at: Mapped[datetime]  # Of the order.


class OrderRow(Base):
    """Kilograms that somebody buys: reserved, then paid, then retired; or given free again."""

    __tablename__ = "offsets_order"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint("kg >= 1", name="offsets_order_kg_positive"),
        CheckConstraint("credits_fen >= 1 AND fee_fen >= 0", name="offsets_order_not_negative"),
        CheckConstraint("total_fen = credits_fen + fee_fen", name="offsets_order_adds_up"),
        CheckConstraint("(state = 'fulfilled') = (retirement_id IS NOT NULL)", name="offsets_order_fulfilled"),
        CheckConstraint("state NOT IN ('paid', 'fulfilled') OR paid_at IS NOT NULL", name="offsets_order_paid"),
        CheckConstraint(
            "(state IN ('fulfilled', 'closed', 'expired')) = (ended_at IS NOT NULL)", name="offsets_order_ended"
        ),
        CheckConstraint("state NOT IN ('closed', 'expired') OR reason IS NOT NULL", name="offsets_order_reasoned"),
        CheckConstraint("purpose = 'gift' OR beneficiary_name IS NULL", name="offsets_order_name_of_gift"),
        CheckConstraint(f"length(beneficiary_name) BETWEEN 1 AND {NAME_LENGTH_MAX}", name="offsets_order_name_length"),
        UniqueConstraint("quote_id", name="offsets_order_quote_key"),
        UniqueConstraint("payment_id", name="offsets_order_payment_key"),
        UniqueConstraint("hold_id", name="offsets_order_hold_key"),
        UniqueConstraint("retirement_id", name="offsets_order_retirement_key"),
        Index("offsets_order_listed_idx", "buyer_id", "created_at", "id"),
        Index(
            "offsets_order_unpaid_idx",
            "buyer_id",
            postgresql_where=text("state = 'reserved'"),
            sqlite_where=text("state = 'reserved'"),
        ),
        Index(
            "offsets_order_to_retire_idx",
            "paid_at",
            postgresql_where=text("state = 'paid'"),
            sqlite_where=text("state = 'paid'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("offsets_quote.id"))
    # Of the request that placed it, so that its repetition finds it. Not unique: a client may use a key again after 48 hours.
    request_key: Mapped[UUID]
    buyer_id: Mapped[UUID]
    purpose: Mapped[OrderPurpose]
    beneficiary_name: Mapped[str | None]  # Of a gift, as the giver wrote it. Personal data: it can be emptied.
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("credits_batch.id"))
    kg: Mapped[int]
    price_fen_per_t: Mapped[int]
    credits_fen: Mapped[int]
    fee_fen: Mapped[int]
    total_fen: Mapped[int]
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("payments_payee.id"))
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments_payment.id"))
    hold_id: Mapped[UUID] = mapped_column(
        ForeignKey("ledger_transfer.id")
    )  # The latest one: a late success takes anew.
    state: Mapped[OrderState]
    reason: Mapped[Reason | None]
    cancel_asked_at: Mapped[datetime | None]
    refund_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments_refund.id"))  # Asked for by the buyer.
    retirement_id: Mapped[UUID | None] = mapped_column(ForeignKey("credits_retirement.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
