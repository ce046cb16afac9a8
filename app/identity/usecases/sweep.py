"""What identity forgets: counters, codes and sessions that no rule asks for any more."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.foundation.data import clock, rows_written
from app.identity.models import CodeChallengeRow, SendCountRow, SendPaceRow, SessionRow, SignInAttemptRow

SWEPT_EVERY = timedelta(hours=1)
# A civil day and an hour, or a day of failures, with room to spare.
COUNTERS_KEPT = timedelta(days=2)
SESSIONS_KEPT = timedelta(days=30)


def sweep(session: Session, due_at: datetime) -> None:
    """Delete what has had its time. It runs every hour, so that a run has an hour's worth to do."""
    now = clock.now()
    rows_written(session, delete(CodeChallengeRow).where(CodeChallengeRow.created_at < now - COUNTERS_KEPT))
    rows_written(session, delete(SendPaceRow).where(SendPaceRow.updated_at < now - COUNTERS_KEPT))
    rows_written(session, delete(SendCountRow).where(SendCountRow.hour < now - COUNTERS_KEPT))
    rows_written(session, delete(SignInAttemptRow).where(SignInAttemptRow.last_failed_at < now - COUNTERS_KEPT))
    rows_written(session, delete(SessionRow).where(SessionRow.expires_at < now - SESSIONS_KEPT))
