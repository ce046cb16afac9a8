"""Carry out erasures: the door is closed first, then one part after the other down the staircase, and the traces last.

Each step is a transaction of its own with a bounded number of rows, and notes in the same transaction how far it came: a worker
that dies anywhere is followed by another that goes on.
"""

import json
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.foundation.data import (
    after_commit,
    clock,
    file_store,
    reading,
    rows_written,
    run_in_transaction,
    truncate_journal,
)
from app.foundation.http import instant_json
from app.foundation.proof import SYSTEM, logger, record
from app.identity.organisations.person_data import lock_owned
from app.identity.rights import queries
from app.identity.rights.models import ErasureKeptRow, ErasureRow, ErasureState
from app.identity.rights.parts import Erasure, Progress, parts_downwards
from app.identity.rights.rules import ENDED_AGAIN_AFTER, LONGEST_REQUEST, LOOKED_AGAIN_AFTER, days_of
from app.identity.rights.usecases.door import close_door
from app.identity.rights.usecases.erasure import what_blocks

# While one worker takes a step, no other takes the same erasure.
_TAKEN_FOR = timedelta(minutes=2)
_TRY_AGAIN_AFTER = timedelta(seconds=10)
_LOOKED_AT_ONCE = 200
LIST_FOLDER = "erasures"

log = logger(__name__)


def erase_step() -> int:
    """Take one step with one erasure, and return how many were taken: 0 when nothing is due."""
    now = clock.now()
    with reading() as session:
        if not queries.is_erasure_due(session, now):
            return 0
    erasure_id = run_in_transaction(lambda session: _take(session, now))
    if erasure_id is None:
        return 0
    try:
        if not run_in_transaction(lambda session: _next_part(session, erasure_id, now)):
            _finish(erasure_id, now)
    except Exception as error:
        run_in_transaction(lambda session: _wait(session, erasure_id, now + _TRY_AGAIN_AFTER))
        log.exception("identity.erasure.failed", erasure_id=str(erasure_id), error=type(error).__name__)
    return 1


def look_again(session: Session, _: datetime) -> None:
    """Take up erasures of which a law lets go of something today; a part of the rest is erased, or all of it."""
    for row in queries.lock_restricted(session, clock.civil_day(clock.now()), limit=_LOOKED_AT_ONCE):
        row.state, row.due_at, row.parts_done = ErasureState.ERASING, clock.now(), []
        row.version += 1


def _take(session: Session, now: datetime) -> UUID | None:
    """Take an erasure for this worker. When its seven days are over the door is closed, unless something new is open."""
    row = queries.lock_due_erasure(session, now)
    if row is None:
        return None
    if row.state is ErasureState.WAITING:
        lock_owned(session, row.person_id)  # Two owners who go at once are looked at one after the other.
        if what_blocks(session, row.person_id, now):
            row.due_at = now + LOOKED_AGAIN_AFTER
            after_commit(log.info, "identity.erasure.waits_longer", erasure_id=str(row.id))
            return None
        row.state, row.begun_at = ErasureState.ERASING, now
        row.version += 1
        close_door(session, row.person_id, now)
        _audit(session, row, "identity.erasure_begun")
    row.due_at = now + _TAKEN_FOR
    return row.id


def _next_part(session: Session, erasure_id: UUID, now: datetime) -> bool:
    """Let the next part take a step; return whether there was a part left."""
    row = queries.lock_erasure(session, erasure_id)
    if row is None or row.state is not ErasureState.ERASING:
        return True
    wait = _wait_for_others(session, row, now)
    if wait is not None:
        row.due_at = now + wait
        return True
    for room, part in parts_downwards():
        if room not in row.parts_done:
            progress = part.erase(session, Erasure(row.person_id, now))
            if progress.is_done:
                row.parts_done = [*row.parts_done, room]
                _note_kept(session, row, room, progress)
            row.due_at = now + progress.again_after
            return True
    return False


def _wait_for_others(session: Session, row: ErasureRow, now: datetime) -> timedelta | None:
    """Return how long to wait before the first part, or None: a request let in before the door was closed may have begun something.

    It is not opened again for that: the number is deleted. What was begun ends by itself, in the name of whoever began it.
    """
    if row.parts_done or row.begun_at is None:
        return None
    settled_at = row.begun_at + LONGEST_REQUEST
    if now < settled_at:
        return settled_at - now
    if what_blocks(session, row.person_id, now):
        after_commit(log.info, "identity.erasure.waits_longer", erasure_id=str(row.id))
        return ENDED_AGAIN_AFTER
    return None


def _note_kept(session: Session, row: ErasureRow, room: str, progress: Progress) -> None:
    of_room = (ErasureKeptRow.erasure_id == row.id, ErasureKeptRow.room == room)
    rows_written(session, delete(ErasureKeptRow).where(*of_room))
    for each in progress.kept:
        session.add(ErasureKeptRow(erasure_id=row.id, room=room, what=each.what, until=each.until, law=each.law))


def _finish(erasure_id: UUID, now: datetime) -> None:
    """Write the erasure on the list that outlives the database, clear the journal, and say that it is done."""
    with reading() as session:
        row = queries.find_erasure(session, erasure_id)
    if row is None:
        return
    file_store().put(list_key(row.id), json.dumps(list_line(row)).encode())
    if not truncate_journal():
        run_in_transaction(lambda session: _wait(session, erasure_id, now + _TRY_AGAIN_AFTER))
        return
    run_in_transaction(lambda session: _note_done(session, erasure_id, now))
    # The last change itself went through the journal; it holds ids alone, but the next reader need not wonder.
    truncate_journal()


def list_key(erasure_id: UUID) -> str:
    """Return where the line of an erasure lies in the file store."""
    return f"{LIST_FOLDER}/{erasure_id.hex}"


def list_line(row: ErasureRow) -> dict[str, str]:
    """Return an erasure as the list holds it: ids and a time."""
    return {"erasure_id": str(row.id), "person_id": str(row.person_id), "asked_at": instant_json(row.asked_at)}


def _note_done(session: Session, erasure_id: UUID, now: datetime) -> None:
    row = queries.lock_erasure(session, erasure_id)
    if row is None or row.state is not ErasureState.ERASING:
        return
    days = days_of(each.until for each in queries.kept_of(session, row.id))
    row.state = ErasureState.RESTRICTED if days else ErasureState.ERASED
    row.restricted_until, row.look_again_on = days or (None, None)
    row.done_at = now
    row.version += 1
    _audit(session, row, "identity.erasure_done")
    after_commit(log.info, "identity.erasure.done", erasure_id=str(row.id), state=row.state.value)


def _wait(session: Session, erasure_id: UUID, until: datetime) -> None:
    row = queries.lock_erasure(session, erasure_id)
    if row is not None and row.state is ErasureState.ERASING:
        row.due_at = until


def _audit(session: Session, row: ErasureRow, action: str) -> None:
    record(
        session,
        action=action,
        object_kind="identity.erasure",
        object_id=row.id,
        actor=SYSTEM,
        after={"state": row.state.value},
    )
