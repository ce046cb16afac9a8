"""Tables of payments. No name, number or address of a payer: whom an id stands for only this database knows."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.payments.rules import AMOUNT_FEN_MAX, OPEN_STATES, DisputeState, PaymentState, RefundState

_OPEN = "state IN ({})".format(", ".join(f"'{state.value}'" for state in sorted(OPEN_STATES)))


class EventStatus(StrEnum):
    """What became of a provider's message."""

    RECEIVED = "received"
    APPLIED = "applied"
    UNCHANGED = "unchanged"  # It tells what is known already, or something older.
    UNKNOWN = "unknown"  # Of a type, a payment or a refund that is not ours.
    MISMATCH = "mismatch"  # Its amount or currency is not the payment's; a person looks at it.


class PayeeRow(Base):
    """Who is paid: their own account, never one of ours (SECURITY 1.6)."""

    __tablename__ = "payments_payee"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("identity_agency.id"))  # Its finance people look after it.
    county: Mapped[str]
    bank_name: Mapped[str | None]
    bank_account: Mapped[str | None]
    tax_number: Mapped[str | None]
    invoice_title: Mapped[str | None]
    approval_id: Mapped[UUID | None]  # None: opened by the operator's command.
    created_at: Mapped[datetime]


class PayeeSubjectRow(Base):
    """What a payee is paid for: the credits of a project, the trees of a county. One payee for each."""

    __tablename__ = "payments_payee_subject"
    __table_args__ = (Index("payments_payee_subject_payee_idx", "payee_id"),)

    kind: Mapped[str] = mapped_column(primary_key=True)  # credits.project, heritage.county
    reference: Mapped[str] = mapped_column(primary_key=True)  # A public id, or a county's code.
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("payments_payee.id"))


class PaymentRow(Base):
    """One amount that one payer owes for one thing, at one provider."""

    __tablename__ = "payments_payment"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint(f"amount_fen BETWEEN 1 AND {AMOUNT_FEN_MAX}", name="payments_payment_amount"),
        CheckConstraint("paid_fen IN (0, amount_fen)", name="payments_payment_paid_whole"),
        CheckConstraint("refunds_fen BETWEEN 0 AND paid_fen", name="payments_payment_refunds_within_paid"),
        CheckConstraint("refunded_fen BETWEEN 0 AND refunds_fen", name="payments_payment_refunded_within_refunds"),
        CheckConstraint("suspense_fen BETWEEN 0 AND paid_fen", name="payments_payment_suspense"),
        CheckConstraint(
            "(paid_at IS NULL) = (paid_fen = 0) AND (paid_fen > 0) = "
            "(state NOT IN ('created', 'pending', 'failed', 'canceled'))",
            name="payments_payment_paid_state",
        ),
        UniqueConstraint("provider", "provider_ref", name="payments_payment_provider_ref_key"),
        # One thing has at most one payment that somebody could still pay.
        Index(
            "payments_payment_one_open",
            "purpose",
            "subject_id",
            unique=True,
            postgresql_where=text(_OPEN),
            sqlite_where=text(_OPEN),
        ),
        Index("payments_payment_subject_idx", "purpose", "subject_id", "created_at"),
        Index(
            "payments_payment_payer_idx", "payer_id"
        ),  # What somebody has paid: for a copy of their data, and its erasure.
        Index(
            "payments_payment_call_idx",
            "next_call_at",
            postgresql_where=text("next_call_at IS NOT NULL"),
            sqlite_where=text("next_call_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    subject_id: Mapped[UUID]  # A row of the purpose's room, which stands above this one.
    payer_id: Mapped[UUID]
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("payments_payee.id"))
    amount_fen: Mapped[int]
    state: Mapped[PaymentState]
    provider: Mapped[str]
    provider_ref: Mapped[str | None]
    client_payload: Mapped[dict[str, Any] | None]  # What the payer's app needs; gone once nothing can be paid any more.
    attempt: Mapped[int]  # Part of the provider's key; a new one only where the provider refuses the old key.
    paid_fen: Mapped[int]
    suspense_fen: Mapped[int]  # What stands on the payment's suspense account.
    refunds_fen: Mapped[int]  # Approved, sent and done, together.
    refunded_fen: Mapped[int]  # What of it has reached the payer.
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    cancel_wanted_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # The provider's time of the newest message applied.
    next_call_at: Mapped[datetime | None]  # When the worker asks the provider next; None: nothing to ask.
    tries: Mapped[int]
    version: Mapped[int]


class TakeRow(Base):
    """What a purpose's room moved from suspense to an account of its own, and what of it went back."""

    __tablename__ = "payments_take"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        UniqueConstraint("payment_id", "number", name="payments_take_number_key"),
        CheckConstraint("returned_fen BETWEEN 0 AND amount_fen", name="payments_take_returned"),
    )

    transfer_id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments_payment.id"))
    number: Mapped[int]
    amount_fen: Mapped[int]
    returned_fen: Mapped[int]


class RefundRow(Base):
    """Money on its way back to a payer."""

    __tablename__ = "payments_refund"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="payments_refund_amount"),
        UniqueConstraint("provider", "provider_ref", name="payments_refund_provider_ref_key"),
        Index("payments_refund_payment_idx", "payment_id"),
        # A second request while one waits would let two people approve the same money twice.
        Index(
            "payments_refund_one_waiting",
            "payment_id",
            unique=True,
            postgresql_where=text("state = 'requested'"),
            sqlite_where=text("state = 'requested'"),
        ),
        Index(
            "payments_refund_call_idx",
            "next_call_at",
            postgresql_where=text("next_call_at IS NOT NULL"),
            sqlite_where=text("next_call_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments_payment.id"))
    amount_fen: Mapped[int]
    reason: Mapped[str]  # One of the purpose's own constants, never words of a person.
    state: Mapped[RefundState]
    requested_by: Mapped[UUID]
    approval_id: Mapped[UUID | None]  # None: small enough for one, or the system's own.
    provider: Mapped[str]
    provider_ref: Mapped[str | None]
    requested_at: Mapped[datetime]
    first_call_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    next_call_at: Mapped[datetime | None]
    tries: Mapped[int]


class DisputeRow(Base):
    """A payer's bank asks for the money back."""

    __tablename__ = "payments_dispute"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="payments_dispute_amount"),
        UniqueConstraint("provider", "provider_ref", name="payments_dispute_provider_ref_key"),
        Index("payments_dispute_payment_idx", "payment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments_payment.id"))
    provider: Mapped[str]
    provider_ref: Mapped[str]
    amount_fen: Mapped[int]
    state: Mapped[DisputeState]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ProviderEventRow(Base):
    """A provider's message, cut down to what is used: a whole one may name the payer."""

    __tablename__ = "payments_provider_event"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        Index(
            "payments_provider_event_call_idx",
            "next_call_at",
            postgresql_where=text("next_call_at IS NOT NULL"),
            sqlite_where=text("next_call_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str]
    type: Mapped[str]
    created_at: Mapped[datetime]  # The provider's time.
    payload: Mapped[dict[str, Any]]
    body_sha256: Mapped[str]
    status: Mapped[EventStatus]
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    next_call_at: Mapped[datetime | None]
    tries: Mapped[int]
