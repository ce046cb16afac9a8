"""Reading what changed for a resident since they last asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import reading, run_in_transaction
from app.foundation.sync.changes import Touch, lock_counter, number_after
from app.foundation.sync.collections import collections
from app.foundation.sync.cursor import Cursor, seal, unseal
from app.foundation.sync.errors import SyncCursorTooOld
from app.foundation.sync.models import SyncChangeRow, SyncCounterRow


@dataclass(frozen=True, slots=True)
class SyncItem:
    """One change: the thing as it is now, or None when it is gone."""

    collection: str
    id: str
    is_gone: bool
    object: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class SyncPage:
    """Some changes in the order of their commits, the cursor for the next ones, and whether some wait already."""

    items: Sequence[SyncItem]
    next_cursor: str
    has_more: bool


def changes_since(person_id: UUID, cursor: str | None, *, limit: int, now: datetime) -> SyncPage:
    """Return what changed since a cursor; without one, everything that is there.

    A thing that changed twice comes once, as it is now. All changes up to a number are committed once the number can be
    read, so a cursor never skips one.

    Raises:
        CursorInvalid: the cursor was not made here, or for somebody else.
        SyncCursorTooOld: a tombstone it has not seen was let go; the telephone begins anew.
    """
    start = unseal(person_id, cursor) if cursor is not None else None
    with reading() as session:
        counter = session.get(SyncCounterRow, person_id)
    if counter is None or _not_enrolled(counter):
        run_in_transaction(lambda session: _enrol(session, person_id, now))
    with reading() as session:
        return _page(session, person_id, start, limit)


def _page(session: Session, person_id: UUID, start: Cursor | None, limit: int) -> SyncPage:
    read_to = start.change_no if start is not None else 0
    wanted = select(SyncChangeRow).where(SyncChangeRow.person_id == person_id, SyncChangeRow.change_no > read_to)
    if start is None:  # Who has nothing has nothing to forget.
        wanted = wanted.where(SyncChangeRow.is_gone.is_(False))
    rows = session.scalars(wanted.order_by(SyncChangeRow.change_no).limit(limit + 1)).all()
    # Read after the changes: a tombstone that is swept between the two reads must not be passed by in silence.
    counter = session.get_one(SyncCounterRow, person_id)
    swept_no = start.swept_no if start is not None else counter.swept_no
    if counter.swept_no > max(read_to, swept_no):
        raise SyncCursorTooOld()
    page, has_more = rows[:limit], len(rows) > limit
    read_to = page[-1].change_no if page else read_to
    return SyncPage(_items(session, person_id, page), seal(person_id, Cursor(read_to, swept_no)), has_more=has_more)


def _items(session: Session, person_id: UUID, rows: Sequence[SyncChangeRow]) -> list[SyncItem]:
    living: dict[str, list[UUID]] = {}
    for row in rows:
        if not row.is_gone:
            living.setdefault(row.collection, []).append(row.object_id)
    loaded = {name: collections.handler(name).load(session, person_id, ids) for name, ids in living.items()}
    items = []
    for row in rows:
        thing = loaded.get(row.collection, {}).get(row.object_id)
        public_id = collections.handler(row.collection).public_id(row.object_id)
        # What was deleted between the two reads is told as gone; its tombstone follows.
        items.append(SyncItem(row.collection, public_id, thing is None, thing))
    return items


def _not_enrolled(counter: SyncCounterRow) -> list[str]:
    return [name for name in collections.kinds() if name not in counter.enrolled]


def _enrol(session: Session, person_id: UUID, now: datetime) -> None:
    """Count in what a resident had before the count began, or before a collection was there. What has a number keeps it."""
    counter = lock_counter(session, person_id)
    for name in _not_enrolled(counter):
        ids = list(collections.handler(name).ids_of(session, person_id))
        touches = [Touch(person_id, name, each, is_gone=False) for each in ids]
        number_after(session, person_id, counter.change_no, touches, now, keep_older=True)
        counter.change_no += len(ids)
        counter.enrolled = [*counter.enrolled, name]
        session.flush()
