"""Bind files to the one thing they prove."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.evidence.errors import EvidenceFileNotFound, FileAlreadyBound
from app.evidence.models import EvidenceFile, FileState
from app.evidence.queries import StoredFile, lock_files, stored_file
from app.foundation.data import public_id
from app.foundation.proof import Actor, record


def bind_files(
    session: Session, file_ids: Sequence[UUID], *, owner: Actor, subject_kind: str, subject_id: UUID, now: datetime
) -> tuple[StoredFile, ...]:
    """Tie files to a subject for good, in the caller's transaction, and return them in the order given.

    Files that this subject has already are left as they are, so a draft may be sent again.

    Raises:
        EvidenceFileNotFound: an id that does not exist or belongs to somebody else; the answer is the same.
        FileAlreadyBound: a file proves something else already.
    """
    locked = lock_files(session, file_ids)
    rows = [_own(locked.get(file_id), owner) for file_id in dict.fromkeys(file_ids)]
    for row in rows:
        if row.subject_id is not None and (row.subject_kind, row.subject_id) != (subject_kind, subject_id):
            raise FileAlreadyBound(file_id=public_id("fil", row.id))
    for row in rows:
        if row.subject_id is not None:
            continue
        row.state = FileState.BOUND
        row.subject_kind, row.subject_id, row.bound_at = subject_kind, subject_id, now
        record(
            session,
            action="evidence.file_bound",
            object_kind="evidence.file",
            object_id=row.id,
            actor=owner,
            after={"subject_kind": subject_kind, "subject_id": str(subject_id)},
        )
    session.flush()
    return tuple(stored_file(row) for row in rows)


def _own(row: EvidenceFile | None, owner: Actor) -> EvidenceFile:
    if row is None or row.owner_id != owner.id:
        raise EvidenceFileNotFound
    return row
