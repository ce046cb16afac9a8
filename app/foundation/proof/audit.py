"""The audit: one plain row for each thing somebody did. Rows are only added, and sealed behind the writes."""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.data import AppendOnly, Base, clock, new_id
from app.foundation.proof.actor import Actor, ActorKind
from app.foundation.proof.request_id import request_id


class AuditRow(AppendOnly, Base):
    """Who did what to which thing, in which session and request. Hashes, not contents: the audit outlives erasure."""

    __tablename__ = "foundation_audit"
    __table_args__ = (
        Index("foundation_audit_object_idx", "object_id", "at"),
        Index("foundation_audit_actor_idx", "actor_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind]
    actor_id: Mapped[UUID]
    roles: Mapped[
        str
    ]  # Sorted and joined by commas, as they stood at that moment; `… for ID` is held in somebody's place.
    session_id: Mapped[UUID | None]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID]
    before_sha256: Mapped[str | None]
    after_sha256: Mapped[str | None]
    request_id: Mapped[str | None]
    assisted_by: Mapped[UUID | None]  # The member of staff who entered it for the actor, a resident.


class AuditWaitingRow(Base):
    """An audit row that no seal covers yet. A trigger writes it with the audit row; the serving role can only take it away."""

    __tablename__ = "foundation_audit_waiting"
    __grants__ = "SELECT, DELETE"
    # The key is all there is: without a rowid SQLite keeps one tree and not two.
    __table_args__ = {"sqlite_with_rowid": False}

    audit_id: Mapped[UUID] = mapped_column(primary_key=True)


class AuditSealedRow(AppendOnly, Base):
    """Which audit row stands in which seal, and at which place, counted from 0.

    No foreign keys: the seal's own row is written after these, and the verification looks for what is gone. The hash adds
    nothing to the proof, which is the seal's root; it tells which row of a broken seal was changed.
    """

    __tablename__ = "foundation_audit_sealed"
    __table_args__ = (
        UniqueConstraint("audit_id", name="foundation_audit_sealed_once"),
        CheckConstraint("place >= 0", name="foundation_audit_sealed_place"),
        CheckConstraint("length(sha256) = 32", name="foundation_audit_sealed_sha256_size"),
    )

    seal_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    audit_id: Mapped[UUID]
    sha256: Mapped[bytes]  # Of the row as it was spelled when it was sealed.


def record(
    session: Session,
    *,
    action: str,
    object_kind: str,
    object_id: UUID,
    actor: Actor,
    before: Any = None,
    after: Any = None,
) -> None:
    """Write an audit row into the caller's transaction.

    Args:
        action: a constant such as `planting.claim_submitted`.
        before, after: the JSON values of what changed; only their hashes are kept.
    """
    session.add(
        AuditRow(
            id=new_id(),
            at=clock.now(),
            actor_kind=actor.kind,
            actor_id=actor.id,
            roles=",".join(actor.roles_on_record()),
            session_id=actor.session_id,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            before_sha256=None if before is None else content_sha256(before),
            after_sha256=None if after is None else content_sha256(after),
            request_id=request_id(),
            assisted_by=actor.assisted_by,
        )
    )


def content_sha256(value: Any) -> str:
    """Return the SHA-256, in hex, of a JSON value in one fixed spelling: sorted members, no spaces, UTF-8.

    >>> content_sha256({"b": 1, "a": "林"}) == content_sha256({"a": "林", "b": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
