"""What other rooms ask of age and guardians: how old somebody is on a day, who answers for them, who acts for them."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.foundation.proof import Actor, ActorKind
from app.identity.people.family import queries
from app.identity.people.family.errors import GuardianNeeded
from app.identity.people.rules.ages import GUARDED_UNTIL_AGE, is_under


def birth_date_of(session: Session, person_id: UUID) -> date | None:
    """Return when a resident was born, or None: most never say."""
    row = queries.find_birth_date(session, person_id)
    return row.born_on if row is not None else None


def is_under_14(session: Session, person_id: UUID, on: date) -> bool | None:
    """Return whether a resident is under 14 on a day, or None when there is no birth date."""
    born_on = birth_date_of(session, person_id)
    return is_under(GUARDED_UNTIL_AGE, born_on, on) if born_on is not None else None


def guardian_of(session: Session, person_id: UUID) -> UUID | None:
    """Return who answers today for a child under 14, or None."""
    row = queries.find_guardianship(session, person_id, clock.civil_day(clock.now()))
    return row.guardian_id if row is not None else None


def acts_for(session: Session, actor: Actor, person_id: UUID) -> bool:
    """Return whether the actor may decide for a resident: the resident, or the guardian while they are under 14.

    A child under 14 does not consent alone: see `require_guardian`.
    """
    if actor.kind != ActorKind.RESIDENT:
        return False
    return actor.id == person_id or guardian_of(session, person_id) == actor.id


def require_guardian(session: Session, actor: Actor, person_id: UUID) -> None:
    """Refuse a child under 14 who acts without a guardian.

    Raises:
        GuardianNeeded: the person is under 14, and the actor is not the guardian.
    """
    if not is_under_14(session, person_id, clock.civil_day(clock.now())):
        return
    guardian_id = guardian_of(session, person_id)
    if guardian_id is None or guardian_id != actor.id:
        raise GuardianNeeded()
