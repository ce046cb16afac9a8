"""The sequencer: about once a second it numbers what waits, signs documents and the new head, in one transaction a batch.

One at a time in the whole city: on PostgreSQL whoever gets the advisory lock and has the log's key, on SQLite the one process.
Killed at any line it leaves a whole batch or nothing, because nothing outside the database happens here.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, rows_written, run_in_transaction
from app.foundation.proof import logger
from app.transparency.documents import Draft
from app.transparency.keys import signer_for
from app.transparency.log import figures, merkle
from app.transparency.log.batch import Batch, documents_waiting
from app.transparency.log.locks import SEQUENCING, is_alone
from app.transparency.log.notes import Head, Verifier, signed_note
from app.transparency.log.origin import log_origin
from app.transparency.log.queries import Checkpoint, LogDamaged, hashes_at, latest_checkpoint
from app.transparency.models import CheckpointRow, EntryKind, LeafRow, NodeRow, WaitingRow
from app.transparency.signer import ActiveKey

PERIOD = timedelta(seconds=1)
ENTRIES_AT_ONCE = 1_000
DOCUMENTS_AT_ONCE = 250  # Of each source: on SQLite nobody else writes while a batch is signed.

log = logger(__name__)


def sequence() -> int:
    """Number, sign and publish one batch, and return how many leaves and refusals it has; 0 when there is nothing to do here.

    Raises:
        LogDamaged: what is stored does not lead to the last signed head; nothing is signed.
    """
    return run_in_transaction(sequence_batch)


def sequence_batch(session: Session) -> int:
    """Do the same in the caller's transaction."""
    if not is_alone(session, SEQUENCING):
        return 0
    log_key = signer_for(session, None)
    if log_key is None:
        return 0
    now = clock.now().replace(microsecond=0)
    head = latest_checkpoint(session)
    if head is not None and now < head.signed_at:
        figures.REFUSED.labels("clock_behind").inc()
        log.error("transparency.sequencer.clock_behind", behind_s=int((head.signed_at - now).total_seconds()))
        return 0
    drafts, taken = _collect(session, now)
    if not drafts and not taken:
        return 0
    # Before anything is numbered: with a damaged log no document may be blamed.
    edge = _edge_of(session, head)
    batch = Batch(session, size=edge.size, now=now)
    batch.add_entries(_not_logged(session, taken))
    for source, found in drafts.items():
        batch.add_documents(source, found)
    if batch.leaves:
        _sign_head(session, batch, edge, log_key)
    if taken:
        rows_written(session, delete(WaitingRow).where(WaitingRow.id.in_([row.id for row in taken])))
    return len(batch.leaves) + batch.refused


def _collect(session: Session, now: datetime) -> tuple[dict[str, list[Draft]], Sequence[WaitingRow]]:
    """Return the drafts of each source, and the entries that stand before them in the log.

    Drafts are looked for first and entries taken second: each statement sees what is committed when it begins, so the retirement
    of every draft found is among the entries. When more entries wait than one batch holds, documents wait for a later one.
    """
    drafts = {}
    if not _more_wait_than(session, ENTRIES_AT_ONCE):
        drafts = documents_waiting(session, now, DOCUMENTS_AT_ONCE)
    taken = _take_entries(session)
    return drafts if len(taken) < ENTRIES_AT_ONCE else {}, taken


def _take_entries(session: Session) -> Sequence[WaitingRow]:
    return session.scalars(
        select(WaitingRow).order_by(WaitingRow.id).limit(ENTRIES_AT_ONCE).with_for_update(skip_locked=True)
    ).all()


def _more_wait_than(session: Session, count: int) -> bool:
    return session.scalar(select(WaitingRow.id).offset(count).limit(1)) is not None


def _not_logged(session: Session, rows: Sequence[WaitingRow]) -> list[WaitingRow]:
    """Leave out what got its number while somebody was about to append it again."""
    subjects: dict[tuple[EntryKind, str], list[UUID]] = defaultdict(list)
    for row in rows:
        subjects[row.kind, row.subject_kind].append(row.subject_id)
    known: set[tuple[EntryKind, str, UUID]] = set()
    for (kind, subject_kind), ids in subjects.items():
        logged = select(LeafRow.subject_id).where(
            LeafRow.kind == kind, LeafRow.subject_kind == subject_kind, LeafRow.subject_id.in_(ids)
        )
        known |= {(kind, subject_kind, subject_id) for subject_id in session.scalars(logged)}
    return [row for row in rows if (row.kind, row.subject_kind, row.subject_id) not in known]


def _sign_head(session: Session, batch: Batch, edge: merkle.Edge, log_key: ActiveKey) -> None:
    """Store the nodes that are complete now, and sign the new head, which grows out of the last one's own hashes."""
    nodes = [each for leaf in batch.leaves for each in edge.append(leaf)]
    if nodes:
        session.execute(
            insert(NodeRow), [{"level": place.level, "position": place.position, "hash": each} for place, each in nodes]
        )
    verifier = Verifier(log_origin(), log_key.public)
    root = edge.root()
    note = signed_note(Head(verifier.name, edge.size, root).text(), verifier, log_key.signer.sign)
    session.add(CheckpointRow(size=edge.size, root=root, note=note, signed_at=batch.now))
    session.flush()
    after_commit(_tell, edge.size, len(batch.leaves), batch.now)


def _edge_of(session: Session, head: Checkpoint | None) -> merkle.Edge:
    """Return the right edge of the stored log, once its leaves are as many as the last head's and its nodes lead to that root.

    Raises:
        LogDamaged: a node is missing or other than it was, or leaves and head differ in number.
    """
    size = 0 if head is None else head.size
    places = merkle.places_of(merkle.Span(0, size))
    hashes = hashes_at(session, places)
    last = session.scalar(select(func.max(LeafRow.leaf_index)))
    is_whole = len(hashes) == len(places) and size == (0 if last is None else last + 1)
    edge = merkle.Edge(size, [hashes[place] for place in places]) if is_whole else None
    if edge is None or (head is not None and edge.root() != head.root):
        figures.REFUSED.labels("log_damaged").inc()
        raise LogDamaged(f"the stored nodes do not lead to the signed root of {size} leaves")
    return edge


def _tell(size: int, added: int, now: datetime) -> None:
    figures.LEAVES.inc(added)
    figures.SIZE.set(size)
    log.info("transparency.sequencer.signed", size=size, added=added, at=now.isoformat())
