"""Reads and locks of exports and erasures."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.identity.rights.models import (
    AT_WORK,
    RUNNING,
    ErasureKeptRow,
    ErasureRow,
    ErasureState,
    ExportPartRow,
    ExportRow,
    ExportState,
)

GOING = (ErasureState.ERASING, ErasureState.RESTRICTED, ErasureState.ERASED)


def find_export(session: Session, export_id: UUID) -> ExportRow | None:
    """Return a copy, or None."""
    return session.get(ExportRow, export_id)


def lock_export(session: Session, export_id: UUID) -> ExportRow | None:
    """Lock and return a copy as it stands now, or None."""
    return session.get(ExportRow, export_id, with_for_update=True, populate_existing=True)


def running_export(session: Session, person_id: UUID) -> ExportRow | None:
    """Return the copy of a person that is being made, or None."""
    return session.scalar(
        select(ExportRow).where(ExportRow.person_id == person_id, ExportRow.state == ExportState.WAITING)
    )


def count_exports(session: Session, person_id: UUID, since: datetime) -> int:
    """Return how many copies of a person were asked for since an instant."""
    statement = select(func.count()).select_from(ExportRow)
    return session.scalar(statement.where(ExportRow.person_id == person_id, ExportRow.asked_at > since)) or 0


def lock_due_export(session: Session, now: datetime) -> ExportRow | None:
    """Lock and return a copy to go on with, the oldest first, or None; one that another worker has is passed over."""
    return session.scalar(
        select(ExportRow)
        .where(RUNNING, ExportRow.next_at <= now)
        .order_by(ExportRow.next_at, ExportRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def is_export_due(session: Session, now: datetime) -> bool:
    """Return whether a copy is to go on with, without a lock."""
    due = select(ExportRow.id).where(RUNNING, ExportRow.next_at <= now)
    return session.scalar(due.limit(1)) is not None


def exports_to_expire(session: Session, now: datetime, *, limit: int) -> Sequence[ExportRow]:
    """Return copies whose seven days are over, oldest first."""
    return session.scalars(
        select(ExportRow)
        .where(ExportRow.state == ExportState.READY, ExportRow.expires_at <= now)
        .order_by(ExportRow.expires_at)
        .limit(limit)
    ).all()


def export_parts(session: Session, export_id: UUID) -> dict[str, ExportPartRow]:
    """Return what has been gathered for a copy, by room."""
    rows = session.scalars(select(ExportPartRow).where(ExportPartRow.export_id == export_id))
    return {row.room: row for row in rows}


def find_erasure(session: Session, erasure_id: UUID) -> ErasureRow | None:
    """Return an erasure, or None."""
    return session.get(ErasureRow, erasure_id)


def lock_erasure(session: Session, erasure_id: UUID) -> ErasureRow | None:
    """Lock and return an erasure as it stands now, or None."""
    return session.get(ErasureRow, erasure_id, with_for_update=True, populate_existing=True)


def open_erasure(session: Session, person_id: UUID, *, lock: bool = False) -> ErasureRow | None:
    """Return a person's erasure that was not called off, or None."""
    statement = select(ErasureRow).where(ErasureRow.person_id == person_id, ErasureRow.state != ErasureState.CANCELLED)
    return session.scalar(statement.with_for_update() if lock else statement)


def share_erasure(session: Session, person_id: UUID) -> ErasureState | None:
    """Return the state of a person's erasure that was not called off, and let it not move on before the transaction ends; or None.

    Who has not asked for one has no row to lock, and cannot be gone within the days of a new one.
    """
    statement = select(ErasureRow.state).where(
        ErasureRow.person_id == person_id, ErasureRow.state != ErasureState.CANCELLED
    )
    return session.scalar(statement.with_for_update(read=True))


def lock_due_erasure(session: Session, now: datetime) -> ErasureRow | None:
    """Lock and return an erasure to go on with, or None.

    One that another worker has is passed over, and so is one whose person is changing something at this moment.
    """
    return session.scalar(
        select(ErasureRow)
        .where(AT_WORK, ErasureRow.due_at <= now)
        .order_by(ErasureRow.due_at, ErasureRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def is_erasure_due(session: Session, now: datetime) -> bool:
    """Return whether an erasure is to go on with, without a lock."""
    due = select(ErasureRow.id).where(AT_WORK, ErasureRow.due_at <= now)
    return session.scalar(due.limit(1)) is not None


def lock_restricted(session: Session, day: date, *, limit: int) -> Sequence[ErasureRow]:
    """Lock and return erasures of which a law lets go of something by `day`."""
    return session.scalars(
        select(ErasureRow)
        .where(ErasureRow.state == ErasureState.RESTRICTED, ErasureRow.look_again_on <= day)
        .order_by(ErasureRow.look_again_on)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def kept_of(session: Session, erasure_id: UUID) -> Sequence[ErasureKeptRow]:
    """Return what an erasure has left, by room."""
    return session.scalars(
        select(ErasureKeptRow)
        .where(ErasureKeptRow.erasure_id == erasure_id)
        .order_by(ErasureKeptRow.room, ErasureKeptRow.what)
    ).all()


def forgotten_people(session: Session, person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of `person_ids` whose erasure has begun.

    What a law still keeps of them is for that law's purpose alone: no list and no look-up shows it to anybody.
    """
    found = session.scalars(
        select(ErasureRow.person_id).where(and_(ErasureRow.person_id.in_(set(person_ids)), ErasureRow.state.in_(GOING)))
    )
    return frozenset(found)


def begun_erasures(session: Session) -> Sequence[ErasureRow]:
    """Return all erasures that have begun, oldest first: the list that a restored database is told again."""
    return session.scalars(
        select(ErasureRow).where(ErasureRow.state.in_(GOING)).order_by(ErasureRow.asked_at, ErasureRow.id)
    ).all()
