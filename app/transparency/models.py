"""Tables of the log: what waits, leaves, nodes, checkpoints, signed documents, seals. All but the first only grow."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import AppendOnly, Base

ENTRY_BYTES_MAX = 65_535  # Entry bundles carry lengths of two bytes (C2SP tlog-tiles).


class EntryKind(StrEnum):
    """What an entry of the log tells."""

    ISSUE = "issue"
    REVOKE = "revoke"
    RETIRE = "retire"
    KEY = "key"
    LIST = "list"
    SEAL = "seal"


class WaitingRow(Base):
    """An entry without a number, written with the change that it tells of; the sequencer takes it and deletes it."""

    __tablename__ = "transparency_waiting"
    __table_args__ = (
        UniqueConstraint("kind", "subject_kind", "subject_id", name="transparency_waiting_once"),
        CheckConstraint(f"length(entry) BETWEEN 2 AND {ENTRY_BYTES_MAX}", name="transparency_waiting_entry_size"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    entry: Mapped[bytes]  # The line as it will stand in the log, RFC 8785 canonical.
    created_at: Mapped[datetime]


class LeafRow(AppendOnly, Base):
    """One entry of the log under its number."""

    __tablename__ = "transparency_leaf"
    __table_args__ = (
        UniqueConstraint("kind", "subject_kind", "subject_id", name="transparency_leaf_once"),
        CheckConstraint("leaf_index >= 0", name="transparency_leaf_index"),
        CheckConstraint(f"length(entry) BETWEEN 2 AND {ENTRY_BYTES_MAX}", name="transparency_leaf_entry_size"),
        CheckConstraint("length(leaf_hash) = 32", name="transparency_leaf_hash_size"),
    )

    leaf_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[bytes]
    leaf_hash: Mapped[bytes]
    at: Mapped[datetime]  # The log's time: whole seconds that never run backwards.
    kind: Mapped[EntryKind]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]


class NodeRow(AppendOnly, Base):
    """The root of a perfect subtree: 2**level leaves, the first of them number position * 2**level.

    Level 0 is the leaf itself and is not repeated here. With these rows every root and every proof needs O(log n) reads.
    """

    __tablename__ = "transparency_node"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 62 AND position >= 0", name="transparency_node_place"),
        CheckConstraint("length(hash) = 32", name="transparency_node_hash_size"),
    )

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class CheckpointRow(AppendOnly, Base):
    """A signed head of the log (C2SP tlog-checkpoint): from then on nothing below `size` can change unseen."""

    __tablename__ = "transparency_checkpoint"
    __table_args__ = (
        CheckConstraint("size > 0", name="transparency_checkpoint_size"),
        CheckConstraint("length(root) = 32", name="transparency_checkpoint_root_size"),
    )

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    note: Mapped[str]
    signed_at: Mapped[datetime]


class DocumentRow(AppendOnly, Base):
    """A signed document, byte for byte as it is served."""

    __tablename__ = "transparency_document"
    __table_args__ = (
        Index("transparency_document_subject_idx", "subject_id", "leaf_index"),
        UniqueConstraint("leaf_index", name="transparency_document_leaf_key"),
        CheckConstraint("length(sha256) = 32", name="transparency_document_sha256_size"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]  # The draft's id: what the document is of.
    source: Mapped[str]  # The kind under which the room above registered.
    issuer: Mapped[str]
    content: Mapped[bytes]
    sha256: Mapped[bytes]
    jwt: Mapped[str | None]
    leaf_index: Mapped[int] = mapped_column(ForeignKey("transparency_leaf.leaf_index"))
    method: Mapped[str]
    signed_at: Mapped[datetime]


class SealRow(AppendOnly, Base):
    """One Merkle root over rows of another room, which numbers them in the order in which they were sealed."""

    __tablename__ = "transparency_seal"
    __table_args__ = (
        UniqueConstraint("stream", "first", name="transparency_seal_first_key"),
        CheckConstraint("first >= 1 AND last >= first", name="transparency_seal_numbers"),
        CheckConstraint("length(root) = 32", name="transparency_seal_root_size"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    stream: Mapped[str]
    first: Mapped[int]
    last: Mapped[int]
    root: Mapped[bytes]
    sealed_at: Mapped[datetime]
