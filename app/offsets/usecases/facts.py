"""What a payment tells its order: paid, canceled, refunded, charged back. Each is called with the payment locked."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.credits import NotEnoughKilograms, hold_kg, offer_of
from app.foundation.data import transaction
from app.foundation.work import publish
from app.offsets import queries
from app.offsets.models import OrderRow
from app.offsets.rules import OrderState, Reason
from app.offsets.usecases.moves import cause_of, close_for_refund, end, move, note, send_money_back
from app.payments import Dispute, Payment, Refund, fees_account, payable_account, take_from_suspense

TO_RETIRE = "offsets.to_retire"


def paid(session: Session, payment: Payment, _: bool, now: datetime) -> None:
    """Bring money that has come to whom it belongs, and let the worker retire; or send it back when it buys nothing any more.

    Whether it is late by the clock does not matter here: what is still reserved is bought.
    """
    order = queries.lock_order_row(session, payment.subject_id)
    order.paid_at = now
    if order.cancel_asked_at is not None:
        send_money_back(session, order, Reason.PAID_AFTER_CANCEL, now=now)
    elif order.state is OrderState.RESERVED or (
        order.state is OrderState.EXPIRED and _reserve_again(session, order, now)
    ):
        move(session, order, OrderState.PAID, reason=None, now=now)
        _bring_home(session, order, now=now)
        publish(session, TO_RETIRE, str(order.id), {"order": str(order.id)})
    else:
        send_money_back(session, order, Reason.PAID_TOO_LATE, now=now)


def _reserve_again(session: Session, order: OrderRow, now: datetime) -> bool:
    """Reserve the same kilograms at the same price once more, and return whether they are there (DESIGN 5, late success)."""
    offer = offer_of(session, order.batch_id, now=now)
    if offer is None or offer.price_fen_per_t != order.price_fen_per_t:
        return False
    try:
        with transaction() as inner:
            hold = hold_kg(inner, order.batch_id, order.kg, cause=cause_of(order, "hold/late"), until=None, now=now)
    except NotEnoughKilograms:
        return False
    order.hold_id = hold.id
    session.flush()
    return True


def _bring_home(session: Session, order: OrderRow, *, now: datetime) -> None:
    """Move each line from suspense to whom it is for; the fee last, so that it is the last to go back."""
    lines = (
        ("credits", order.credits_fen, payable_account(session, order.payee_id)),
        ("fee", order.fee_fen, fees_account(session)),
    )
    for leg, amount_fen, account in lines:
        if amount_fen:
            take_from_suspense(
                session,
                order.payment_id,
                to=account,
                amount_fen=amount_fen,
                cause=cause_of(order, leg),
                now=now,
            )


def canceled(session: Session, payment: Payment, now: datetime) -> None:
    """Give the kilograms free: it is certain now that nobody pays for them."""
    order = queries.lock_order_row(session, payment.subject_id)
    if order.state is not OrderState.RESERVED:
        return
    if order.cancel_asked_at is not None:
        end(session, order, OrderState.CLOSED, Reason.CANCELED, now=now)
    elif now >= order.expires_at:
        end(session, order, OrderState.EXPIRED, Reason.TIME_OVER, now=now)
    else:
        end(session, order, OrderState.CLOSED, Reason.PAYMENT_ENDED, now=now)


def refundable_fen(session: Session, payment: Payment) -> int:
    """Return what may go back: everything, as long as nothing is retired."""
    order = queries.lock_order_row(session, payment.subject_id)
    return 0 if order.state is OrderState.FULFILLED else payment.refundable_fen


def refunded(session: Session, payment: Payment, _: Refund, now: datetime) -> None:
    """Close an order whose money has gone back, if it was not closed before."""
    order = queries.lock_order_row(session, payment.subject_id)
    if order.state is OrderState.PAID:
        close_for_refund(session, order, now=now)


def charged_back(session: Session, payment: Payment, _: Dispute, now: datetime) -> None:
    """Note that the payer's bank took the money back. What is retired stays retired; what is not is not retired any more."""
    order = queries.lock_order_row(session, payment.subject_id)
    if order.state is OrderState.PAID:
        end(session, order, OrderState.CLOSED, Reason.CHARGED_BACK, now=now)
    elif order.state is OrderState.FULFILLED:
        order.reason = Reason.CHARGED_BACK
        session.flush()
        note(session, order, OrderState.FULFILLED)
