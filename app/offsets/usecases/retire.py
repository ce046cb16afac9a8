"""Paid kilograms are retired by the worker, at once; what a crash has left is taken up by a job, and ends within a minute."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.certificates import draft_retirement_certificate
from app.credits import Beneficiary, BeneficiaryKind, Purpose, Retirement, retire_held
from app.foundation.data import after_commit, clock, reading, run_in_transaction, transaction
from app.foundation.http import DomainError
from app.foundation.proof import SYSTEM, logger
from app.foundation.work import Message
from app.offsets import queries
from app.offsets.models import OrderRow
from app.offsets.rules import OrderPurpose, OrderState, Reason
from app.offsets.usecases.moves import cause_of, close_for_refund, move, send_money_back
from app.payments import RefundState, find_refund

# A message that died with its worker is leased for 30 s; the job does not wait for that. DESIGN: within 60 s of a restart.
PERIOD, LEFT_BEHIND_AFTER = timedelta(seconds=20), timedelta(seconds=10)
AT_ONCE = 50

log = logger(__name__)


def retire_paid(session: Session, messages: list[Message]) -> None:
    """Retire what has just been paid."""
    for message in messages:
        retire_order(session, UUID(message.payload["order"]), now=clock.now())


def go_on(_: Session, __: datetime) -> None:
    """Look for paid orders that nobody has retired, each in a transaction of its own."""
    after_commit(_go_on)


def _go_on() -> None:
    with reading() as session:
        left = queries.orders_to_retire(session, paid_before=clock.now() - LEFT_BEHIND_AFTER, limit=AT_ONCE)
    for order_id in left:
        _go_on_with(order_id)


def _go_on_with(order_id: UUID) -> None:
    try:
        run_in_transaction(lambda session: retire_order(session, order_id, now=clock.now()))
    except Exception as error:  # One order must not hold up its neighbours; it comes again.
        log.error("offsets.order.not_retired", order_id=str(order_id), error=type(error).__name__, exc_info=error)


def retire_order(session: Session, order_id: UUID, *, now: datetime) -> None:
    """Retire the kilograms of a paid order in the name it was bought for, or send the money back if the register refuses.

    The certificate is drafted with the retirement, for the buyer to hold; of a gift it names the recipient, masked. What a member
    bought for an organisation is the organisation's, whatever has become of the membership since.

    Does nothing to an order that is not paid, or whose refund waits for a second person.
    """
    order = queries.lock_payment_and_order(session, order_id)
    if order.state is not OrderState.PAID or _waits_for_refund(session, order, now=now):
        return
    try:
        with transaction() as inner:
            retirement = _retire(inner, order, now=now)
    except DomainError as refusal:
        log.error("offsets.order.refused", order_id=str(order.id), code=refusal.code)
        send_money_back(session, order, Reason.NOT_RETIRED, now=now)
        return
    order.retirement_id = retirement.id
    move(session, order, OrderState.FULFILLED, reason=None, now=now)


def _retire(session: Session, order: OrderRow, *, now: datetime) -> Retirement:
    organisation_id = queries.organisations_of_orders(session, [order.id]).get(order.id)
    retirement = retire_held(
        session,
        order.hold_id,
        beneficiary=_beneficiary(order, organisation_id),
        purpose=Purpose(order.purpose.value),
        cause=cause_of(order, "retire"),
        actor=SYSTEM,
        now=now,
    )
    draft_retirement_certificate(
        session,
        retirement=retirement,
        holder_id=organisation_id or order.buyer_id,
        beneficiary_name=order.beneficiary_name,
        now=now,
    )
    return retirement


def _beneficiary(order: OrderRow, organisation_id: UUID | None) -> Beneficiary:
    """Return whose the kilograms become: an organisation's by its account, so that erasing the buyer leaves its name."""
    if organisation_id is not None:
        return Beneficiary(kind=BeneficiaryKind.ORGANISATION, id=organisation_id)
    is_gift = order.purpose is OrderPurpose.GIFT
    return Beneficiary(
        kind=BeneficiaryKind.RESIDENT, id=None if is_gift else order.buyer_id, name=order.beneficiary_name
    )


def _waits_for_refund(session: Session, order: OrderRow, *, now: datetime) -> bool:
    """Return whether a refund keeps an order from being retired; close the order once the refund is certain."""
    refund = find_refund(session, order.refund_id) if order.refund_id is not None else None
    if refund is None:
        return False
    if refund.state is RefundState.REFUSED:
        order.refund_id = None
        session.flush()
        return False
    if refund.state is not RefundState.REQUESTED:
        close_for_refund(session, order, now=now)
    return True
