"""Tables of background work: messages to handle, jobs to run, tasks for people."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base


class OutboxRow(Base):
    """A message for one subscriber, written with the change it tells of."""

    __tablename__ = "foundation_outbox"
    __table_args__ = (
        UniqueConstraint("topic", "subscriber", "key", name="foundation_outbox_once"),
        Index(
            "foundation_outbox_due_idx",
            "due_at",
            sqlite_where=text("done_at IS NULL AND dead_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
        ),
        Index(
            "foundation_outbox_done_idx",
            "done_at",
            sqlite_where=text("done_at IS NOT NULL"),
            postgresql_where=text("done_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    subscriber: Mapped[str]
    key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]  # Also the lease's token: who finds another value here has lost the row.
    tries: Mapped[int] = mapped_column(default=0)  # Failures, not leases: a killed worker is no fault of the message.
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]


class ScheduleRow(Base):
    """One due run of a timed job."""

    __tablename__ = "foundation_schedule"

    job: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]


class TaskState(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"


class TaskRow(Base):
    """Something that only a person can do, for whoever holds the role in the agency and county."""

    __tablename__ = "foundation_task"
    __table_args__ = (
        UniqueConstraint("kind", "subject_kind", "subject_id", name="foundation_task_once"),
        Index("foundation_task_open_idx", "role", "state", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    role: Mapped[str]
    agency_id: Mapped[UUID | None]  # None: whoever holds the role, wherever.
    county: Mapped[str | None]
    due_at: Mapped[datetime | None]
    state: Mapped[TaskState] = mapped_column(default=TaskState.OPEN)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    note: Mapped[str | None]
