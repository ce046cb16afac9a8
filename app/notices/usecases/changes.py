"""Telling a resident's telephone that a notice is new, was read, or has had its time. Staff have no copy."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.sync import changed, gone

COLLECTION = "notices"


def notice_changed(session: Session, person_id: UUID | None, notice_id: UUID) -> None:
    """Tell of a notice that is new or was read."""
    if person_id is not None:
        changed(session, person_id, COLLECTION, notice_id)


def notice_gone(session: Session, person_id: UUID | None, notice_id: UUID) -> None:
    """Tell of a notice that was deleted."""
    if person_id is not None:
        gone(session, person_id, COLLECTION, notice_id)
