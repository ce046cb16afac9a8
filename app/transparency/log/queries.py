"""Reads of the log: leaves, heads, proofs, documents. Everything here is O(log n) and needs no lock."""

import base64
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.transparency.log import merkle
from app.transparency.log.merkle import Place, Span
from app.transparency.models import CheckpointRow, DocumentRow, EntryKind, LeafRow, NodeRow

PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class LogDamaged(Exception):
    """The stored log contradicts itself; the message says where. Nothing is signed until somebody has looked."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the log. `at` is the log's time, in whole seconds."""

    index: int
    entry: bytes
    leaf_hash: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed head of the log; `note` is the C2SP text as it is served."""

    size: int
    root: bytes
    note: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A signed document; `content` is served byte for byte, and its SHA-256 is what the log's entry names."""

    id: UUID
    subject_id: UUID
    issuer: str
    content: bytes
    sha256: bytes
    jwt: str | None
    leaf_index: int
    signed_at: datetime
    method: str


def find_leaf(session: Session, *, kind: EntryKind, subject_kind: str, subject_id: UUID) -> Leaf | None:
    """Return the entry that tells this of the subject, None as long as it waits.

    The entry of a signed document has the subject kind `DOCUMENT_SUBJECT` and the document's id.
    """
    return find_leaves(session, kind=kind, subject_kind=subject_kind, subject_ids=[subject_id]).get(subject_id)


def find_leaves(
    session: Session, *, kind: EntryKind, subject_kind: str, subject_ids: Iterable[UUID]
) -> dict[UUID, Leaf]:
    """Return the entries that tell this of subjects, by the subject's id; what still waits is left out."""
    told = select(LeafRow).where(
        LeafRow.kind == kind, LeafRow.subject_kind == subject_kind, LeafRow.subject_id.in_(set(subject_ids))
    )
    return {row.subject_id: _leaf(row) for row in session.scalars(told)}


def subjects_told(session: Session, *, kind: EntryKind, subject_kind: str) -> list[UUID]:
    """Return of whom the log tells this, all of them: for the rare kinds."""
    told = select(LeafRow.subject_id).where(LeafRow.kind == kind, LeafRow.subject_kind == subject_kind)
    return list(session.scalars(told))


def entries(session: Session, first: int, last: int) -> list[Leaf]:
    """Return the leaves numbered `first` to `last`, both of them included, as far as they are there."""
    rows = session.scalars(select(LeafRow).where(LeafRow.leaf_index.between(first, last)).order_by(LeafRow.leaf_index))
    return [_leaf(row) for row in rows]


def latest_checkpoint(session: Session) -> Checkpoint | None:
    """Return the newest signed head, None before the first."""
    return _checkpoint(session, select(CheckpointRow).order_by(CheckpointRow.size.desc()))


def first_checkpoint_covering(session: Session, index: int) -> Checkpoint | None:
    """Return the oldest signed head whose tree holds leaf `index`."""
    return _checkpoint(session, select(CheckpointRow).where(CheckpointRow.size > index).order_by(CheckpointRow.size))


def checkpoint_at(session: Session, size: int) -> Checkpoint | None:
    """Return the signed head of just this many leaves, if one was signed."""
    return _checkpoint(session, select(CheckpointRow).where(CheckpointRow.size == size))


def document_by_id(session: Session, document_id: UUID) -> Document | None:
    """Return a signed document, None if there is no such one."""
    row = session.get(DocumentRow, document_id)
    return None if row is None else _document(row)


def documents_of(session: Session, subject_id: UUID) -> list[Document]:
    """Return all signed documents of one certificate or list, oldest first."""
    rows = session.scalars(
        select(DocumentRow).where(DocumentRow.subject_id == subject_id).order_by(DocumentRow.leaf_index)
    )
    return [_document(row) for row in rows]


def documents_at(session: Session, first: int, last: int, *, source: str | None = None) -> dict[int, Document]:
    """Return the signed documents whose entries are numbered `first` to `last`, by that number.

    Args:
        source: the kind under which a room registered at `DOCUMENTS`; all rooms' when left out.
    """
    there = select(DocumentRow).where(DocumentRow.leaf_index.between(first, last))
    rows = session.scalars(there if source is None else there.where(DocumentRow.source == source))
    return {row.leaf_index: _document(row) for row in rows}


def hashes_at(session: Session, places: Iterable[Place]) -> dict[Place, bytes]:
    """Return the stored hashes at these places; what is not stored is left out."""
    wanted = set(places)
    found: dict[Place, bytes] = {}
    leaves = [place.position for place in wanted if place.level == 0]
    if leaves:
        of_leaves = select(LeafRow.leaf_index, LeafRow.leaf_hash).where(LeafRow.leaf_index.in_(leaves))
        found |= {Place(0, row[0]): row[1] for row in session.execute(of_leaves)}
    by_level: dict[int, list[int]] = defaultdict(list)
    for place in wanted:
        if place.level:
            by_level[place.level].append(place.position)
    if by_level:
        # Level by level: SQLite looks up a list of pairs by reading the whole table.
        on_levels = (and_(NodeRow.level == level, NodeRow.position.in_(each)) for level, each in by_level.items())
        rows = session.execute(select(NodeRow.level, NodeRow.position, NodeRow.hash).where(or_(*on_levels)))
        found |= {Place(row[0], row[1]): row[2] for row in rows}
    return found


def span_hashes(session: Session, spans: Sequence[Span]) -> list[bytes]:
    """Return the tree hash of each span.

    Raises:
        LogDamaged: a node that must be there is not.
    """
    hashes = hashes_at(session, (place for span in spans for place in merkle.places_of(span)))
    try:
        return [merkle.span_hash(span, hashes) for span in spans]
    except merkle.HashMissing as reason:
        raise LogDamaged(str(reason)) from None


def root_at(session: Session, size: int) -> bytes:
    """Return the root of the first `size` leaves, from stored nodes."""
    return span_hashes(session, [Span(0, size)])[0]


def inclusion_proof(session: Session, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from leaf `index` to the root of the first `size` leaves."""
    return span_hashes(session, merkle.inclusion_spans(index, size))


def consistency_proof(session: Session, old: int, new: int) -> list[bytes]:
    """Return the hashes which show that the first `old` leaves are the beginning of the first `new`."""
    return span_hashes(session, merkle.consistency_spans(old, new))


def log_proof(session: Session, index: int, checkpoint: Checkpoint | None = None) -> str:
    """Return everything that shows offline that leaf `index` is in the log (C2SP tlog-proof, version 1).

    Args:
        checkpoint: a signed head that covers the leaf; the newest one when left out.

    Raises:
        ValueError: no signed head covers the leaf.
    """
    head = checkpoint or latest_checkpoint(session)
    if head is None:
        raise ValueError("the log has no checkpoint yet")
    hashes = inclusion_proof(session, index, head.size)
    lines = [PROOF_HEADER, f"index {index}", *(base64.b64encode(each).decode() for each in hashes)]
    return "\n".join(lines) + "\n\n" + head.note


def is_included(session: Session, leaf: Leaf, checkpoint: Checkpoint) -> bool:
    """Return whether the stored bytes of a leaf lead to the root of a checkpoint, computed anew from leaf to root."""
    if not leaf.index < checkpoint.size:
        return False
    proof = inclusion_proof(session, leaf.index, checkpoint.size)
    root = merkle.root_from_inclusion(leaf.index, checkpoint.size, merkle.leaf_hash(leaf.entry), proof)
    return root == checkpoint.root


def _checkpoint(session: Session, query: Select[CheckpointRow]) -> Checkpoint | None:
    row = session.scalar(query.limit(1))
    return None if row is None else Checkpoint(row.size, row.root, row.note, row.signed_at)


def _leaf(row: LeafRow) -> Leaf:
    return Leaf(row.leaf_index, row.entry, row.leaf_hash, row.at)


def _document(row: DocumentRow) -> Document:
    return Document(
        row.id,
        row.subject_id,
        row.issuer,
        row.content,
        row.sha256,
        row.jwt,
        row.leaf_index,
        row.signed_at,
        row.method,
    )
