"""Deliveries leave: lease some, call the provider outside any transaction, note the outcome. At least once, under a stable id.

It is a loop beside the worker, so that a slow provider holds up no points and no payments. Who dies between the call and the note
lets the delivery be due again when its lease ends; the receiver sees the same id twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.foundation.data import clock, reading, rows_written, run_in_transaction
from app.foundation.proof import logger
from app.notices import queries, rules
from app.notices.channels import ChannelAway, ChannelRefused, NotGranted
from app.notices.models import DeliveryRow, PushTargetRow, WechatAccountRow, WechatGrantRow
from app.notices.outlets import DELIVERIES, channels
from app.notices.rules import Channel, DeliveryState
from app.notices.usecases.writing import NotNeeded, ready

PERIOD = timedelta(seconds=1)
AT_ONCE = 10
# Longer than ten calls that each time out, or another worker would send what this one is about to send.
LEASE = timedelta(minutes=2)
AWAY_FOR = timedelta(seconds=20)

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Leased:
    """A delivery as it was taken."""

    id: UUID
    channel: Channel
    tries: int
    token: datetime  # `next_at` as the lease set it.


def send_due() -> int:
    """Send some of what is due, and return how much was dealt with."""
    now = clock.now()
    with reading() as session:  # Look before taking the write lock: most rounds have nothing to send.
        if session.scalar(queries.due_deliveries(now, limit=1)) is None:
            return 0
    leased = run_in_transaction(lambda session: _lease(session, clock.now()))
    away: set[Channel] = set()
    for each in leased:
        if each.channel in away:
            _put_off(each)
        elif not _send(each):
            away.add(each.channel)
    return len(leased) if len(away) < len({each.channel for each in leased}) else 0


def _lease(session: Session, now: datetime) -> list[_Leased]:
    rows = queries.lease_due(session, now, until=now + LEASE, limit=AT_ONCE)
    return [_Leased(row.id, row.channel, row.tries, row.next_at) for row in rows]


def _send(each: _Leased) -> bool:
    """Send one delivery, and return False when its provider is away."""
    now = clock.now()
    try:
        with reading() as session:
            prepared = ready(session, each.id, now=now)
        sender = channels().of(each.channel)
        if sender is None:
            raise NotNeeded("channel_off")
        ref = sender.send(prepared.address, prepared.message, now=now)
    except NotNeeded as why:
        _settle(each, DeliveryState.DROPPED, reason=why.reason)
    except ChannelRefused as refusal:
        _refused(each, refusal)
    except ChannelAway as away:
        _try_again(each, away.reason)
        return False
    except Exception as error:  # One delivery must not hold up its neighbours; it comes again.
        log.exception("notices.delivery.broken", delivery_id=str(each.id), error=type(error).__name__)
        _try_again(each, type(error).__name__)
    else:
        _settle(each, DeliveryState.SENT, ref=ref)
    return True


def _refused(each: _Leased, refusal: ChannelRefused) -> None:
    run_in_transaction(lambda session: _forget_address(session, each, refusal))
    _settle(each, DeliveryState.FAILED, reason=refusal.reason)


def _settle(each: _Leased, state: DeliveryState, *, reason: str | None = None, ref: str | None = None) -> None:
    """Note the end of a delivery. What was sent is sent, also when the lease had run out before."""
    waiting = (DeliveryRow.id == each.id, DeliveryRow.state == DeliveryState.WAITING)
    outcome = {"state": state, "reason": reason, "provider_ref": ref, "settled_at": clock.now()}
    run_in_transaction(lambda session: rows_written(session, update(DeliveryRow).where(*waiting).values(**outcome)))
    DELIVERIES.labels(each.channel, state).inc()
    log.info("notices.delivery.settled", delivery_id=str(each.id), channel=each.channel, state=state, reason=reason)


def _try_again(each: _Leased, reason: str) -> None:
    tries = each.tries + 1
    wait = rules.wait_after(tries)
    if wait is None:
        _settle(each, DeliveryState.GIVEN_UP, reason=reason)
        return
    later = {"tries": tries, "reason": reason, "next_at": clock.now() + wait}
    run_in_transaction(lambda session: _change(session, each, later))
    DELIVERIES.labels(each.channel, "tried").inc()
    log.info("notices.delivery.tried", delivery_id=str(each.id), channel=each.channel, tries=tries, reason=reason)


def _put_off(each: _Leased) -> None:
    """Give a lease back: its provider is away, and being asked in vain would count as a try."""
    later = {"next_at": clock.now() + AWAY_FOR}
    run_in_transaction(lambda session: _change(session, each, later))


def _change(session: Session, each: _Leased, values: Mapping[str, Any]) -> None:
    """Change a delivery that this worker still holds."""
    held = (DeliveryRow.id == each.id, DeliveryRow.state == DeliveryState.WAITING, DeliveryRow.next_at == each.token)
    rows_written(session, update(DeliveryRow).where(*held).values(**values))


def _forget_address(session: Session, each: _Leased, refusal: ChannelRefused) -> None:
    """Take away what cannot be reached any more: a device's token, an openid, permissions that were taken back."""
    row = session.get_one(DeliveryRow, each.id)
    if refusal.address_is_gone and each.channel is Channel.PUSH:
        target = session.get(PushTargetRow, UUID(row.target))
        if target is not None:
            session.delete(target)
    if refusal.address_is_gone and each.channel is Channel.WECHAT:
        account = session.get(WechatAccountRow, row.person_id)
        if account is not None:
            session.delete(account)
    if isinstance(refusal, NotGranted):
        session.execute(update(WechatGrantRow).where(WechatGrantRow.person_id == row.person_id).values(left_count=0))
