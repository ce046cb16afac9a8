"""Reads and locks of quotes and orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.offsets.errors import OrderNotFound, QuoteNotFound
from app.offsets.models import OrderOrganisationRow, OrderRow, QuoteRow
from app.offsets.rules import OrderPurpose, OrderState, Reason
from app.payments import lock_payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price for kilograms of a batch, kept for one buyer for a while."""

    id: UUID
    buyer_id: UUID
    batch_id: UUID
    footprint_id: UUID | None
    kg: int
    price_version: int
    price_fen_per_t: int
    credits_fen: int
    fee_fen: int
    fee_per_mille: int
    fee_document_id: UUID
    total_fen: int
    created_at: datetime
    expires_at: datetime
    ordered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Kilograms that somebody buys."""

    id: UUID
    quote_id: UUID
    buyer_id: UUID
    purpose: OrderPurpose
    beneficiary_name: str | None
    batch_id: UUID
    kg: int
    price_fen_per_t: int
    credits_fen: int
    fee_fen: int
    total_fen: int
    payee_id: UUID
    payment_id: UUID
    state: OrderState
    reason: Reason | None
    cancel_asked_at: datetime | None
    refund_id: UUID | None
    retirement_id: UUID | None
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    ended_at: datetime | None


def quote_of(row: QuoteRow) -> Quote:
    """Return a row as others see it."""
    return Quote(**{name: getattr(row, name) for name in Quote.__slots__})


def order_of(row: OrderRow) -> Order:
    """Return a row as others see it."""
    return Order(**{name: getattr(row, name) for name in Order.__slots__})


def get_quote(session: Session, quote_id: UUID, *, buyer_id: UUID) -> Quote:
    """Return a buyer's quote.

    Raises:
        QuoteNotFound: there is none, or it was made for somebody else.
    """
    row = session.get(QuoteRow, quote_id)
    if row is None or row.buyer_id != buyer_id:
        raise QuoteNotFound()
    return quote_of(row)


def lock_quote_row(session: Session, quote_id: UUID, *, buyer_id: UUID) -> QuoteRow:
    """Return a buyer's quote, and let whoever orders by it at the same time wait.

    Raises:
        QuoteNotFound: there is none, or it was made for somebody else.
    """
    query = select(QuoteRow).where(QuoteRow.id == quote_id, QuoteRow.buyer_id == buyer_id)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise QuoteNotFound()
    return row


def find_order_row_of_quote(session: Session, quote_id: UUID) -> OrderRow | None:
    """Return the order that a quote has become, or None."""
    return session.scalar(select(OrderRow).where(OrderRow.quote_id == quote_id))


def count_unpaid(session: Session, buyer_id: UUID) -> int:
    """Return how many orders of a buyer wait for their payment."""
    query = select(func.count()).select_from(OrderRow)
    return session.scalar(query.where(OrderRow.buyer_id == buyer_id, OrderRow.state == OrderState.RESERVED)) or 0


def get_order(session: Session, order_id: UUID, *, buyer_id: UUID) -> Order:
    """Return a buyer's order.

    Raises:
        OrderNotFound: there is none, or it is somebody else's.
    """
    row = session.get(OrderRow, order_id, populate_existing=True)
    if row is None or row.buyer_id != buyer_id:
        raise OrderNotFound()
    return order_of(row)


def lock_order_row(session: Session, order_id: UUID) -> OrderRow:
    """Return an order for a change. The caller has locked its payment before: facts about it come that way (DESIGN 4).

    Raises:
        OrderNotFound: there is none of this id.
    """
    query = select(OrderRow).where(OrderRow.id == order_id)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise OrderNotFound()
    return row


def lock_payment_and_order(session: Session, order_id: UUID, *, buyer_id: UUID | None = None) -> OrderRow:
    """Lock an order's payment, then the order, and return it.

    Raises:
        OrderNotFound: there is none, or it is not the buyer's, if one is named.
    """
    found = session.execute(select(OrderRow.payment_id, OrderRow.buyer_id).where(OrderRow.id == order_id)).one_or_none()
    if found is None or buyer_id not in (None, found.buyer_id):
        raise OrderNotFound()
    lock_payment(session, found.payment_id)
    return lock_order_row(session, order_id)


def orders_to_retire(session: Session, *, paid_before: datetime, limit: int) -> Sequence[UUID]:
    """Return paid orders that nobody has retired yet, the longest waiting first; those with a refund asked for come last."""
    query = select(OrderRow.id).where(OrderRow.state == OrderState.PAID, OrderRow.paid_at <= paid_before)
    return session.scalars(
        query.order_by(OrderRow.refund_id.is_not(None), OrderRow.paid_at, OrderRow.id).limit(limit)
    ).all()


def select_own(buyer_id: UUID) -> Select[OrderRow]:
    """Return the query of a buyer's orders."""
    return select(OrderRow).where(OrderRow.buyer_id == buyer_id)


def organisations_of_orders(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return for which organisation each order is, by the order's id; one for a person is left out."""
    query = select(OrderOrganisationRow.order_id, OrderOrganisationRow.organisation_id)
    return {row[0]: row[1] for row in session.execute(query.where(OrderOrganisationRow.order_id.in_(order_ids)))}


def select_of_organisation(organisation_id: UUID) -> Select[OrderOrganisationRow]:
    """Return the query of what members have bought for an organisation."""
    return select(OrderOrganisationRow).where(OrderOrganisationRow.organisation_id == organisation_id)


def orders_by_ids(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, Order]:
    """Return orders by id; an unknown id is left out. Whose they are was the caller's question."""
    rows = session.scalars(select(OrderRow).where(OrderRow.id.in_(order_ids)))
    return {row.id: order_of(row) for row in rows}
