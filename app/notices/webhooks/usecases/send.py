"""Messages leave: lease some, call outside any transaction, note the outcome. At least once, under a stable id.

It is a loop beside the worker, so that a receiver who does not answer holds up no points and no payments. Who dies between the
call and the note lets the delivery be due again when its lease ends; the receiver sees the same id twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.foundation.data import clock, public_id, reading, rows_written, run_in_transaction
from app.foundation.proof import SYSTEM, logger, record
from app.notices.usecases.tell import notify
from app.notices.webhooks import queries, rules, signing
from app.notices.webhooks.guard import AddressRefused
from app.notices.webhooks.models import EndpointRow, WebhookDeliveryRow
from app.notices.webhooks.outbound import NotReached, Outbound
from app.notices.webhooks.rules import DisabledBecause, WebhookState
from app.notices.webhooks.usecases.endpoints import ENDPOINT

PERIOD = timedelta(seconds=1)
AT_ONCE = 10
# Longer than ten calls that each time out, or another worker would send what this one is about to send.
LEASE = timedelta(minutes=2)
AWAY_FOR = timedelta(seconds=30)
DISABLED_NOTICE = "notices.webhook_disabled"
_EXTENSION = "lintan_webhooks"

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Leased:
    """A delivery as it was taken."""

    id: UUID
    endpoint_id: UUID
    message_id: UUID
    tries: int
    token: datetime  # `next_at` as the lease set it.


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a try: the status of the answer, or a code."""

    status: int | None
    reason: str | None

    @property
    def is_accepted(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and rules.is_accepted(self.status)


def use_outbound(app: Flask, outbound: Outbound) -> None:
    """Let an application send by `outbound`."""
    app.extensions[_EXTENSION] = outbound


def send_due() -> int:
    """Send some of what is due, and return how much was tried."""
    with reading() as session:  # Look before taking the write lock: most rounds have nothing to send.
        if not queries.is_any_due(session, clock.now()):
            return 0
    leased = run_in_transaction(lambda session: _lease(session, clock.now()))
    away: set[UUID] = set()
    for each in leased:
        if each.endpoint_id in away:
            _put_off(each)
        elif not _send(each):
            away.add(each.endpoint_id)
    return len(leased)


def _put_off(each: _Leased) -> None:
    """Give a lease back: its receiver has just failed, and being asked in vain would count as a try."""
    run_in_transaction(lambda session: _change(session, each, next_at=clock.now() + AWAY_FOR))


def _lease(session: Session, now: datetime) -> list[_Leased]:
    rows = queries.lease_due(session, now, until=now + LEASE, limit=AT_ONCE)
    return [_Leased(row.id, row.endpoint_id, row.message_id, row.tries, row.next_at) for row in rows]


def _send(each: _Leased) -> bool:
    """Try one delivery, and return False when its receiver did not take it."""
    with reading() as session:
        endpoint = queries.find_endpoint(session, each.endpoint_id)
        message = queries.find_message(session, each.message_id)
    if endpoint is None or message is None:  # Taken away since it was leased.
        return True
    if endpoint.disabled_at is not None:
        run_in_transaction(lambda session: _settle(session, each, WebhookState.FAILED, _Outcome(None, "disabled")))
        return True
    now = clock.now()
    outcome = _called(endpoint, public_id("msg", message.id), message.body.encode(), now=now)
    run_in_transaction(lambda session: _note(session, each, outcome, now=now))
    log.info(
        "notices.webhook.tried",
        delivery_id=str(each.id),
        tries=each.tries + 1,
        status=outcome.status,
        reason=outcome.reason,
    )
    return outcome.is_accepted


def _called(endpoint: EndpointRow, message_id: str, body: bytes, *, now: datetime) -> _Outcome:
    salts = [endpoint.salt]
    if endpoint.old_salt is not None and endpoint.old_until is not None and now < endpoint.old_until:
        salts.append(endpoint.old_salt)
    outbound: Outbound = current_app.extensions[_EXTENSION]
    headers = signing.headers_of(message_id, int(now.timestamp()), body, salts=salts)
    try:
        status = outbound.post(endpoint.url, body, headers)
    except AddressRefused as refusal:
        return _Outcome(None, refusal.reason.value)
    except NotReached as failure:
        return _Outcome(None, failure.reason)
    except Exception as error:  # One receiver must not hold up the others; it comes again.
        log.exception("notices.webhook.broken", endpoint_id=str(endpoint.id), error=type(error).__name__)
        return _Outcome(None, "broken")
    return _Outcome(status, None if rules.is_accepted(status) else "status")


def _note(session: Session, each: _Leased, outcome: _Outcome, *, now: datetime) -> None:
    endpoint = queries.find_endpoint(session, each.endpoint_id, lock=True)
    if endpoint is None:
        return
    tries = each.tries + 1
    wait = rules.wait_after(tries)
    tried = {"tried_at": now, "status": outcome.status, "reason": outcome.reason}
    if outcome.is_accepted:
        endpoint.delivered_at = now
        _settle(session, each, WebhookState.DELIVERED, outcome, now=now)
    elif outcome.status == rules.GONE:
        _settle(session, each, WebhookState.FAILED, outcome, now=now)
        disable(session, endpoint, DisabledBecause.GONE, now=now)
    elif wait is not None:
        _change(session, each, tries=tries, next_at=clock.now() + wait, **tried)
    else:
        _settle(session, each, WebhookState.FAILED, outcome, tries=tries, now=now)
        if rules.is_failing(enabled_at=endpoint.enabled_at, delivered_at=endpoint.delivered_at, now=now):
            disable(session, endpoint, DisabledBecause.FAILING, now=now)


def _settle(
    session: Session,
    each: _Leased,
    state: WebhookState,
    outcome: _Outcome,
    *,
    tries: int | None = None,
    now: datetime | None = None,
) -> None:
    """Note the end of a delivery. What was taken is taken, also when the lease had run out before."""
    rows_written(
        session,
        update(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.id == each.id, WebhookDeliveryRow.state == WebhookState.WAITING)
        .values(
            state=state,
            settled_at=now or clock.now(),
            status=outcome.status,
            reason=outcome.reason,
            **({} if tries is None else {"tries": tries}),
            **({} if now is None else {"tried_at": now}),
        ),
    )


def _change(session: Session, each: _Leased, **values: Any) -> None:
    """Change a delivery that this worker still holds."""
    held = (
        WebhookDeliveryRow.id == each.id,
        WebhookDeliveryRow.state == WebhookState.WAITING,
        WebhookDeliveryRow.next_at == each.token,
    )
    rows_written(session, update(WebhookDeliveryRow).where(*held).values(**values))


def disable(session: Session, endpoint: EndpointRow, because: DisabledBecause, *, now: datetime) -> None:
    """Switch an endpoint off, and tell the organisation's owners."""
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at, endpoint.disabled_because = now, because
    endpoint.version += 1
    session.flush()
    record(
        session,
        action="notices.webhook_endpoint_disabled",
        object_kind=ENDPOINT,
        object_id=endpoint.id,
        actor=SYSTEM,
        after={"because": because.value},
    )
    notify(
        session,
        organisation_id=endpoint.organisation_id,
        kind=DISABLED_NOTICE,
        subject_kind=ENDPOINT,
        subject_id=endpoint.id,
        params={"step": str(endpoint.version)},
        now=now,
    )
