"""Tombstones go after a while; whoever has not asked since then begins anew."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, rows_written, run_in_transaction
from app.foundation.sync.changes import lock_counter
from app.foundation.sync.models import SyncChangeRow

TOMBSTONES_KEPT = timedelta(days=90)
_BATCH = 500


def sweep_tombstones(_: Session, __: datetime) -> None:
    """Let go of tombstones that are three months old, once the job is noted, in batches of their own."""
    after_commit(_sweep_all, clock.now() - TOMBSTONES_KEPT)


def _sweep_all(before: datetime) -> None:
    while run_in_transaction(lambda session: _sweep_some(session, before)) == _BATCH:
        pass


def _sweep_some(session: Session, before: datetime) -> int:
    old = session.execute(
        select(SyncChangeRow.person_id, SyncChangeRow.change_no)
        .where(SyncChangeRow.is_gone.is_(True), SyncChangeRow.changed_at < before)
        .order_by(SyncChangeRow.changed_at)
        .limit(_BATCH)
    ).all()
    newest: dict[object, int] = {}
    for person_id, change_no in old:
        newest[person_id] = max(change_no, newest.get(person_id, 0))
    # Counts first and in one order, as everybody who numbers a change takes them.
    for person_id in sorted({person_id for person_id, _ in old}):
        counter = lock_counter(session, person_id)
        counter.swept_no = max(counter.swept_no, newest[person_id])
    session.flush()
    key = tuple_(SyncChangeRow.person_id, SyncChangeRow.change_no)
    rows_written(
        session, delete(SyncChangeRow).where(SyncChangeRow.is_gone.is_(True), key.in_([tuple(row) for row in old]))
    )
    return len(old)
