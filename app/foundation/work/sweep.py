"""Sweeping: rows of finished work go after a while, in batches. What the law or the ledger keeps is not here."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, delete_in_batches, rows_written
from app.foundation.work.models import OutboxRow, ScheduleRow

OUTBOX_KEPT = timedelta(days=7)
RUNS_KEPT = timedelta(days=2)


def sweep(session: Session, _: datetime) -> None:
    """Delete messages done a week ago and runs done two days ago; the last run of each job stays, so it is not run again."""
    now = clock.now()
    after_commit(delete_in_batches, OutboxRow, OutboxRow.done_at < now - OUTBOX_KEPT)
    newest = select(ScheduleRow.job, func.max(ScheduleRow.due_at)).group_by(ScheduleRow.job)
    rows_written(
        session,
        delete(ScheduleRow).where(
            ScheduleRow.done_at < now - RUNS_KEPT, tuple_(ScheduleRow.job, ScheduleRow.due_at).not_in(newest)
        ),
    )
