"""Build the copies that were asked for: one room a step, then the two files; and delete files after seven days.

A step is a transaction of its own, so a worker that dies loses one room's reading. The files lie under a key that the row knows
from the start, and are written before the row says that they are there.
"""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, file_store, public_id, reading, rows_written, run_in_transaction
from app.foundation.http import instant_json
from app.foundation.proof import logger
from app.identity.rights import queries
from app.identity.rights.models import ExportPartRow, ExportRow, ExportState
from app.identity.rights.parts import parts_upwards
from app.identity.rights.print.paper import export_pdf
from app.identity.rights.rules import EXPORT_KEPT, EXPORT_TRIES_MAX
from app.identity.rights.usecases.exports import FileFormat, may_have, store_key

# While one worker makes the files, no other takes the copy.
_TAKEN_FOR = timedelta(minutes=2)
_EXPIRED_AT_ONCE = 100
FORMAT = "lintan.person-export/1"

log = logger(__name__)


def build_exports() -> int:
    """Take one step with one copy, and return how many were taken: 0 when nothing waits."""
    now = clock.now()
    with reading() as session:
        if not queries.is_export_due(session, now):
            return 0
    export_id = run_in_transaction(lambda session: _take(session, now))
    if export_id is None:
        return 0
    with reading() as session:
        row = queries.find_export(session, export_id)
        is_theirs = row is None or may_have(session, row)
    if row is not None and not is_theirs:
        _give_up(row)
        return 1
    try:
        if not run_in_transaction(lambda session: _gather_next(session, export_id, now)):
            _make_files(export_id, now)
    except Exception as error:
        if row is not None and row.tries + 1 >= EXPORT_TRIES_MAX:
            _give_up(row)
        else:
            run_in_transaction(lambda session: _note_failure(session, export_id, now))
        log.exception("identity.export.failed", export_id=str(export_id), error=type(error).__name__)
    return 1


def _give_up(row: ExportRow) -> None:
    """Delete what has been written of a copy, then say that it failed: who dies in between is followed by one who does both."""
    delete_files(row)
    run_in_transaction(lambda session: _note_failed(session, row.id))


def expire_exports() -> int:
    """Delete the files of copies whose time is over, and return how many copies there were."""
    now = clock.now()
    with reading() as session:
        rows = queries.exports_to_expire(session, now, limit=_EXPIRED_AT_ONCE)
    for row in rows:
        delete_files(row)
        run_in_transaction(lambda session, id=row.id: _note_expired(session, id))  # type: ignore[misc]
    return len(rows)


def delete_files(row: ExportRow) -> None:
    """Delete the files of a copy; it is no error if there are none. No transaction may be open."""
    for each in FileFormat:
        file_store().delete(store_key(row, each))


def _take(session: Session, now: datetime) -> UUID | None:
    row = queries.lock_due_export(session, now)
    if row is None:
        return None
    row.next_at = now + _TAKEN_FOR
    return row.id


def _gather_next(session: Session, export_id: UUID, now: datetime) -> bool:
    """Keep what the next room hands out; return whether there was a room left."""
    row = queries.lock_export(session, export_id)
    if row is None or row.state is not ExportState.WAITING:
        return True
    done = queries.export_parts(session, export_id)
    for room, part in parts_upwards():
        if room not in done:
            content = part.export(session, row.person_id)
            if any(not isinstance(rows, list) for rows in content.values()):
                raise TypeError(f"{room} hands out something else than lists of objects")
            session.add(ExportPartRow(export_id=export_id, room=room, content=content))
            row.next_at = now
            return True
    return False


def _make_files(export_id: UUID, now: datetime) -> None:
    with reading() as session:
        row = queries.find_export(session, export_id)
        rooms = {room: each.content for room, each in queries.export_parts(session, export_id).items()}
    if row is None:
        return
    whole = {
        "format": FORMAT,
        "person_id": public_id("per", row.person_id),
        "made_at": instant_json(now),
        "rooms": {room: rooms[room] for room, _ in parts_upwards() if rooms[room]},
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1).encode()
    paper = export_pdf(whole, made_at=now)
    file_store().put(store_key(row, FileFormat.JSON), text)
    file_store().put(store_key(row, FileFormat.PDF), paper)
    if not run_in_transaction(lambda session: _note_ready(session, export_id, text, paper, now)):
        delete_files(row)


def _note_ready(session: Session, export_id: UUID, text: bytes, paper: bytes, now: datetime) -> bool:
    """Say that the files are there; return whether they are wanted."""
    row = queries.lock_export(session, export_id)
    if row is None or row.state is not ExportState.WAITING:
        return row is not None and row.state is ExportState.READY  # Another worker was faster.
    row.state, row.ready_at, row.expires_at = ExportState.READY, now, now + EXPORT_KEPT
    row.json_bytes, row.json_sha256 = len(text), sha256(text).hexdigest()
    row.pdf_bytes, row.pdf_sha256 = len(paper), sha256(paper).hexdigest()
    _forget_parts(session, export_id)
    after_commit(log.info, "identity.export.ready", export_id=str(export_id), json_bytes=len(text))
    return True


def _note_failure(session: Session, export_id: UUID, now: datetime) -> None:
    row = queries.lock_export(session, export_id)
    if row is None or row.state is not ExportState.WAITING:
        return
    row.tries += 1
    row.next_at = now + timedelta(seconds=2**row.tries)


def _note_failed(session: Session, export_id: UUID) -> None:
    row = queries.lock_export(session, export_id)
    if row is not None and row.state is ExportState.WAITING:
        row.state = ExportState.FAILED
        row.tries += 1
        _forget_parts(session, export_id)


def _note_expired(session: Session, export_id: UUID) -> None:
    row = queries.lock_export(session, export_id)
    if row is not None and row.state is ExportState.READY:
        row.state = ExportState.EXPIRED


def _forget_parts(session: Session, export_id: UUID) -> None:
    rows_written(session, delete(ExportPartRow).where(ExportPartRow.export_id == export_id))
