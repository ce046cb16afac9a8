"""Staff tasks: what a person must do because no program can."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, insert_once, new_id
from app.foundation.work.models import TaskRow, TaskState


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
