"""Does the stored log lead to every head that was ever signed? From the leaves up, trusting nothing that is stored above them.

Whoever owns the database can drop its guards and change a row; he cannot change the signed heads that others hold.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.work import NotServable
from app.transparency.keys.queries import Key, keys_of
from app.transparency.log import merkle
from app.transparency.log.notes import Head, NoteInvalid, Verifier, read_checkpoint
from app.transparency.log.origin import log_origin
from app.transparency.log.queries import Checkpoint, LogDamaged, checkpoint_at, hashes_at, root_at
from app.transparency.models import CheckpointRow, LeafRow, NodeRow

PAGE = 1_000


def check_head(session: Session) -> None:
    """Refuse to serve a log whose stored nodes do not lead to its last signed head, in O(log n).

    Raises:
        NotServable: the root, the number of leaves or the signature does not fit.
    """
    size, head_size = _sizes(session)  # Somebody may be appending while this process starts.
    if size != head_size:
        raise NotServable("the log has another number of leaves than its last signed head: run `flask log check`")
    head = checkpoint_at(session, size)
    if head is None:
        return
    try:
        root = root_at(session, size)
    except LogDamaged as damage:
        raise NotServable(f"the log is damaged, run `flask log check`: {damage}") from None
    if root != head.root:
        raise NotServable("the log does not lead to its last signed head: run `flask log check`")
    for finding in _signature_findings(head, keys_of(session, None), log_origin()):
        raise NotServable(f"{finding}: run `flask log check`")


def is_signed_by_log(session: Session, head: Checkpoint) -> bool:
    """Return whether a stored head carries the log's own signature, over just what its row says."""
    return not any(_signature_findings(head, keys_of(session, None), log_origin()))


def check_log(session: Session) -> Iterator[str]:
    """Compute the whole log anew and compare it with every stored head; give one line for each finding.

    What is appended meanwhile is left for the next check. Reads all leaves, a page at a time.
    """
    size, head_size = _sizes(session)
    keys, name = keys_of(session, None), log_origin()
    edge, last_at = merkle.Edge(0, []), None
    for first in range(0, max(size, head_size), PAGE):
        end = min(first + PAGE, max(size, head_size))
        leaves = {row.leaf_index: row for row in _leaves(session, first, end)}
        heads = {row.size: row for row in _heads(session, first, end)}
        complete: list[tuple[merkle.Place, bytes]] = []
        for index in range(first, end):
            leaf = leaves.get(index)
            if leaf is None:
                yield f"leaf {index} is missing: nothing behind it can be checked"
                return
            yield from _leaf_findings(leaf, last_at)
            last_at = leaf.at
            complete += edge.append(merkle.leaf_hash(leaf.entry))
            if edge.size in heads:
                yield from _head_findings(heads[edge.size], edge.root(), leaf.at, keys, name)
        yield from _node_findings(session, complete)
    if size > head_size:
        yield f"leaves {head_size} to {size - 1} stand under no signed head"
    yield from _surplus(session, size)


def _sizes(session: Session) -> tuple[int, int]:
    """Return the number of leaves and the size of the last head, both at one moment."""
    last_leaf = select(func.max(LeafRow.leaf_index)).scalar_subquery()
    last_head = select(func.max(CheckpointRow.size)).scalar_subquery()
    leaf, head = session.execute(select(last_leaf, last_head)).one()
    return 0 if leaf is None else leaf + 1, head or 0


def _leaves(session: Session, first: int, end: int) -> Sequence[LeafRow]:
    return session.scalars(select(LeafRow).where(LeafRow.leaf_index >= first, LeafRow.leaf_index < end)).all()


def _heads(session: Session, first: int, end: int) -> Sequence[CheckpointRow]:
    return session.scalars(select(CheckpointRow).where(CheckpointRow.size > first, CheckpointRow.size <= end)).all()


def _leaf_findings(leaf: LeafRow, before: datetime | None) -> Iterator[str]:
    if merkle.leaf_hash(leaf.entry) != leaf.leaf_hash:
        yield f"leaf {leaf.leaf_index}: the entry is not the one that was hashed"
    if before is not None and leaf.at < before:
        yield f"leaf {leaf.leaf_index}: the log's time runs backwards"


def _node_findings(session: Session, complete: list[tuple[merkle.Place, bytes]]) -> Iterator[str]:
    stored = hashes_at(session, (place for place, _ in complete))
    for place, expected in complete:
        if stored.get(place) != expected:
            yield f"node {place.position} of level {place.level} is {'other than' if place in stored else 'missing, not'} computed"


def _head_findings(row: CheckpointRow, root: bytes, leaf_at: datetime, keys: Sequence[Key], name: str) -> Iterator[str]:
    if row.root != root:
        yield f"checkpoint {row.size}: the leaves lead to another root"
    if row.signed_at != leaf_at:
        yield f"checkpoint {row.size}: it was signed at another time than its last leaf"
    yield from _signature_findings(Checkpoint(row.size, row.root, row.note, row.signed_at), keys, name)


def _signature_findings(head: Checkpoint, keys: Sequence[Key], name: str) -> Iterator[str]:
    # A key that was revoked later did sign what it signed before: the row is as it was, and the entry of its end tells the rest.
    known = [each for each in keys if each.revoked_at is None or head.signed_at <= each.revoked_at]
    try:
        said = read_checkpoint(head.note, [Verifier(name, each.public) for each in known])
    except NoteInvalid as reason:
        yield f"checkpoint {head.size}: {reason}"
        return
    if said != Head(name, head.size, head.root):
        yield f"checkpoint {head.size}: the signed text says something else"


def _surplus(session: Session, size: int) -> Iterator[str]:
    """Tell of nodes and heads beyond the leaves that were checked, unless the log has grown meanwhile."""
    if _sizes(session)[0] != size:
        return
    for level in range(1, 63):
        count = session.scalar(select(func.count()).where(NodeRow.level == level, NodeRow.position >= size >> level))
        if count:
            yield f"{count} nodes of level {level} stand over leaves that are not there"
