"""Reads and locks of notices. Each finds its rows by an index, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from app.foundation.data import rows_written
from app.notices.models import IS_WAITING, DeliveryRow, NoticeRow, PreferencesRow, PushTargetRow, WechatGrantRow
from app.notices.rules import QUIET_FROM, QUIET_UNTIL, NoticeGroup

Mine = type[NoticeRow] | type[PreferencesRow] | type[PushTargetRow] | type[DeliveryRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told: a resident or a member of staff, exactly one of the two."""

    person_id: UUID | None = None
    staff_id: UUID | None = None

    def owns(self, model: Mine) -> ColumnElement[bool]:
        """Return the condition that a row is theirs."""
        return model.person_id == self.person_id if self.person_id is not None else model.staff_id == self.staff_id


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody wants to be told; version 0 is how the product begins."""

    switched: dict[str, dict[str, bool]]
    quiet_from: time
    quiet_until: time
    digest_hour: int | None
    version: int


AS_THE_PRODUCT_BEGINS = Preferences({}, QUIET_FROM, QUIET_UNTIL, None, 0)


def recipient_of(row: NoticeRow | DeliveryRow | PushTargetRow) -> Recipient:
    """Return whose a row is."""
    return Recipient(person_id=row.person_id, staff_id=row.staff_id)


def stored_kinds(session: Session) -> list[str]:
    """Return the kinds that notices have: one step in the index a kind, however many notices there are."""
    kinds: list[str] = []
    while True:
        following = select(NoticeRow.kind).order_by(NoticeRow.kind).limit(1)
        if kinds:
            following = following.where(NoticeRow.kind > kinds[-1])
        kind = session.scalar(following)
        if kind is None:
            return kinds
        kinds.append(kind)


def notices_of(recipient: Recipient, *, unread_only: bool) -> Select[Any]:
    """Return the question for somebody's notices."""
    question = select(NoticeRow).where(recipient.owns(NoticeRow))
    return question.where(NoticeRow.read_at.is_(None)) if unread_only else question


def count_unread(session: Session, recipient: Recipient, *, limit: int) -> int:
    """Return how many notices somebody has not read, `limit` at most: nobody counts further."""
    some = select(NoticeRow.id).where(recipient.owns(NoticeRow), NoticeRow.read_at.is_(None)).limit(limit).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def find_notice(session: Session, recipient: Recipient, notice_id: UUID) -> NoticeRow | None:
    """Return a notice of somebody's own, or None."""
    return session.scalar(select(NoticeRow).where(NoticeRow.id == notice_id, recipient.owns(NoticeRow)))


def mark_read(
    session: Session, recipient: Recipient, notice: NoticeRow, *, and_older: bool, now: datetime
) -> Sequence[UUID]:
    """Note that somebody has read a notice, or it and all older ones; return those that were unread."""
    which: Sequence[ColumnElement[bool]] = (NoticeRow.id == notice.id,)
    if and_older:
        is_older = (NoticeRow.created_at < notice.created_at) | (NoticeRow.id <= notice.id)
        which = (NoticeRow.created_at <= notice.created_at, is_older)
    unread = (recipient.owns(NoticeRow), NoticeRow.read_at.is_(None))
    marked = update(NoticeRow).where(*unread, *which).values(read_at=now).returning(NoticeRow.id)
    return session.scalars(marked, execution_options={"synchronize_session": False}).all()


def unread_between(session: Session, recipient: Recipient, since: datetime, until: datetime) -> Sequence[NoticeRow]:
    """Return what somebody was told from `since` on, before `until`, and has not read; 200 at most."""
    within = (NoticeRow.created_at >= since, NoticeRow.created_at < until, NoticeRow.read_at.is_(None))
    return session.scalars(
        select(NoticeRow).where(recipient.owns(NoticeRow), *within).order_by(NoticeRow.created_at).limit(200)
    ).all()


def find_preferences_row(session: Session, recipient: Recipient, *, lock: bool = False) -> PreferencesRow | None:
    """Return what somebody chose, or None."""
    question = select(PreferencesRow).where(recipient.owns(PreferencesRow)).execution_options(populate_existing=True)
    return session.scalar(question.with_for_update() if lock else question)


def get_preferences_row(session: Session, recipient: Recipient) -> PreferencesRow:
    """Return and lock what somebody is known to have chosen."""
    return session.scalars(select(PreferencesRow).where(recipient.owns(PreferencesRow)).with_for_update()).one()


def preferences_of(session: Session, recipient: Recipient) -> Preferences:
    """Return how somebody wants to be told."""
    row = find_preferences_row(session, recipient)
    if row is None:
        return AS_THE_PRODUCT_BEGINS
    return Preferences(
        row.switched, _time(row.quiet_from_min), _time(row.quiet_until_min), row.digest_hour, row.version
    )


def minutes_of(at: time) -> int:
    """Return a time of day in whole minutes."""
    return at.hour * 60 + at.minute


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def targets_of(session: Session, recipient: Recipient) -> Sequence[PushTargetRow]:
    """Return where somebody's devices take push messages."""
    return session.scalars(select(PushTargetRow).where(recipient.owns(PushTargetRow)).order_by(PushTargetRow.id)).all()


def take_grant(session: Session, person_id: UUID, group: NoticeGroup) -> bool:
    """Use up one message that somebody allowed in WeChat; return whether there was one."""
    has_one = (WechatGrantRow.person_id == person_id, WechatGrantRow.group == group, WechatGrantRow.left_count > 0)
    taken = update(WechatGrantRow).where(*has_one).values(left_count=WechatGrantRow.left_count - 1)
    return rows_written(session, taken) == 1


def grants_of(session: Session, person_id: UUID) -> dict[NoticeGroup, int]:
    """Return how many WeChat messages somebody still allows, by group."""
    rows = session.scalars(select(WechatGrantRow).where(WechatGrantRow.person_id == person_id))
    return {row.group: row.left_count for row in rows}


def due_deliveries(now: datetime, *, limit: int) -> Select[DeliveryRow]:
    """Return the question for what has to leave, the longest due first."""
    return (
        select(DeliveryRow)
        .where(IS_WAITING, DeliveryRow.next_at <= now)
        .order_by(DeliveryRow.next_at, DeliveryRow.id)
        .limit(limit)
    )


def lease_due(session: Session, now: datetime, *, until: datetime, limit: int) -> Sequence[DeliveryRow]:
    """Take some due deliveries for this worker; who dies with them lets them be due again at `until`."""
    rows = session.scalars(due_deliveries(now, limit=limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.next_at = until
    session.flush()
    return rows
