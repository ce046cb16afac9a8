"""Reads and locks of residents and their numbers."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.people.models import PersonRow, PhoneRow
from app.identity.rights.queries import forgotten_people


def lock_held_phone(session: Session, phone: str) -> PhoneRow | None:
    """Return the number as its present holder has it, or None."""
    return session.scalar(
        select(PhoneRow)
        .where(PhoneRow.phone == phone, PhoneRow.held_until.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def find_phone_of(session: Session, person_id: UUID) -> PhoneRow | None:
    """Return a person's present number, or None."""
    return session.scalar(select(PhoneRow).where(PhoneRow.person_id == person_id, PhoneRow.held_until.is_(None)))


def lock_phone_of(session: Session, person_id: UUID) -> PhoneRow | None:
    """Return a person's present number for a change, or None."""
    return session.scalar(
        select(PhoneRow)
        .where(PhoneRow.person_id == person_id, PhoneRow.held_until.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def lock_person(session: Session, person_id: UUID) -> PersonRow | None:
    """Return a resident for a change, or None; of whom the erasure has begun is nobody any more."""
    row = session.scalar(select(PersonRow).where(PersonRow.id == person_id).with_for_update())
    # Asked under the lock, which the first step of an erasure takes too.
    return None if row is None or forgotten_people(session, [person_id]) else row


def get_person_for_change(session: Session, person_id: UUID) -> PersonRow:
    """Return a resident who is known to exist, locked: whoever else changes them waits, whoever only points at them does not."""
    return session.get_one(PersonRow, person_id, with_for_update={"key_share": True})


def people_by_ids(session: Session, person_ids: Collection[UUID]) -> dict[UUID, PersonRow]:
    """Return residents by id; an unknown id is left out."""
    rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(set(person_ids))))
    return {row.id: row for row in rows}


def phones_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return present numbers by person; who has none is left out."""
    rows = session.scalars(
        select(PhoneRow).where(PhoneRow.person_id.in_(set(person_ids)), PhoneRow.held_until.is_(None))
    )
    return {row.person_id: row.phone for row in rows}


def list_holds_of(session: Session, phone: str, *, limit: int) -> list[PhoneRow]:
    """Return who has held a number, present and past, latest first."""
    statement = select(PhoneRow).where(PhoneRow.phone == phone)
    return list(session.scalars(statement.order_by(PhoneRow.held_from.desc(), PhoneRow.id.desc()).limit(limit)))
