"""Sweeping: rows of finished work go after a while, in batches. What the law or the ledger keeps is not here."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from app.foundation.data import clock, rows_written
from app.foundation.work.models import OutboxRow, ScheduleRow

OUTBOX_KEPT = timedelta(days=7)
RUNS_KEPT = timedelta(days=2)
BATCH = 5_000


def sweep(session: Session, _: datetime) -> None:
    """Delete messages done a week ago and runs done two days ago; the last run of each job stays, so it is not run again."""
    now = clock.now()
    old = select(OutboxRow.id).where(OutboxRow.done_at < now - OUTBOX_KEPT).limit(BATCH)
    rows_written(session, delete(OutboxRow).where(OutboxRow.id.in_(old)))
    newest = select(ScheduleRow.job, func.max(ScheduleRow.due_at)).group_by(ScheduleRow.job)
    rows_written(
        session,
        delete(ScheduleRow).where(
            ScheduleRow.done_at < now - RUNS_KEPT, tuple_(ScheduleRow.job, ScheduleRow.due_at).not_in(newest)
        ),
    )
