"""Staff tasks: what a person must do because no program can."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.foundation.data import clock, insert_once, new_id, rows_written
from app.foundation.work.models import OutboxRow, TaskRow, TaskState

DEAD_LETTER = "work.dead_letter"
LISTED_AT_ONCE = 200


class TaskUnknown(Exception):
    """There is no such open task."""


def open_task(
    session: Session,
    *,
    kind: str,
    subject_kind: str,
    subject_id: UUID,
    role: str,
    agency_id: UUID | None = None,
    county: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """Put a task on the list of a role, once for each (kind, subject); a second call changes nothing."""
    insert_once(
        session,
        TaskRow,
        id=new_id(),
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        role=role,
        agency_id=agency_id,
        county=county,
        due_at=due_at,
        state=TaskState.OPEN,
        created_at=clock.now(),
    )


def end_task(session: Session, *, kind: str, subject_kind: str, subject_id: UUID) -> None:
    """Take a task off the list because what it asked for has happened by itself; the next time it is opened anew."""
    session.execute(
        delete(TaskRow)
        .where(TaskRow.kind == kind, TaskRow.subject_kind == subject_kind, TaskRow.subject_id == subject_id)
        .execution_options(synchronize_session=False)
    )


def open_tasks(session: Session) -> Sequence[TaskRow]:
    """Return the oldest open tasks, 200 at most."""
    return session.scalars(
        select(TaskRow)
        .where(TaskRow.state == TaskState.OPEN)
        .order_by(TaskRow.created_at, TaskRow.id)
        .limit(LISTED_AT_ONCE)
    ).all()


def retry_dead_letter(session: Session, task_id: UUID) -> None:
    """Let the worker try a dead message again from the start, and close its task.

    Raises:
        TaskUnknown: no open task of a dead letter has this id.
    """
    task = session.get(TaskRow, task_id, with_for_update=True)
    if task is None or task.state is not TaskState.OPEN or task.kind != DEAD_LETTER:
        raise TaskUnknown(str(task_id))
    now = clock.now()
    rows_written(
        session,
        update(OutboxRow)
        .where(OutboxRow.id == task.subject_id, OutboxRow.done_at.is_(None))
        .values(tries=0, dead_at=None, leased_until=None, due_at=now),
    )
    session.delete(task)  # A second death of the same message opens its task anew.
