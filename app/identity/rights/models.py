"""Tables of exports and erasures. They hold ids, times and counts: after an erasure they are what tells that there was one."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base


class ExportState(enum.StrEnum):
    """Where a copy of one's data stands."""

    WAITING = "waiting"  # Or being gathered.
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"  # Its files are deleted.


class ErasureState(enum.StrEnum):
    """Where an erasure stands."""

    WAITING = "waiting"  # Seven days in which it can be called off.
    CANCELLED = "cancelled"
    ERASING = "erasing"
    ERASED = "erased"
    RESTRICTED = "restricted"  # A law keeps a part of it for a while.


# In the index and in the query with the same words, or SQLite would not use it.
RUNNING = text("state = 'waiting'")
_OPEN = text("state IN ('waiting', 'erasing', 'restricted', 'erased')")
AT_WORK = text("state IN ('waiting', 'erasing')")
_LOOKED_AT_AGAIN = text("state = 'restricted'")


class ExportRow(Base):
    """A copy of a person's data: what is asked for, then two files for seven days, then the fact that there was one."""

    __tablename__ = "identity_export"
    __table_args__ = (
        UniqueConstraint("store_key", name="identity_export_store_key"),
        CheckConstraint("(state IN ('ready', 'expired')) = (ready_at IS NOT NULL)", name="identity_export_ready"),
        CheckConstraint(
            "(ready_at IS NULL) = (json_bytes IS NULL) AND (ready_at IS NULL) = (json_sha256 IS NULL)"
            " AND (ready_at IS NULL) = (pdf_bytes IS NULL) AND (ready_at IS NULL) = (pdf_sha256 IS NULL)"
            " AND (ready_at IS NULL) = (expires_at IS NULL)",
            name="identity_export_whole",
        ),
        CheckConstraint("tries >= 0", name="identity_export_tries_not_negative"),
        Index("identity_export_one_running", "person_id", unique=True, postgresql_where=RUNNING, sqlite_where=RUNNING),
        Index("identity_export_person_idx", "person_id", "asked_at", "id"),
        Index("identity_export_due_idx", "next_at", postgresql_where=RUNNING, sqlite_where=RUNNING),
        Index("identity_export_expiry_idx", "state", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"))  # The person, or the guardian of a child.
    state: Mapped[ExportState]
    asked_at: Mapped[datetime]
    next_at: Mapped[datetime]  # Not before then: after a failure, or while another worker has it.
    tries: Mapped[int] = mapped_column(default=0)
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    json_bytes: Mapped[int | None]
    json_sha256: Mapped[str | None]  # In hex.
    pdf_bytes: Mapped[int | None]
    pdf_sha256: Mapped[str | None]
    store_key: Mapped[str]  # Random, known before the files are written, so that no file is ever forgotten.


class ExportPartRow(Base):
    """What one room has handed out for a copy, until the files are made of it."""

    __tablename__ = "identity_export_part"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("identity_export.id"), primary_key=True)
    room: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]


class ErasureRow(Base):
    """A person who asked to be forgotten. Ids alone, so that a database restored from a backup can be told again."""

    __tablename__ = "identity_erasure"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="identity_erasure_cancelled"),
        CheckConstraint("(state IN ('erased', 'restricted')) <= (done_at IS NOT NULL)", name="identity_erasure_done"),
        CheckConstraint("(state IN ('waiting', 'cancelled')) = (begun_at IS NULL)", name="identity_erasure_begun"),
        CheckConstraint(
            "(state = 'restricted') = (restricted_until IS NOT NULL AND look_again_on IS NOT NULL)"
            " OR state = 'erasing'",
            name="identity_erasure_restricted",
        ),
        CheckConstraint("version >= 1", name="identity_erasure_version_positive"),
        Index("identity_erasure_one_open", "person_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("identity_erasure_person_idx", "person_id"),
        Index("identity_erasure_due_idx", "due_at", postgresql_where=AT_WORK, sqlite_where=AT_WORK),
        Index(
            "identity_erasure_again_idx",
            "look_again_on",
            postgresql_where=_LOOKED_AT_AGAIN,
            sqlite_where=_LOOKED_AT_AGAIN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"))
    state: Mapped[ErasureState]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]  # When the next step may be taken, by whoever takes it first.
    begun_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    parts_done: Mapped[list[Any]] = mapped_column(default=list)
    restricted_until: Mapped[date | None]  # The latest day of a law.
    look_again_on: Mapped[date | None]  # The earliest.
    version: Mapped[int] = mapped_column(default=1)


class ErasureKeptRow(Base):
    """What one room has left of a person, until when, and by which law."""

    __tablename__ = "identity_erasure_kept"
    __grants__ = "SELECT, INSERT, DELETE"

    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("identity_erasure.id"), primary_key=True)
    room: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[date | None]
    law: Mapped[str]
