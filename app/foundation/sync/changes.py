"""Saying that something of a resident changed; the number is given when the transaction ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.foundation.data import Base, before_commit, clock, insert_once, rows_written
from app.foundation.sync.models import SyncChangeRow, SyncCounterRow

# Bound values of one statement: SQLite allows 32,766, PostgreSQL 65,535.
_ROWS_A_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that changed."""

    person_id: UUID
    collection: str
    object_id: UUID
    is_gone: bool


def changed(session: Session, person_id: UUID, collection: str, object_id: UUID) -> None:
    """Note in the caller's transaction that a thing of a resident is new or other than before."""
    before_commit(session, _number_all, Touch(person_id, collection, object_id, is_gone=False))


def gone(session: Session, person_id: UUID, collection: str, object_id: UUID) -> None:
    """Note that a thing is not the resident's any more; their telephone will forget it."""
    before_commit(session, _number_all, Touch(person_id, collection, object_id, is_gone=True))


def forget_changes_of(session: Session, person_id: UUID) -> int:
    """Delete the count and all changes of a resident, and return how many rows there were."""
    changes = rows_written(session, delete(SyncChangeRow).where(SyncChangeRow.person_id == person_id))
    return changes + rows_written(session, delete(SyncCounterRow).where(SyncCounterRow.person_id == person_id))


def lock_counter(session: Session, person_id: UUID) -> SyncCounterRow:
    """Return a resident's count, made if need be; whoever else numbers a change of theirs waits for the commit."""
    insert_once(session, SyncCounterRow, person_id=person_id, change_no=0, swept_no=0, enrolled=[])
    return session.scalars(
        select(SyncCounterRow)
        .where(SyncCounterRow.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def number_after(
    session: Session, person_id: UUID, last: int, touches: Sequence[Touch], now: datetime, *, keep_older: bool
) -> None:
    """Write changes under the numbers after `last`, which the caller has reserved under the count's lock.

    Args:
        keep_older: a thing that has a number already keeps it.
    """
    rows = [_row(touch, last + place, now) for place, touch in enumerate(touches, start=1)]
    _write(session, rows, keep_older=keep_older)


def _number_all(session: Session, touches: list[Touch]) -> None:
    """Give numbers to everything a transaction touched: two statements, however many residents there are."""
    now = clock.now()
    newest = {(touch.person_id, touch.collection, touch.object_id): touch for touch in touches}
    by_person: dict[UUID, list[Touch]] = {}
    for touch in newest.values():
        by_person.setdefault(touch.person_id, []).append(touch)
    last = _reserve(session, {person_id: len(mine) for person_id, mine in sorted(by_person.items())})
    rows = [
        _row(touch, last[person_id] - len(mine) + place, now)
        for person_id, mine in by_person.items()
        for place, touch in enumerate(mine, start=1)
    ]
    _write(session, rows, keep_older=False)


def _reserve(session: Session, counts: dict[UUID, int]) -> dict[UUID, int]:
    """Take so many numbers of each resident and return the last of each.

    The rows are locked in the order in which they are given, so two transactions never wait for each other crosswise.
    """
    last: dict[UUID, int] = {}
    people = list(counts)
    for start in range(0, len(people), _ROWS_A_STATEMENT):
        wanted = [
            {"person_id": each, "change_no": counts[each], "swept_no": 0, "enrolled": []}
            for each in people[start : start + _ROWS_A_STATEMENT]
        ]
        statement = _insert(session, SyncCounterRow).values(wanted)
        sums = {"change_no": SyncCounterRow.change_no + statement.excluded.change_no}
        given = statement.on_conflict_do_update(index_elements=["person_id"], set_=sums).returning(
            SyncCounterRow.person_id, SyncCounterRow.change_no
        )
        last.update((person_id, change_no) for person_id, change_no in session.execute(given))
    return last


def _write(session: Session, rows: list[dict[str, Any]], *, keep_older: bool) -> None:
    key = ["person_id", "collection", "object_id"]
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        statement = _insert(session, SyncChangeRow).values(rows[start : start + _ROWS_A_STATEMENT])
        new = statement.excluded
        if keep_older:
            session.execute(statement.on_conflict_do_nothing(index_elements=key))
        else:
            news = {"change_no": new.change_no, "is_gone": new.is_gone, "changed_at": new.changed_at}
            session.execute(statement.on_conflict_do_update(index_elements=key, set_=news))


def _row(touch: Touch, change_no: int, now: datetime) -> dict[str, Any]:
    return {
        "person_id": touch.person_id,
        "collection": touch.collection,
        "object_id": touch.object_id,
        "change_no": change_no,
        "is_gone": touch.is_gone,
        "changed_at": now,
    }


def _insert(session: Session, model: type[Base]) -> Any:
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(model)
