"""How workers share the rows of outbox and schedule: a lease with a time, whose end is also its token.

A row is done by the transaction that handles it. If the worker dies the lease runs out and another takes the row; if the worker
was only slow, its token no longer matches and its transaction rolls back. So each effect happens once.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.foundation.data import clock, rows_written
from app.foundation.work.models import OutboxRow, ScheduleRow

LEASE = timedelta(seconds=30)
TRIES_MAX = 10
_BACK_OFF_MAX = timedelta(hours=1)

Leased = TypeVar("Leased", OutboxRow, ScheduleRow)


class LeaseLost(Exception):
    """Another worker has the row now."""


def back_off(tries: int) -> timedelta:
    """Return how long to wait after the n-th failure: 1, 2, 4 ... seconds, at most an hour."""
    return min(timedelta(seconds=2 ** min(tries - 1, 12)), _BACK_OFF_MAX)


def lease(session: Session, model: type[Leased], *, limit: int) -> Sequence[Leased]:
    """Take up to `limit` due rows for this worker, oldest first."""
    now = clock.now()
    rows = session.scalars(
        select(model)
        .where(
            model.done_at.is_(None),
            model.dead_at.is_(None),
            model.due_at <= now,
            or_(model.leased_until.is_(None), model.leased_until <= now),
        )
        .order_by(model.due_at, *model.__table__.primary_key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.leased_until = now + LEASE
    return rows


def count_waiting(session: Session) -> int:
    """Return how many messages are due and not done; more and more of them mean that no worker works."""
    due = OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.due_at <= clock.now()
    return session.scalar(select(func.count()).select_from(OutboxRow).where(*due)) or 0


def mark_done(session: Session, row: OutboxRow | ScheduleRow) -> None:
    """Mark a leased row as done, in the transaction of its effect.

    Raises:
        LeaseLost: the lease ran out and somebody else has taken the row.
    """
    model = type(row)
    changed = rows_written(
        session,
        update(model)
        .where(_is(row), model.leased_until == row.leased_until, model.done_at.is_(None))
        .values(done_at=clock.now(), leased_until=None, last_error=None),
    )
    if changed != 1:
        raise LeaseLost(str(row))


def mark_failed(session: Session, row: OutboxRow | ScheduleRow, error: Exception) -> bool:
    """Note a failure and when to try again; return whether it was the last try.

    Only the type of the error is kept: its text may hold personal data.
    """
    model = type(row)
    tries = row.tries + 1
    dead = tries >= TRIES_MAX
    now = clock.now()
    changed = rows_written(
        session,
        update(model)
        .where(_is(row), model.leased_until == row.leased_until, model.done_at.is_(None))
        .values(
            tries=tries,
            last_error=type(error).__name__,
            # A run's due time is part of its key, so the lease carries the waiting time for both kinds of rows.
            leased_until=None if dead else now + back_off(tries),
            dead_at=now if dead else None,
        ),
    )
    return dead and changed == 1


def free_leases(session: Session) -> None:
    """Give every row back: for the one process that serves a SQLite file, when it starts."""
    for model in (OutboxRow, ScheduleRow):
        session.execute(
            update(model).where(model.done_at.is_(None), model.leased_until.is_not(None)).values(leased_until=None)
        )


def _is(row: OutboxRow | ScheduleRow) -> ColumnElement[bool]:
    return and_(*(column == getattr(row, column.key) for column in type(row).__table__.primary_key))
