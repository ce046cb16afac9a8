"""Reads and locks of residents and their numbers."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.people.models import PersonRow, PhoneRow


def lock_held_phone(session: Session, phone: str) -> PhoneRow | None:
    """Return the number as its present holder has it, or None."""
    return session.scalar(
        select(PhoneRow).where(PhoneRow.phone == phone, PhoneRow.held_until.is_(None)).with_for_update()
    )


def find_phone_of(session: Session, person_id: UUID) -> PhoneRow | None:
    """Return a person's present number, or None."""
    return session.scalar(select(PhoneRow).where(PhoneRow.person_id == person_id, PhoneRow.held_until.is_(None)))


def lock_person(session: Session, person_id: UUID) -> PersonRow | None:
    """Return a resident for a change, or None."""
    return session.scalar(select(PersonRow).where(PersonRow.id == person_id).with_for_update())
