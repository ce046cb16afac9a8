"""What leaves for a notice: the worker looks at the person's choices and devices, and writes one delivery for each way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app import identity
from app.foundation.data import clock, insert_once, new_id
from app.foundation.work import Message
from app.notices import queries, rules
from app.notices.kinds import NoticeKind, kinds
from app.notices.models import DeliveryRow, NoticeRow, PushTargetRow
from app.notices.outlets import channels
from app.notices.queries import Preferences
from app.notices.rules import Channel, DeliveryState

BATCH = 50


def plan(session: Session, messages: list[Message]) -> None:
    """Write the deliveries of some notices. One that was swept meanwhile has none."""
    for message in messages:
        notice = session.get(NoticeRow, UUID(message.payload["notice"]))
        if notice is not None:
            _plan(session, notice, now=clock.now())


def _plan(session: Session, notice: NoticeRow, *, now: datetime) -> None:
    kind = kinds.handler(notice.kind)
    preferences = queries.preferences_of(session, queries.recipient_of(notice))
    for channel in sorted(kind.channels):
        sender = channels().of(channel)
        wanted = rules.is_on(kind.group, channel, preferences.switched)
        if sender is not None and wanted and sender.takes(kind.group):
            _PLANS[channel](session, notice, kind, preferences, now)


def _plan_push(session: Session, notice: NoticeRow, kind: NoticeKind, preferences: Preferences, now: datetime) -> None:
    for target in _live_targets(session, notice, now=now):
        if preferences.digest_hour is None or kind.is_urgent:
            due_at = _free_at(Channel.PUSH, kind, preferences, now)
            _insert(session, notice, Channel.PUSH, str(target.id), due_at=due_at, now=now)
        else:
            due_at = rules.digest_at(now, hour=preferences.digest_hour)
            _insert_digest(session, notice, str(target.id), due_at=due_at, now=now)


def _plan_wechat(
    session: Session, notice: NoticeRow, kind: NoticeKind, preferences: Preferences, now: datetime
) -> None:
    # A permission is for one message of one group and is not gathered: who gave it waits for just this.
    if notice.person_id is not None and queries.take_grant(session, notice.person_id, kind.group):
        due_at = _free_at(Channel.WECHAT, kind, preferences, now)
        _insert(session, notice, Channel.WECHAT, "", due_at=due_at, now=now)


def _plan_sms(session: Session, notice: NoticeRow, kind: NoticeKind, preferences: Preferences, now: datetime) -> None:
    if notice.person_id is not None:  # The city keeps no number of its staff.
        due_at = _free_at(Channel.SMS, kind, preferences, now)
        _insert(session, notice, Channel.SMS, "", due_at=due_at, now=now)


_PLANS = {Channel.PUSH: _plan_push, Channel.WECHAT: _plan_wechat, Channel.SMS: _plan_sms}


def _live_targets(session: Session, notice: NoticeRow, *, now: datetime) -> list[PushTargetRow]:
    """Return where push messages reach somebody. A device on which nobody is signed in any more loses its target here."""
    targets = queries.targets_of(session, queries.recipient_of(notice))
    signed_in = identity.devices_signed_in(session, [each.device_id for each in targets], now)
    for gone in (each for each in targets if each.device_id not in signed_in):
        session.delete(gone)
    session.flush()
    return [each for each in targets if each.device_id in signed_in]


def _free_at(channel: Channel, kind: NoticeKind, preferences: Preferences, now: datetime) -> datetime:
    if channel in rules.UNDISTURBED_BY_QUIET.get(kind.group, ()):
        return now
    return rules.free_at(now, quiet_from=preferences.quiet_from, quiet_until=preferences.quiet_until)


def _insert(
    session: Session, notice: NoticeRow, channel: Channel, target: str, *, due_at: datetime, now: datetime
) -> None:
    insert_once(
        session,
        DeliveryRow,
        id=new_id(),
        person_id=notice.person_id,
        staff_id=notice.staff_id,
        notice_id=notice.id,
        channel=channel,
        target=target,
        state=DeliveryState.WAITING,
        due_at=due_at,
        next_at=due_at,
        tries=0,
        created_at=now,
    )


def _insert_digest(session: Session, notice: NoticeRow, target: str, *, due_at: datetime, now: datetime) -> None:
    insert_once(
        session,
        DeliveryRow,
        id=new_id(),
        person_id=notice.person_id,
        staff_id=notice.staff_id,
        digest_on=clock.civil_day(due_at),
        channel=Channel.PUSH,
        target=target,
        state=DeliveryState.WAITING,
        due_at=due_at,
        next_at=due_at,
        tries=0,
        created_at=now,
    )
