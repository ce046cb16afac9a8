"""What buyers see of their quotes and orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.certificates import CertificateRef, certificates_of
from app.credits import (
    RETIREMENT_SUBJECT,
    Batch,
    Project,
    Retirement,
    batches_by_ids,
    projects_by_ids,
    retirements_by_ids,
)
from app.foundation.data import reading
from app.foundation.http import Page, PageQuery, page_of
from app.foundation.proof import Actor
from app.identity import Organisation, organisations_by_ids, require_member
from app.offsets import queries
from app.offsets.fee import source_of
from app.offsets.models import OrderOrganisationRow, OrderRow
from app.offsets.queries import Order, Quote, order_of
from app.payments import Payment, payments_by_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownQuote:
    """A quote with its batch, and where its fee comes from."""

    quote: Quote
    batch: Batch
    project: Project
    fee_source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOrder:
    """An order with its batch, its payment, and its retirement with the certificate once there is one."""

    order: Order
    batch: Batch
    project: Project
    payment: Payment
    retirement: Retirement | None
    certificate: CertificateRef | None
    organisation: Organisation | None  # In whose name the buyer, a member, has ordered.


def own_quote(quote_id: UUID, *, reader: Actor) -> ShownQuote:
    """Return a quote to whoever asked for it.

    Raises:
        QuoteNotFound: there is none, or it was made for somebody else.
    """
    with reading() as session:
        quote = queries.get_quote(session, quote_id, buyer_id=reader.id)
        batch = batches_by_ids(session, [quote.batch_id])[quote.batch_id]
        return ShownQuote(
            quote=quote,
            batch=batch,
            project=projects_by_ids(session, [batch.project_id])[batch.project_id],
            fee_source=source_of(session, quote.fee_document_id),
        )


def own_order(order_id: UUID, *, reader: Actor) -> ShownOrder:
    """Return an order to its buyer.

    Raises:
        OrderNotFound: there is none, or it is somebody else's.
    """
    with reading() as session:
        return _shown(session, [queries.get_order(session, order_id, buyer_id=reader.id)])[0]


def own_orders(query: PageQuery, *, reader: Actor) -> Page[ShownOrder]:
    """Return one page of a buyer's orders, newest first."""
    with reading() as session:
        page = page_of(
            session,
            queries.select_own(reader.id),
            at=OrderRow.created_at,
            id=OrderRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(reader.id),
        )
        return Page(_shown(session, [order_of(row) for row in page.items]), page.next_cursor)


def own_orders_by_ids(session: Session, ids: Sequence[UUID], *, buyer_id: UUID) -> list[ShownOrder]:
    """Return those of the orders that are the buyer's, from whichever transaction is open."""
    rows = session.scalars(select(OrderRow).where(OrderRow.id.in_(list(ids)), OrderRow.buyer_id == buyer_id))
    return _shown(session, [order_of(row) for row in rows])


def organisation_orders(organisation_id: UUID, query: PageQuery, *, reader: Actor) -> Page[ShownOrder]:
    """Return one page of what members have ordered for an organisation to one of them, newest first.

    Raises:
        OrganisationNotFound: there is none, or the caller is no member.
    """
    with reading() as session:
        require_member(session, reader, organisation_id)
        page = page_of(
            session,
            queries.select_of_organisation(organisation_id),
            at=OrderOrganisationRow.created_at,
            id=OrderOrganisationRow.order_id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(organisation_id),
        )
        orders = queries.orders_by_ids(session, [row.order_id for row in page.items])
        return Page(_shown(session, [orders[row.order_id] for row in page.items]), page.next_cursor)


def _shown(session: Session, orders: Sequence[Order]) -> list[ShownOrder]:
    batches = batches_by_ids(session, [order.batch_id for order in orders])
    projects = projects_by_ids(session, [batch.project_id for batch in batches.values()])
    payments = payments_by_ids(session, [order.payment_id for order in orders])
    retirements = retirements_by_ids(session, [order.retirement_id for order in orders if order.retirement_id])
    certificates = certificates_of(session, RETIREMENT_SUBJECT, list(retirements))
    bought_for = queries.organisations_of_orders(session, [order.id for order in orders])
    organisations = organisations_by_ids(session, list(bought_for.values()))
    return [
        ShownOrder(
            order=order,
            batch=batches[order.batch_id],
            project=projects[batches[order.batch_id].project_id],
            payment=payments[order.payment_id],
            retirement=retirements.get(order.retirement_id) if order.retirement_id else None,
            certificate=certificates.get(order.retirement_id) if order.retirement_id else None,
            organisation=organisations[bought_for[order.id]] if order.id in bought_for else None,
        )
        for order in orders
    ]
