"""Telling telephones that a resident changed: their own, and their guardian's."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.foundation.sync import changed, gone
from app.identity.people.family import queries
from app.identity.people.family.models import GuardianshipRow

PROFILE, CHILDREN = "profile", "children"


def profile_changed(session: Session, person_id: UUID) -> None:
    """Tell of a resident whose name, language, birth date or number is other than before."""
    changed(session, person_id, PROFILE, person_id)
    guardianship = queries.find_guardianship(session, person_id, clock.civil_day(clock.now()))
    if guardianship is not None:
        child_changed(session, guardianship)


def child_changed(session: Session, row: GuardianshipRow) -> None:
    """Tell a guardian of a child that is new or other than before."""
    changed(session, row.guardian_id, CHILDREN, row.child_id)


def child_gone(session: Session, row: GuardianshipRow) -> None:
    """Tell who was a guardian that they do not answer for the child any more."""
    gone(session, row.guardian_id, CHILDREN, row.child_id)
