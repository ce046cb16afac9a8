"""An order reserves kilograms and opens the payment; its buyer may cancel it, or ask for money back before the retirement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.certificates import printable_name
from app.credits import hold_kg
from app.foundation.data import after_commit, new_id, public_id, run_in_transaction, transaction
from app.foundation.proof import Actor, logger, record
from app.identity import require_verified_member
from app.ledger import Cause
from app.offsets import queries, rules
from app.offsets.changes import order_changed
from app.offsets.errors import (
    BeneficiaryMissing,
    BeneficiaryNotNeeded,
    BeneficiaryNotPrintable,
    NotForSale,
    OrderNotPaid,
    OrderPaid,
    OrderRetired,
    OrganisationGives,
    QuoteExpired,
    QuoteUsed,
    TooManyUnpaidOrders,
)
from app.offsets.models import OrderOrganisationRow, OrderRow, QuoteRow
from app.offsets.queries import Order, order_of
from app.offsets.rules import OrderPurpose, OrderState, Reason
from app.offsets.usecases.moves import close_for_refund
from app.offsets.usecases.quote import get_offer, payee_of
from app.payments import RefundState, call_provider, cancel_payment, open_payment, payments_by_ids, request_refund

PURPOSE = "offsets.order"

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What a buyer orders."""

    quote_id: UUID
    purpose: OrderPurpose
    beneficiary_name: str | None
    organisation_id: UUID | None = None  # In whose name a member buys.


def order_offset(new: NewOrder, *, buyer: Actor, key: UUID, now: datetime) -> UUID:
    """Place an order, call the provider between two transactions, and return the order's id.

    A provider that does not answer leaves the payment `created`; the worker goes on with it.

    Args:
        key: of the request; its repetition finds the order that it has placed.

    Raises:
        The same as `place_order`.
    """
    order = run_in_transaction(lambda _: place_order(new, buyer=buyer, key=key, now=now))
    call_provider(order.payment_id)
    return order.id


def place_order(new: NewOrder, *, buyer: Actor, key: UUID, now: datetime) -> Order:
    """Reserve the kilograms of a quote and open the payment for them; both stand or fall together.

    Raises:
        QuoteNotFound, QuoteExpired, QuoteUsed: about the quote.
        BeneficiaryMissing, BeneficiaryNotNeeded: a gift has a name, and nothing else has.
        BeneficiaryNotPrintable: the name could not stand on its certificate.
        OrganisationGives: a gift in the name of an organisation.
        OrganisationNotFound: the buyer is no member of a verified organisation of this id.
        BatchNotFound, NotForSale, NotEnoughKilograms: about what there is by now.
        TooManyUnpaidOrders: others of the buyer's wait for their payment.
        ConsentNeeded: the payment goes abroad, and the buyer has not agreed to that.
        AmountOutOfRange: it cannot be paid online.
    """
    if new.purpose is OrderPurpose.GIFT and new.beneficiary_name is None:
        raise BeneficiaryMissing()
    if new.purpose is not OrderPurpose.GIFT and new.beneficiary_name is not None:
        raise BeneficiaryNotNeeded()
    if new.beneficiary_name is not None and not printable_name(new.beneficiary_name):
        raise BeneficiaryNotPrintable()
    if new.purpose is OrderPurpose.GIFT and new.organisation_id is not None:
        raise OrganisationGives()
    with transaction() as session:
        quote = queries.lock_quote_row(session, new.quote_id, buyer_id=buyer.id)
        placed = queries.find_order_row_of_quote(session, quote.id)
        if placed is not None:
            if placed.request_key != key:
                raise QuoteUsed(order_id=public_id("ord", placed.id))
            return order_of(placed)
        if new.organisation_id is not None:
            _require_organisation(session, new.organisation_id, buyer)
        if now >= quote.expires_at:
            raise QuoteExpired()
        if queries.count_unpaid(session, buyer.id) >= rules.UNPAID_ORDERS_MAX:
            raise TooManyUnpaidOrders(orders_max=rules.UNPAID_ORDERS_MAX)
        row = _reserve(session, new, quote, buyer=buyer, key=key, now=now)
        record(
            session,
            action="offsets.ordered",
            object_kind="offsets.order",
            object_id=row.id,
            actor=buyer,
            after={
                "quote_id": str(quote.id),
                "batch_id": str(row.batch_id),
                "kg": row.kg,
                "total_fen": row.total_fen,
                **({"organisation_id": str(new.organisation_id)} if new.organisation_id is not None else {}),
            },
        )
        after_commit(log.info, "offsets.order.placed", order_id=str(row.id), kg=row.kg, total_fen=row.total_fen)
    return order_of(row)


def _require_organisation(session: Session, organisation_id: UUID, buyer: Actor) -> None:
    organisation = require_verified_member(session, buyer, organisation_id)
    if not printable_name(organisation.name):
        raise BeneficiaryNotPrintable()


def _reserve(session: Session, new: NewOrder, quote: QuoteRow, *, buyer: Actor, key: UUID, now: datetime) -> OrderRow:
    # The price is the quote's, whatever it has become; but what was taken off sale is not sold.
    offer = get_offer(session, quote.batch_id, now=now)
    payee = payee_of(session, offer.project.id)
    if payee is None:
        raise NotForSale()
    order_id, expires_at = new_id(), now + rules.RESERVED_FOR
    payment = open_payment(
        session,
        purpose=PURPOSE,
        subject_id=order_id,
        payer_id=buyer.id,
        payee_id=payee.id,
        amount_fen=quote.total_fen,
        expires_at=expires_at,
        now=now,
    )
    # Last, because whoever buys of the same batch waits from here to the commit.
    hold = hold_kg(
        session,
        quote.batch_id,
        quote.kg,
        cause=Cause(PURPOSE, order_id, "hold", actor_id=buyer.id),
        until=expires_at,
        now=now,
    )
    row = OrderRow(
        id=order_id,
        quote_id=quote.id,
        request_key=key,
        buyer_id=buyer.id,
        purpose=new.purpose,
        beneficiary_name=new.beneficiary_name,
        batch_id=quote.batch_id,
        kg=quote.kg,
        price_fen_per_t=quote.price_fen_per_t,
        credits_fen=quote.credits_fen,
        fee_fen=quote.fee_fen,
        total_fen=quote.total_fen,
        payee_id=payee.id,
        payment_id=payment.id,
        hold_id=hold.id,
        state=OrderState.RESERVED,
        reason=None,
        cancel_asked_at=None,
        refund_id=None,
        retirement_id=None,
        created_at=now,
        expires_at=expires_at,
        paid_at=None,
        ended_at=None,
    )
    quote.ordered_at = now
    session.add(row)
    session.flush()
    if new.organisation_id is not None:
        session.add(
            OrderOrganisationRow(order_id=order_id, organisation_id=new.organisation_id, created_at=row.created_at)
        )
        session.flush()
    order_changed(session, row)
    return row


def cancel_order(order_id: UUID, *, buyer: Actor, now: datetime) -> UUID:
    """Cancel an order: first at the provider; only when that is certain are the kilograms given free. Returns the order's id.

    An order that has ended without a payment stays as it is.

    Raises:
        OrderNotFound: there is none, or it is somebody else's.
        OrderPaid: it is paid or retired.
    """
    payment_id = run_in_transaction(lambda session: _ask_to_cancel(session, order_id, buyer=buyer, now=now))
    if payment_id is not None:
        call_provider(payment_id)
    return order_id


def _ask_to_cancel(session: Session, order_id: UUID, *, buyer: Actor, now: datetime) -> UUID | None:
    row = queries.lock_payment_and_order(session, order_id, buyer_id=buyer.id)
    if row.state in (OrderState.PAID, OrderState.FULFILLED) or row.paid_at is not None:
        raise OrderPaid(state=row.state.value)
    if row.state is not OrderState.RESERVED:
        return None
    if row.cancel_asked_at is None:
        row.cancel_asked_at = now
        cancel_payment(session, row.payment_id, now=now)
        session.flush()
        record(session, action="offsets.cancel_asked", object_kind="offsets.order", object_id=row.id, actor=buyer)
    return row.payment_id


def refund_order(order_id: UUID, *, buyer: Actor, now: datetime) -> Order:
    """Ask for the money of an order that is paid and not retired yet. The kilograms are given free once the refund is certain.

    Above a setting a second person approves the refund; until then the order is not retired.

    Raises:
        OrderNotFound: there is none, or it is somebody else's.
        OrderRetired: the kilograms are retired.
        OrderNotPaid: nothing was paid, or it is on its way back.
        RefundWindowOver, RefundWaiting, NotPaid, MoreThanPaid: payments refuses.
    """
    with transaction() as session:
        row = queries.lock_payment_and_order(session, order_id, buyer_id=buyer.id)
        if row.state is OrderState.FULFILLED:
            raise OrderRetired()
        if row.state is not OrderState.PAID:
            raise OrderNotPaid(state=row.state.value)
        payment = payments_by_ids(session, [row.payment_id])[row.payment_id]
        refund = request_refund(
            session,
            row.payment_id,
            amount_fen=payment.refundable_fen,
            reason=Reason.REFUND_ASKED.value,
            actor=buyer,
            now=now,
        )
        row.refund_id = refund.id
        session.flush()
        if refund.state is not RefundState.REQUESTED:
            close_for_refund(session, row, now=now)
        after_commit(log.info, "offsets.order.refund_asked", order_id=str(row.id))
    return order_of(row)
