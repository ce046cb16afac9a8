"""What other rooms may know of residents."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.people.models import PersonRow


@dataclass(frozen=True, slots=True)
class Person:
    """A resident."""

    id: UUID
    display_name: str | None


def person_by_id(session: Session, person_id: UUID) -> Person | None:
    """Return a resident, or None."""
    return people_by_ids(session, [person_id]).get(person_id)


def people_by_ids(session: Session, person_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Return residents by id; an unknown id is left out."""
    rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(set(person_ids))))
    return {row.id: Person(row.id, row.display_name) for row in rows}
