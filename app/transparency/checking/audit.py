"""Do the log and the rooms say the same? `flask log audit`: what a monitor from outside would look for, and what only we can see."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.proof import Hook
from app.transparency.canonical import parse_strictly
from app.transparency.errors import JsonRefused
from app.transparency.log.batch import DOCUMENT_SUBJECT
from app.transparency.log.signing import digest_text
from app.transparency.models import DocumentRow, EntryKind, LeafRow
from app.transparency.sealing.seals import verify_seals
from app.transparency.streams import STREAMS

LogCheck = Callable[[Session], list[str]]
"""Returns one line for each finding; none when all is well."""

# Rooms above add what they know: every issue entry has its certificate and the reverse, bits = revoke entries.
LOG_CHECKS: Hook[LogCheck] = Hook("transparency.log_checks")

_PAGE = 500


def audit_log(session: Session) -> dict[str, list[str]]:
    """Return the findings of every check by its name."""
    return {name: LOG_CHECKS.handler(name)(session) for name in LOG_CHECKS.kinds()}


def documents_not_as_logged(session: Session) -> list[str]:
    """Compare every signed document with the entry that names it, and look for entries whose document is gone."""
    query = (
        select(LeafRow.leaf_index, LeafRow.entry, LeafRow.kind, DocumentRow.content, DocumentRow.sha256)
        .outerjoin(DocumentRow, DocumentRow.leaf_index == LeafRow.leaf_index)
        .where((LeafRow.subject_kind == DOCUMENT_SUBJECT) | DocumentRow.id.is_not(None))
        .order_by(LeafRow.leaf_index)
        .execution_options(yield_per=_PAGE)
    )
    findings = []
    for index, entry, kind, content, sha256 in session.execute(query):
        if content is None:
            findings.append(f"leaf {index}: its document is gone")
        elif hashlib.sha256(content).digest() != sha256 or _members(entry).get("digest") != digest_text(sha256):
            findings.append(f"leaf {index}: its document is not the one that was signed")
        elif kind not in (EntryKind.ISSUE, EntryKind.LIST):
            findings.append(f"leaf {index}: an entry of the kind {kind} has a document")
    return findings


def serials_retired_twice(session: Session) -> list[str]:
    """Read all retire entries as a stranger would, and look for a serial in two of them."""
    query = (
        select(LeafRow.leaf_index, LeafRow.entry)
        .where(LeafRow.kind == EntryKind.RETIRE)
        .execution_options(yield_per=_PAGE)
    )
    ranges: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    findings = []
    for index, entry in session.execute(query):
        try:
            for each in _members(entry)["serials"]:
                ranges[each["block"]].append((int(each["first"]), int(each["last"]), index))
        except (KeyError, TypeError, ValueError):
            findings.append(f"leaf {index}: a retirement without serials")
    for block, found in ranges.items():
        findings += _overlaps(block, sorted(found))
    return findings


def seals_not_as_sealed(session: Session) -> list[str]:
    """Compute the seals of all streams anew."""
    return [finding for stream in STREAMS.kinds() for finding in verify_seals(session, stream)]


def _overlaps(block: str, ranges: list[tuple[int, int, int]]) -> Iterator[str]:
    highest, holder = 0, -1
    for first, last, index in ranges:
        if first <= highest:
            yield f"leaves {holder} and {index}: serial {first} of {block} is retired twice"
        if last > highest:
            highest, holder = last, index


def _members(entry: bytes) -> dict[str, Any]:
    try:
        return parse_strictly(entry)
    except JsonRefused:
        return {}
