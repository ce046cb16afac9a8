"""What identity forgets: counters, codes and sessions that no rule asks for any more."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, delete_in_batches
from app.identity.entrance.models import (
    CodeBindingRow,
    CodeChallengeRow,
    SendCountRow,
    SendPaceRow,
    SessionRow,
    SignInAttemptRow,
)

SWEPT_EVERY = timedelta(hours=1)
# A civil day and an hour, or a day of failures, with room to spare.
COUNTERS_KEPT = timedelta(days=2)
SESSIONS_KEPT = timedelta(days=30)


def sweep(_: Session, __: datetime) -> None:
    """Delete what has had its time, once the job is noted. It runs every hour, so that a run has an hour's worth to do."""
    now = clock.now()
    old = now - COUNTERS_KEPT
    after_commit(delete_in_batches, CodeChallengeRow, CodeChallengeRow.created_at < old)
    after_commit(delete_in_batches, CodeBindingRow, CodeBindingRow.created_at < old)
    after_commit(delete_in_batches, SendPaceRow, SendPaceRow.updated_at < old)
    after_commit(delete_in_batches, SendCountRow, SendCountRow.hour < old)
    after_commit(delete_in_batches, SignInAttemptRow, SignInAttemptRow.last_failed_at < old)
    after_commit(delete_in_batches, SessionRow, SessionRow.expires_at < now - SESSIONS_KEPT)
