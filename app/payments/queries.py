"""Reads and locks of payments. What leaves the room is a frozen copy of a row."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.payments.errors import PayeeNotFound, PaymentNotFound, RefundNotFound
from app.payments.models import (
    DisputeRow,
    PayeeRow,
    PayeeSubjectRow,
    PaymentRow,
    ProviderEventRow,
    RefundRow,
    TakeRow,
)
from app.payments.rules import DisputeState, PaymentState, RefundState

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment. `refunds_fen` is promised or gone back, `refunded_fen` is back with the payer."""

    id: UUID
    purpose: str
    subject_id: UUID
    payer_id: UUID
    payee_id: UUID
    amount_fen: int
    state: PaymentState
    provider: str
    provider_ref: str | None
    client_payload: dict[str, Any] | None
    paid_fen: int
    suspense_fen: int
    refunds_fen: int
    refunded_fen: int
    created_at: datetime
    expires_at: datetime
    cancel_wanted_at: datetime | None
    paid_at: datetime | None
    version: int

    @property
    def refundable_fen(self) -> int:
        """Return what no refund has claimed yet; the purpose may allow less."""
        return self.paid_fen - self.refunds_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back to a payer."""

    id: UUID
    payment_id: UUID
    amount_fen: int
    reason: str
    state: RefundState
    approval_id: UUID | None
    requested_by: UUID
    requested_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A payer's bank asks for the money back."""

    id: UUID
    payment_id: UUID
    amount_fen: int
    state: DisputeState
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """Who is paid. Bank and tax numbers are the room's own business, and the order page's for a transfer."""

    id: UUID
    name_zh: str
    name_en: str
    agency_id: UUID
    county: str
    bank_name: str | None
    bank_account: str | None
    tax_number: str | None
    invoice_title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidFor:
    """What a payee is paid for: `credits.project` and its public id, `heritage.county` and its code."""

    kind: str
    reference: str


def _copy(kind: type[Shown], row: Any) -> Shown:
    return kind(**{field.name: getattr(row, field.name) for field in fields(cast(Any, kind))})


def payment_of(row: PaymentRow) -> Payment:
    """Return a row as others see it."""
    return _copy(Payment, row)


def refund_of(row: RefundRow) -> Refund:
    """Return a row as others see it."""
    return _copy(Refund, row)


def dispute_of(row: DisputeRow) -> Dispute:
    """Return a row as others see it."""
    return _copy(Dispute, row)


def find_payment(session: Session, payment_id: UUID) -> Payment | None:
    """Return a payment, or None."""
    row = session.get(PaymentRow, payment_id, populate_existing=True)
    return None if row is None else payment_of(row)


def payments_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Payment]:
    """Return payments by their ids; those that do not exist are left out."""
    rows = session.scalars(
        select(PaymentRow).where(PaymentRow.id.in_(list(ids))).execution_options(populate_existing=True)
    )
    return {row.id: payment_of(row) for row in rows}


def payment_for(session: Session, purpose: str, subject_id: UUID) -> Payment | None:
    """Return the newest payment for a thing, or None."""
    row = session.scalar(
        select(PaymentRow)
        .where(PaymentRow.purpose == purpose, PaymentRow.subject_id == subject_id)
        .order_by(PaymentRow.created_at.desc(), PaymentRow.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return None if row is None else payment_of(row)


def lock_payment_row(session: Session, payment_id: UUID) -> PaymentRow:
    """Return a payment's row and keep everybody else from it until the transaction ends.

    Raises:
        PaymentNotFound: there is none of this id.
    """
    row = _locked(session, PaymentRow, PaymentRow.id == payment_id)
    if row is None:
        raise PaymentNotFound()
    return row


def lock_payment(session: Session, payment_id: UUID) -> Payment:
    """Lock a payment and return it. A room that locks its order too calls this first (DESIGN 4, lock order).

    Raises:
        PaymentNotFound: there is none of this id.
    """
    return payment_of(lock_payment_row(session, payment_id))


def lock_refund_row(session: Session, refund_id: UUID) -> tuple[PaymentRow, RefundRow]:
    """Lock a refund's payment, then the refund.

    Raises:
        RefundNotFound: there is none of this id.
    """
    payment_id = session.scalar(select(RefundRow.payment_id).where(RefundRow.id == refund_id))
    if payment_id is None:
        raise RefundNotFound()
    payment = lock_payment_row(session, payment_id)
    refund = _locked(session, RefundRow, RefundRow.id == refund_id)
    if refund is None:
        raise RefundNotFound()
    return payment, refund


def lock_event_row(session: Session, event_id: str) -> ProviderEventRow | None:
    """Return a provider's message for applying, or None."""
    return _locked(session, ProviderEventRow, ProviderEventRow.id == event_id)


Row = TypeVar("Row", PaymentRow, RefundRow, ProviderEventRow)


def _locked(session: Session, model: type[Row], which: ColumnElement[bool]) -> Row | None:
    return session.scalar(select(model).where(which).with_for_update().execution_options(populate_existing=True))


def find_payment_id(session: Session, provider: str, provider_ref: str) -> UUID | None:
    """Return the payment behind a provider's reference, or None."""
    return session.scalar(
        select(PaymentRow.id).where(PaymentRow.provider == provider, PaymentRow.provider_ref == provider_ref)
    )


def find_refund(session: Session, refund_id: UUID) -> Refund | None:
    """Return a refund, or None."""
    row = session.get(RefundRow, refund_id, populate_existing=True)
    return None if row is None else refund_of(row)


def find_refund_id(session: Session, provider: str, provider_ref: str) -> UUID | None:
    """Return the refund behind a provider's reference, or None."""
    return session.scalar(
        select(RefundRow.id).where(RefundRow.provider == provider, RefundRow.provider_ref == provider_ref)
    )


def refund_rows_of(session: Session, payment_id: UUID) -> list[RefundRow]:
    """Return the refunds of a payment, oldest first."""
    return list(
        session.scalars(
            select(RefundRow)
            .where(RefundRow.payment_id == payment_id)
            .order_by(RefundRow.requested_at, RefundRow.id)
            .execution_options(populate_existing=True)
        )
    )


def refunds_of(session: Session, payment_id: UUID) -> list[Refund]:
    """Return the refunds of a payment, oldest first."""
    return [refund_of(row) for row in refund_rows_of(session, payment_id)]


def dispute_rows_of(session: Session, payment_id: UUID) -> list[DisputeRow]:
    """Return the disputes of a payment."""
    return list(session.scalars(select(DisputeRow).where(DisputeRow.payment_id == payment_id)))


def take_rows_of(session: Session, payment_id: UUID) -> list[TakeRow]:
    """Return what was taken of a payment, in the order of taking."""
    return list(
        session.scalars(
            select(TakeRow)
            .where(TakeRow.payment_id == payment_id)
            .order_by(TakeRow.number)
            .execution_options(populate_existing=True)
        )
    )


def payees_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Payee]:
    """Return payees by their ids; those that do not exist are left out."""
    rows = session.scalars(select(PayeeRow).where(PayeeRow.id.in_(list(ids))))
    return {row.id: _copy(Payee, row) for row in rows}


def get_payee(session: Session, payee_id: UUID) -> Payee:
    """Return a payee.

    Raises:
        PayeeNotFound: there is none of this id.
    """
    found = payees_by_ids(session, [payee_id]).get(payee_id)
    if found is None:
        raise PayeeNotFound()
    return found


def payee_for(session: Session, kind: str, reference: str) -> Payee | None:
    """Return who is paid for a thing, such as ("credits.project", "prj_…"), or None."""
    row = session.scalar(
        select(PayeeRow)
        .join(PayeeSubjectRow, PayeeSubjectRow.payee_id == PayeeRow.id)
        .where(PayeeSubjectRow.kind == kind, PayeeSubjectRow.reference == reference)
    )
    return None if row is None else _copy(Payee, row)


def paid_for_by_payees(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[PaidFor]]:
    """Return what each payee is paid for, in a fixed order."""
    wanted = list(ids)
    found: dict[UUID, list[PaidFor]] = {payee_id: [] for payee_id in wanted}
    rows = session.scalars(
        select(PayeeSubjectRow)
        .where(PayeeSubjectRow.payee_id.in_(wanted))
        .order_by(PayeeSubjectRow.kind, PayeeSubjectRow.reference)
    )
    for row in rows:
        found[row.payee_id].append(PaidFor(kind=row.kind, reference=row.reference))
    return found
