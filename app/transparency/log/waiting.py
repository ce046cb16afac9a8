"""Entries on their way into the log: one row in the transaction of what they tell of; the sequencer numbers it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import clock, insert_once, new_id
from app.transparency.canonical import canonical_json
from app.transparency.models import ENTRY_BYTES_MAX, EntryKind, LeafRow, WaitingRow


def append_entry(
    session: Session, *, kind: EntryKind, content: Mapping[str, Any], subject_kind: str, subject_id: UUID
) -> None:
    """Let the log tell of something, once for each (kind, subject); a second call changes nothing.

    Plain rows, no lock: the entry gets its number from the sequencer, about a second after the caller has committed.

    Args:
        content: the entry without `kind`: no personal data and no certificate number, everybody reads it for ever.
        subject_kind, subject_id: what it is about, for `find_leaf`; they do not stand in the log.

    Raises:
        ValueError: the content has a `kind` of its own, is too long, or cannot be spelled canonically.
    """
    entry = entry_line(kind, content)
    if is_logged(session, kind, subject_kind, subject_id):
        return
    insert_once(
        session,
        WaitingRow,
        id=new_id(),
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        entry=entry,
        created_at=clock.now(),
    )


def entry_line(kind: EntryKind, content: Mapping[str, Any]) -> bytes:
    """Return an entry as it stands in the log: one line of RFC 8785 JSON, these exact bytes are the leaf.

    Raises:
        ValueError: as `append_entry`.
    """
    if "kind" in content:
        raise ValueError("the kind of an entry is an argument, not a member")
    line = canonical_json({"kind": kind.value, **content})
    if len(line) > ENTRY_BYTES_MAX:
        raise ValueError(f"an entry has {ENTRY_BYTES_MAX} bytes at most, this one {len(line)}")
    return line


def is_logged(session: Session, kind: EntryKind, subject_kind: str, subject_id: UUID) -> bool:
    """Return whether the log tells of it already, under a number."""
    known = select(LeafRow.leaf_index).where(
        LeafRow.kind == kind, LeafRow.subject_kind == subject_kind, LeafRow.subject_id == subject_id
    )
    return session.scalar(known) is not None


def is_waiting(session: Session, kind: EntryKind, subject_kind: str, subject_id: UUID) -> bool:
    """Return whether it is on its way into the log, still without a number."""
    waits = select(WaitingRow.id).where(
        WaitingRow.kind == kind, WaitingRow.subject_kind == subject_kind, WaitingRow.subject_id == subject_id
    )
    return session.scalar(waits) is not None
