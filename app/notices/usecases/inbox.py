"""Reading one's notices, and noting what was read. The words are made here, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import reading, transaction
from app.foundation.http import Page, PageQuery, page_of
from app.foundation.proof import Actor, ActorKind
from app.notices import queries, rules
from app.notices.errors import NoticeNotFound
from app.notices.kinds import body_of, hrefs_of, kinds, title_of
from app.notices.models import NoticeRow
from app.notices.queries import Recipient
from app.notices.rules import NoticeGroup
from app.notices.usecases.changes import notice_changed


class Listed(StrEnum):
    """Which notices are listed."""

    ALL = "all"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice in its reader's language."""

    id: UUID
    kind: str
    group: NoticeGroup
    is_urgent: bool
    title: str
    body: str
    href: str | None
    created_at: datetime
    read_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Unread:
    """How many notices are unread; `is_more` when there are more than that."""

    count: int
    is_more: bool

    @property
    def text(self) -> str:
        """The number as it stands beside a bell: `3`, or `99+`."""
        return f"{self.count}+" if self.is_more else str(self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A page of notices, and how many are unread in all."""

    items: Sequence[Notice]
    next_cursor: str | None
    unread: Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedRead:
    """How many notices were unread before, and what is unread now."""

    read_count: int
    unread: Unread


def recipient_behind(actor: Actor) -> Recipient:
    """Return as whom somebody gets notices."""
    return Recipient(person_id=actor.id) if actor.kind == ActorKind.RESIDENT else Recipient(staff_id=actor.id)


def my_notices(actor: Actor, listed: Listed, query: PageQuery) -> tuple[Page[Notice], Inbox]:
    """List one's own notices, newest first."""
    recipient = recipient_behind(actor)
    with reading() as session:
        page = page_of(
            session,
            queries.notices_of(recipient, unread_only=listed is Listed.UNREAD),
            at=NoticeRow.created_at,
            id=NoticeRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=listed,
        )
        told = Page(shown(session, page.items), page.next_cursor)
        unread = _unread(session, recipient)
    return told, Inbox(items=told.items, next_cursor=told.next_cursor, unread=unread)


def read_notice(notice_id: UUID, *, actor: Actor, now: datetime) -> Notice:
    """Note that somebody has read a notice; the first time counts.

    Raises:
        NoticeNotFound: it is not theirs.
    """
    recipient = recipient_behind(actor)
    with transaction() as session:
        row = _mine(session, recipient, notice_id)
        if _mark_read(session, recipient, row, and_older=False, now=now):
            session.refresh(row)
        return shown(session, [row])[0]


def read_up_to(notice_id: UUID, *, actor: Actor, now: datetime) -> MarkedRead:
    """Note that somebody has read a notice and all that are older.

    Raises:
        NoticeNotFound: it is not theirs.
    """
    recipient = recipient_behind(actor)
    with transaction() as session:
        row = _mine(session, recipient, notice_id)
        count = _mark_read(session, recipient, row, and_older=True, now=now)
        return MarkedRead(read_count=count, unread=_unread(session, recipient))


def _mark_read(session: Session, recipient: Recipient, row: NoticeRow, *, and_older: bool, now: datetime) -> int:
    read = queries.mark_read(session, recipient, row, and_older=and_older, now=now)
    for notice_id in read:
        notice_changed(session, recipient.person_id, notice_id)
    return len(read)


def _mine(session: Session, recipient: Recipient, notice_id: UUID) -> NoticeRow:
    row = queries.find_notice(session, recipient, notice_id)
    if row is None:
        raise NoticeNotFound()
    return row


def _unread(session: Session, recipient: Recipient) -> Unread:
    most = rules.UNREAD_COUNTED_MAX
    count = queries.count_unread(session, recipient, limit=most + 1)
    return Unread(min(count, most), count > most)


def shown(session: Session, rows: Sequence[NoticeRow]) -> list[Notice]:
    """Return notices in the language of the request."""
    hrefs = hrefs_of(session, [(row.subject_kind, row.subject_id) for row in rows])
    return [
        Notice(
            id=row.id,
            kind=row.kind,
            group=kinds.handler(row.kind).group,
            is_urgent=kinds.handler(row.kind).is_urgent,
            title=title_of(row.kind),
            body=body_of(row.kind, row.params),
            href=hrefs.get((row.subject_kind, row.subject_id)),
            created_at=row.created_at,
            read_at=row.read_at,
            expires_at=rules.expires_at(row.created_at, is_read=row.read_at is not None),
        )
        for row in rows
    ]
