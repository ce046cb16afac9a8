"""An order moves on: what each move takes, gives free and writes down. The payment and the order are locked by the caller."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.credits import release_hold
from app.foundation.data import after_commit, clock
from app.foundation.proof import SYSTEM, logger, record
from app.ledger import Cause
from app.offsets import rules
from app.offsets.changes import order_changed
from app.offsets.models import OrderRow
from app.offsets.rules import ENDED, HOLDING, OrderState, Reason
from app.offsets.telling import tell_buyer
from app.payments import refund_by_system

log = logger(__name__)


class MoveForbidden(Exception):
    """An order was to go where the table of moves does not lead. Nothing a caller did can mend it."""


def cause_of(order: OrderRow, leg: str) -> Cause:
    """Return the cause of a booking for an order."""
    return Cause("offsets.order", order.id, leg, actor_id=SYSTEM.id)


def move(session: Session, order: OrderRow, state: OrderState, *, reason: Reason | None, now: datetime) -> None:
    """Move an order forward and write it down.

    Raises:
        MoveForbidden: the table of moves does not lead there.
    """
    was = order.state
    if not rules.may_move(was, state):
        raise MoveForbidden(f"an order cannot go from {was} to {state}")
    order.state, order.reason = state, reason
    order.ended_at = now if state in ENDED else None
    session.flush()
    note(session, order, was)


def note(session: Session, order: OrderRow, was: OrderState) -> None:
    """Write down where an order stands and why."""
    order_changed(session, order)
    tell_buyer(session, order, clock.now())
    reason = order.reason.value if order.reason is not None else None
    record(
        session,
        action=f"offsets.{order.state.value}",
        object_kind="offsets.order",
        object_id=order.id,
        actor=SYSTEM,
        before={"state": was.value},
        after={"state": order.state.value, "reason": reason},
    )
    after_commit(log.info, "offsets.order.moved", order_id=str(order.id), state=order.state.value, reason=reason)


def end(session: Session, order: OrderRow, state: OrderState, reason: Reason, *, now: datetime) -> None:
    """End an order without a retirement and give its kilograms free."""
    if order.state in HOLDING:
        release_hold(session, order.hold_id, cause=cause_of(order, "release"), now=now)
    move(session, order, state, reason=reason, now=now)


def close_for_refund(session: Session, order: OrderRow, *, now: datetime) -> None:
    """Close a paid order whose buyer gets the money back."""
    end(session, order, OrderState.CLOSED, Reason.REFUND_ASKED, now=now)


def send_money_back(session: Session, order: OrderRow, reason: Reason, *, now: datetime) -> None:
    """Send back all that was paid, and close the order. The state, the reason and the payment tell the payer (DESIGN 5).

    Raises:
        NotPaid, MoreThanPaid: a dispute has it, or it is on its way back by another refund.
    """
    refund_by_system(session, order.payment_id, reason=reason.value, now=now)
    if order.state is OrderState.CLOSED:
        order.reason = reason
        session.flush()
        note(session, order, OrderState.CLOSED)
    else:
        end(session, order, OrderState.CLOSED, reason, now=now)
