"""Seals: one Merkle root a minute over the rows of each stream, which the log keeps as an entry of its own.

The rows stay where they are; whoever changes one afterwards no longer meets the root (RFC 6962 hashing, as in the log).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import clock, new_id, run_in_transaction
from app.foundation.proof import logger
from app.transparency.log import merkle
from app.transparency.log.locks import SEALING, is_alone
from app.transparency.log.signing import digest_text
from app.transparency.log.waiting import append_entry, entry_line
from app.transparency.models import EntryKind, LeafRow, SealRow, WaitingRow
from app.transparency.proofs import second_text
from app.transparency.streams import STREAMS

SEALED_AT_ONCE = 10_000
PERIOD = timedelta(minutes=1)
SEAL_SUBJECT = "transparency.seal"

log = logger(__name__)


def seal_when_due() -> int:
    """Seal each stream, in a transaction of its own, once a minute of the clock; return how many rows were sealed.

    Where 10,000 rows and more wait, it goes on at once. It appends the entries and signs nothing, so any worker may do it.
    """
    sealed = 0
    for stream in STREAMS.kinds():
        try:
            sealed += run_in_transaction(lambda session, stream=stream: _seal_if_due(session, stream))  # type: ignore[misc]
        except Exception as error:  # A stream that fails must not leave the others unsealed.
            log.error("transparency.seal.failed", stream=stream, error=type(error).__name__, exc_info=error)
    return sealed


def _seal_if_due(session: Session, stream: str) -> int:
    if not is_alone(session, SEALING):
        return 0
    now, last = clock.now(), last_seal(session, stream)
    if last is not None and last.last - last.first + 1 < SEALED_AT_ONCE:
        this_minute = now.replace(second=0, microsecond=0)
        if last.sealed_at >= this_minute:
            return 0
    return seal_stream(session, stream, now)


def seal_streams(session: Session, now: datetime) -> int:
    """Seal up to 10,000 waiting rows of each stream in the caller's transaction, and return how many rows were sealed.

    Whoever calls makes sure that nobody seals at the same time: the running numbers go on from the last seal's.
    """
    return sum(seal_stream(session, stream, now) for stream in STREAMS.kinds())


def seal_stream(session: Session, stream: str, now: datetime) -> int:
    """Seal up to 10,000 waiting rows of one stream, and return how many."""
    seal_id = new_id()
    leaves = STREAMS.handler(stream).take(session, seal_id, SEALED_AT_ONCE)
    if not leaves:
        return 0
    last = last_seal(session, stream)
    first = 1 if last is None else last.last + 1
    row = SealRow(
        id=seal_id,
        stream=stream,
        first=first,
        last=first + len(leaves) - 1,
        root=_root(leaves),
        sealed_at=now,
    )
    session.add(row)
    session.flush()
    append_entry(session, kind=EntryKind.SEAL, content=_content(row), subject_kind=SEAL_SUBJECT, subject_id=seal_id)
    return len(leaves)


def last_seal(session: Session, stream: str) -> SealRow | None:
    """Return the newest seal of a stream, None before the first."""
    return session.scalar(select(SealRow).where(SealRow.stream == stream).order_by(SealRow.first.desc()).limit(1))


def verify_seals(session: Session, stream: str) -> list[str]:
    """Compute every seal of a stream anew from today's rows, and return what does not fit, one line a finding."""
    findings, expected = [], 1
    rows = session.scalars(
        select(SealRow).where(SealRow.stream == stream).order_by(SealRow.first).execution_options(yield_per=100)
    )
    for row in rows:
        name = f"{stream} {row.first}-{row.last}"
        if row.first != expected:
            findings.append(f"{name}: the numbers should go on at {expected}")
        expected = row.last + 1
        findings += [f"{name}: {finding}" for finding in _findings(session, row)]
    return findings


def _findings(session: Session, row: SealRow) -> list[str]:
    findings = []
    leaves = STREAMS.handler(row.stream).leaves_of(session, row.id)
    count = row.last - row.first + 1
    if len(leaves) != count:
        findings.append(f"{len(leaves)} rows are there, {count} were sealed")
    elif _root(leaves) != row.root:
        findings.append("the rows are not those that were sealed")
    line = entry_line(EntryKind.SEAL, _content(row))
    # The queue first: between two looks the entry can only move from there into the log.
    entries = [_entry_of(session, model, row.id) for model in (WaitingRow, LeafRow)]
    if entries == [None, None]:
        return [*findings, "the log knows nothing of this seal"]
    if any(entry not in {None, line} for entry in entries):
        return [*findings, "the log says something else of this seal"]
    return findings


def _entry_of(session: Session, model: type[LeafRow] | type[WaitingRow], seal_id: UUID) -> bytes | None:
    return session.scalar(
        select(model.entry).where(
            model.kind == EntryKind.SEAL, model.subject_kind == SEAL_SUBJECT, model.subject_id == seal_id
        )
    )


def _root(leaves: list[bytes]) -> bytes:
    return merkle.root_of([merkle.leaf_hash(each) for each in leaves])


def _content(row: SealRow) -> dict[str, Any]:
    return {
        "stream": row.stream,
        "from": row.first,
        "to": row.last,
        "root": digest_text(row.root),
        "time": second_text(row.sealed_at),
    }
