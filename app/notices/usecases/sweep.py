"""What notices forget: deliveries that are over, notices that have had their time, tokens of devices long unused."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, delete_in_batches, run_in_transaction
from app.notices.models import DeliveryRow, NoticeRow, PushTargetRow
from app.notices.rules import READ_KEPT, UNREAD_KEPT
from app.notices.usecases.changes import notice_gone

SWEPT_EVERY = timedelta(hours=1)
# Long enough to answer "I never got a message"; no longer than a read notice.
DELIVERIES_KEPT = timedelta(days=90)
# No session lives longer (LINTAN_SESSION_DAYS_MAX), so nobody is signed in on a device that was silent for so long.
TARGETS_KEPT = timedelta(days=180)
# Each deleted notice is told to its telephone, which locks its owner's count of changes until the commit.
_BATCH = 500


def sweep(_: Session, __: datetime) -> None:
    """Delete what has had its time, once the job is noted."""
    now = clock.now()
    nothing_leaves = ~exists().where(DeliveryRow.notice_id == NoticeRow.id)
    is_read, is_unread = NoticeRow.read_at.is_not(None), NoticeRow.read_at.is_(None)
    after_commit(delete_in_batches, DeliveryRow, DeliveryRow.settled_at < now - DELIVERIES_KEPT)
    after_commit(_forget, is_read & (NoticeRow.created_at < now - READ_KEPT) & nothing_leaves)
    after_commit(_forget, is_unread & (NoticeRow.created_at < now - UNREAD_KEPT) & nothing_leaves)
    after_commit(delete_in_batches, PushTargetRow, PushTargetRow.renewed_at < now - TARGETS_KEPT)


def _forget(old: ColumnElement[bool]) -> None:
    while run_in_transaction(lambda session: _forget_some(session, old)) == _BATCH:
        pass


def _forget_some(session: Session, old: ColumnElement[bool]) -> int:
    some = select(NoticeRow.id).where(old).limit(_BATCH)
    deleted = delete(NoticeRow).where(NoticeRow.id.in_(some)).returning(NoticeRow.id, NoticeRow.person_id)
    rows = session.execute(deleted, execution_options={"synchronize_session": False}).all()
    for row in rows:
        notice_gone(session, row.person_id, row.id)
    return len(rows)
