"""The worker: leases what is due, handles it, marks it done in the same transaction.

On PostgreSQL `flask worker` runs on any number of machines; on SQLite a thread of the serving process does the same.
"""

import threading
import time
from collections.abc import Sequence
from itertools import groupby

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.data import clock, insert_those_missing, reading, run_in_transaction
from app.foundation.proof import logger, metrics
from app.foundation.work import outbox, schedule
from app.foundation.work.leases import LeaseLost, lease, mark_done, mark_failed
from app.foundation.work.loops import run_loops_once
from app.foundation.work.models import OutboxRow, ScheduleRow
from app.foundation.work.outbox import Message, Subscriber
from app.foundation.work.tasks import DEAD_LETTER, open_task
from app.foundation.work.wake import bell_of

LEASED_AT_ONCE = 100
IDLE_S = 0.25
AFTER_FAILURE_S = 1.0

log = logger(__name__)


def run_until(app: Flask, stop: threading.Event) -> None:
    """Work until `stop` is set; a database that is away is waited for."""
    bell = bell_of(app)
    while not stop.is_set():
        try:
            with app.app_context():
                handled = work_once()
        except Exception as error:
            log.exception("foundation.worker.round_failed", error=type(error).__name__)
            stop.wait(AFTER_FAILURE_S)
            continue
        if not handled:
            bell.wait(IDLE_S)
            bell.clear()


def work_once() -> int:
    """Handle one batch of due messages and all due jobs; return how many were taken."""
    rows = run_in_transaction(lambda session: list(lease(session, OutboxRow, limit=LEASED_AT_ONCE)))
    rows.sort(key=lambda row: row.subscriber)
    for name, group in groupby(rows, key=lambda row: row.subscriber):
        members = list(group)
        size = outbox.subscriber(name).batch_size
        for start in range(0, len(members), size):
            _handle(outbox.subscriber(name), members[start : start + size])
    return len(rows) + _run_jobs()


def work_until_idle(rounds_max: int = 1_000) -> int:
    """Work until nothing is due and every loop has nothing left; return how much was done. For commands, the demo and tests.

    Raises:
        RuntimeError: there is still work after `rounds_max` rounds; something feeds itself.
    """
    handled = 0
    for _ in range(rounds_max):
        taken = work_once() + run_loops_once()
        if not taken:
            return handled
        handled += taken
    raise RuntimeError(f"still busy after {rounds_max} rounds")


def _handle(subscriber: Subscriber, rows: Sequence[OutboxRow]) -> None:
    def act(session: Session) -> None:
        subscriber.handle(session, [Message(row.id, row.topic, row.key, row.payload, row.created_at) for row in rows])
        for row in rows:
            mark_done(session, row)

    try:
        run_in_transaction(act)
    except LeaseLost:
        log.info("foundation.outbox.lease_lost", subscriber=subscriber.name)
    except Exception as error:  # noqa: BLE001 - a message's failure is recorded, whatever it is.
        if len(rows) > 1:  # One bad message must not hold up its neighbours.
            for row in rows:
                _handle(subscriber, [row])
            return
        _record_failure(rows[0], error, what=subscriber.name)
        metrics.OUTBOX_HANDLED.labels(rows[0].topic, subscriber.name, "failed").inc()
    else:
        metrics.OUTBOX_HANDLED.labels(rows[0].topic, subscriber.name, "done").inc(len(rows))


def _run_jobs() -> int:
    now = clock.now()
    jobs = {job.name: job for job in schedule.jobs()}

    def take(session: Session) -> list[ScheduleRow]:
        due = [{"job": job.name, "due_at": job.last_due(now), "tries": 0} for job in jobs.values()]
        insert_those_missing(session, ScheduleRow, due)
        return [row for row in lease(session, ScheduleRow, limit=LEASED_AT_ONCE) if row.job in jobs]

    if not _any_due(list(jobs.values())):
        return 0
    rows = run_in_transaction(take)
    for row in rows:
        _run(jobs[row.job], row)
    return len(rows)


def _any_due(jobs: list[schedule.Job]) -> bool:
    """Look before taking the write lock: most rounds have no job to run."""
    now = clock.now()
    with reading() as session:
        done = {
            (row.job, row.due_at)
            for row in session.execute(
                select(ScheduleRow.job, func.max(ScheduleRow.due_at).label("due_at"))
                .where(ScheduleRow.done_at.is_not(None) | ScheduleRow.dead_at.is_not(None))
                .group_by(ScheduleRow.job)
            )
        }
    return any((job.name, job.last_due(now)) not in done for job in jobs)


def _run(job: schedule.Job, row: ScheduleRow) -> None:
    def act(session: Session) -> None:
        job.run(session, row.due_at)
        mark_done(session, row)

    started = time.perf_counter()
    try:
        run_in_transaction(act)
    except LeaseLost:
        log.info("foundation.job.lease_lost", job=job.name)
    except Exception as error:  # noqa: BLE001 - a job's failure is recorded, whatever it is.
        _record_failure(row, error, what=job.name)
        metrics.JOBS_RUN.labels(job.name, "failed").inc()
    else:
        metrics.JOBS_RUN.labels(job.name, "done").inc()
        log.debug("foundation.job.done", job=job.name, seconds=round(time.perf_counter() - started, 3))


def _record_failure(row: OutboxRow | ScheduleRow, error: Exception, *, what: str) -> None:
    def act(session: Session) -> bool:
        dead = mark_failed(session, row, error)
        if dead and isinstance(row, OutboxRow):
            open_task(session, kind=DEAD_LETTER, subject_kind="foundation.outbox", subject_id=row.id, role="admin")
        return dead

    dead = run_in_transaction(act)
    log.error(
        "foundation.work.failed", what=what, tries=row.tries + 1, dead=dead, error=type(error).__name__, exc_info=error
    )
    if dead:
        metrics.DEAD_LETTERS.labels(what).inc()
