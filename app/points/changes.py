"""Telling a resident's telephone that their points changed."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.sync import changed

ACCOUNT_NAME, AWARDS_NAME = "account", "awards"


def award_changed(session: Session, person_id: UUID, award_id: UUID) -> None:
    """Tell of an award that is new, posted, settled or taken back, and of the account with it."""
    changed(session, person_id, AWARDS_NAME, award_id)
    changed(session, person_id, ACCOUNT_NAME, person_id)
