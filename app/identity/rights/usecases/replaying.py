"""A database restored from a backup does not know who was forgotten since: it is told again.

The list of erasures lies in the file store, and an operator may keep another copy apart from both. It holds ids alone.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, file_store, reading, run_in_transaction
from app.foundation.proof import SYSTEM, logger, record
from app.identity.people.models import PersonRow
from app.identity.rights import queries
from app.identity.rights.models import ErasureRow, ErasureState
from app.identity.rights.usecases.erasing import LIST_FOLDER, list_line

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to."""

    known: int  # The restored database has carried them out.
    asked_again: int
    nobody: int  # The person came after the backup, and went.


def erasure_list() -> list[dict[str, str]]:
    """Return one line for each erasure that has begun."""
    with reading() as session:
        return [list_line(row) for row in queries.begun_erasures(session)]


def read_list(text: str | None) -> list[dict[str, Any]]:
    """Return the lines of a list, or of the file store's if no text is given.

    Raises:
        ValueError: a line is no line of a list.
    """
    if text is None:
        store = file_store()
        texts = [store.get(key).decode() for key in store.keys(LIST_FOLDER)]
    else:
        texts = [line for line in text.splitlines() if line.strip()]
    return [json.loads(each) for each in texts]


def replay(lines: Iterable[dict[str, Any]]) -> Replayed:
    """Let the worker carry out again what a restored database does not know; it may run any number of times.

    Raises:
        ValueError: a line has not the ids and the time of an erasure.
    """
    counts = {"known": 0, "asked_again": 0, "nobody": 0}
    for line in lines:
        try:
            erasure_id, person_id = UUID(line["erasure_id"]), UUID(line["person_id"])
            asked_at = datetime.fromisoformat(line["asked_at"])
        except (KeyError, TypeError) as error:
            raise ValueError(str(line)) from error
        outcome = run_in_transaction(partial(_ask_again, erasure_id=erasure_id, person_id=person_id, asked_at=asked_at))
        counts[outcome] += 1
    log.info("identity.erasures.replayed", **counts)
    return Replayed(**counts)


def _ask_again(session: Session, *, erasure_id: UUID, person_id: UUID, asked_at: datetime) -> str:
    now = clock.now()
    row = queries.open_erasure(session, person_id, lock=True)
    if row is not None and row.state in {ErasureState.ERASED, ErasureState.RESTRICTED}:
        return "known"
    if row is not None:
        row.due_at = min(row.due_at, now)
    elif session.get(PersonRow, person_id) is None:
        return "nobody"
    else:
        row = ErasureRow(
            # A cancelled one of the backup has another id: nobody calls off an erasure that has begun.
            id=erasure_id,
            person_id=person_id,
            state=ErasureState.WAITING,
            asked_at=asked_at,
            due_at=now,
            parts_done=[],
            version=1,
        )
        session.add(row)
    session.flush()
    record(session, action="identity.erasure_replayed", object_kind="identity.erasure", object_id=row.id, actor=SYSTEM)
    return "asked_again"
