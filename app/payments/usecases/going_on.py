"""What the worker does for payments: it goes on with everything that is due, and asks for messages that were missed.

A handler runs in a transaction, and no provider is called in one: the handler only picks what is due, and the calls follow its commit.
A crash in between changes nothing, because a row stays due until its call has been noted.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, reading, run_in_transaction
from app.foundation.proof import logger
from app.foundation.work import Message
from app.payments.models import PaymentRow, ProviderEventRow, RefundRow
from app.payments.provider import ProviderUnavailable
from app.payments.rules import RefundState
from app.payments.usecases.calls import go_on_with_payment, go_on_with_refund
from app.payments.usecases.events import apply_event, find_missed_events
from app.payments.usecases.refunds import close_unapproved

# Short enough for "fulfilled or refunded within 60 s of the restart".
PERIOD = timedelta(seconds=20)
MISSED_EVENTS_EVERY = timedelta(minutes=15)
AT_ONCE = 50
AWAY = "lintan_payment_provider_away_until"

log = logger(__name__)


def go_on_with(session: Session, messages: list[Message]) -> None:
    """Act on what has just become due, once the messages are marked as done."""
    for message in messages:
        (kind, text), *_ = message.payload.items()
        after_commit(_step_unless_away, _STEPS[kind], text)


def go_on(session: Session, _: datetime) -> None:
    """Go on with everything that is due: what the request left, what got no answer, what has expired, what is open too long."""
    after_commit(_go_on)


def look_for_missed_events(session: Session, _: datetime) -> None:
    """Ask for the messages that the provider could not deliver."""
    after_commit(_find_missed)


def _go_on() -> None:
    now = clock.now()
    with reading() as session:
        due: list[tuple[Callable[[str], None], Sequence[str]]] = [
            (_event, list(session.scalars(_due(ProviderEventRow, now)))),
            (_payment, [str(each) for each in session.scalars(_due(PaymentRow, now))]),
            (_refund, [str(each) for each in session.scalars(_due(RefundRow, now))]),
        ]
    for step, keys in due:
        for key in keys:
            if not _step(step, key):
                return  # The provider is away: the rest is asked in the next round.


def _due(model: type[PaymentRow] | type[RefundRow] | type[ProviderEventRow], now: datetime) -> Select[Any]:
    query = select(model.id).where(model.next_call_at <= now).order_by(model.next_call_at).limit(AT_ONCE)
    return cast("Select[Any]", query)


def _step_unless_away(step: Callable[[str], None], key: str) -> None:
    """Go on with one thing; while the provider is away leave it to the next round, or every message would wait for it in turn."""
    away_until = current_app.extensions.get(AWAY)
    if away_until is None or away_until <= clock.now():
        _step(step, key)


def _step(step: Callable[[str], None], key: str) -> bool:
    try:
        step(key)
    except ProviderUnavailable:
        log.info("payments.going_on.provider_away", step=step.__name__)
        current_app.extensions[AWAY] = clock.now() + PERIOD
        return False
    return True


def _payment(key: str) -> None:
    go_on_with_payment(UUID(key))


def _refund(key: str) -> None:
    refund_id = UUID(key)
    with reading() as session:
        state = session.scalar(select(RefundRow.state).where(RefundRow.id == refund_id))
    if state is RefundState.REQUESTED:
        run_in_transaction(lambda session: close_unapproved(session, refund_id))
    else:
        go_on_with_refund(refund_id)


def _event(key: str) -> None:
    apply_event(key)


_STEPS: dict[str, Callable[[str], None]] = {"payment": _payment, "refund": _refund, "event": _event}


def _find_missed() -> None:
    try:
        find_missed_events()
    except ProviderUnavailable:
        log.info("payments.going_on.provider_away", step="missed_events")
