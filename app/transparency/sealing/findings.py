"""Do the seals of a stream still hold: their rows, their numbers, and what the signed log says of them?"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.transparency.canonical import parse_strictly
from app.transparency.errors import JsonRefused
from app.transparency.log.queries import Checkpoint, Leaf, LogDamaged, is_included, latest_checkpoint
from app.transparency.models import EntryKind, LeafRow, SealRow
from app.transparency.sealing.seals import SEAL_SUBJECT, verify_seals

# Seals come once a minute; what waits longer than this waits for a sequencer that does not run.
SEAL_LATE = timedelta(minutes=5)
SHOWN_MAX = 100
PAGE = 500


def seal_findings(session: Session, stream: str, *, rows_sealed: Select[int]) -> Iterator[str]:
    """Yield what does not fit in the seals of a stream, one line a finding. Seals that are made meanwhile do not disturb it.

    Args:
        rows_sealed: the query of how many rows the stream's own table says are sealed.
    """
    yield from verify_seals(session, stream)
    numbers = select(func.coalesce(func.max(SealRow.last), 0)).where(SealRow.stream == stream)
    # One statement, for one moment: a seal and its rows come together.
    rows, last = session.execute(select(rows_sealed.scalar_subquery(), numbers.scalar_subquery())).one()
    if rows != last:
        yield f"{stream}: {rows} rows are said to be sealed, the seals end at {last}"
    yield from _log_findings(session, stream)


def _log_findings(session: Session, stream: str) -> Iterator[str]:
    for seal_id, leaf, seal_stream, head in _seal_entries(session):
        said = _said(leaf)
        name = f"{stream} {said.get('from')}-{said.get('to')} (log entry {leaf.index})"
        if seal_stream is None and said.get("stream") in {stream, None}:
            yield f"{name}: the log tells of a seal {seal_id} that is gone"
        elif seal_stream == stream and (head is None or not _is_signed(session, leaf, head)):
            yield f"{name}: the signed log does not hold this entry"


def _seal_entries(session: Session) -> Iterator[tuple[UUID, Leaf, str | None, Checkpoint | None]]:
    """Yield each `seal` entry of the log with its seal's id, the stream of the seal if it is there, and a head that is newer."""
    after = UUID(int=0)
    query = (
        select(LeafRow.subject_id, LeafRow.leaf_index, LeafRow.entry, LeafRow.leaf_hash, LeafRow.at, SealRow.stream)
        .join(SealRow, SealRow.id == LeafRow.subject_id, isouter=True)
        .where(LeafRow.kind == EntryKind.SEAL, LeafRow.subject_kind == SEAL_SUBJECT)
        .order_by(LeafRow.subject_id)
        .limit(PAGE)
    )
    while rows := session.execute(query.where(LeafRow.subject_id > after)).all():
        head = latest_checkpoint(session)  # After the entries, which come together with a head that covers them.
        for seal_id, index, entry, leaf_hash, at, stream in rows:
            yield seal_id, Leaf(index, entry, leaf_hash, at), stream, head
        after = rows[-1][0]


def _said(leaf: Leaf) -> dict[str, Any]:
    try:
        return parse_strictly(leaf.entry)
    except JsonRefused:
        return {}


def _is_signed(session: Session, leaf: Leaf, head: Checkpoint) -> bool:
    try:
        return is_included(session, leaf, head)
    except LogDamaged:
        return False


def report_findings(findings: Iterable[str], *, sound: str) -> None:
    """Print what a verification found, at most a hundred lines of it, and end with exit code 1; or `sound`, if it found nothing.

    Raises:
        SystemExit: there are findings.
    """
    count = 0
    for count, finding in enumerate(findings, 1):
        if count <= SHOWN_MAX:
            click.echo(finding)
    if not count:
        click.echo(sound)
        return
    click.echo(f"{count} findings" if count <= SHOWN_MAX else f"{count} findings, {SHOWN_MAX} of them shown")
    raise SystemExit(1)
