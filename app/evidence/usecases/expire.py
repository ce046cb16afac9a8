"""Let go of photos that nobody has used within a week, and of stored bytes that no file owns.

A row goes first and leaves a note (`EvidenceStray`) in the same transaction; the bytes go after the commit, and the
note last. A crash anywhere leaves a note, and the next run goes on from it.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.evidence.models import EvidenceStray
from app.evidence.queries import forget_strays, lock_unbound_before, strays_due
from app.foundation.data import after_commit, file_store, reading, transaction
from app.foundation.proof import logger

UNBOUND_KEPT = timedelta(days=7)
JOB_PERIOD = timedelta(minutes=10)
# Bounds the time one run holds locks; ten minutes later the next takes the rest.
FILES_A_RUN = 500

log = logger(__name__)


def expire_files(session: Session, due_at: datetime) -> None:
    """Delete the rows of files unbound for seven days in the worker's transaction, and their bytes after its commit."""
    rows = lock_unbound_before(session, due_at - UNBOUND_KEPT, limit=FILES_A_RUN)
    for row in rows:
        session.add(EvidenceStray(store_key=row.store_key, delete_after=due_at))
        session.delete(row)
    session.flush()
    if rows:
        after_commit(log.info, "evidence.files.expired", count=len(rows))
    after_commit(sweep_strays, now=due_at)


def sweep_strays(*, now: datetime) -> int:
    """Delete stored bytes that no file owns and whose time is over; return how many. No transaction may be open."""
    with reading() as session:
        store_keys = strays_due(session, now, limit=FILES_A_RUN)
    for store_key in store_keys:
        file_store().delete(store_key)
    if store_keys:
        with transaction() as session:
            forget_strays(session, store_keys)
        log.info("evidence.strays.deleted", count=len(store_keys))
    return len(store_keys)
