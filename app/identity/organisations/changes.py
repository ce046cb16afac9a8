"""Telling the telephones of those who act for an organisation that it changed."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.sync import changed, gone
from app.identity.organisations.models import OrganisationMemberRow

COLLECTION = "organisations"


def organisation_changed(session: Session, organisation_id: UUID) -> None:
    """Tell everybody who is a member now."""
    present = select(OrganisationMemberRow.person_id).where(
        OrganisationMemberRow.organisation_id == organisation_id, OrganisationMemberRow.left_at.is_(None)
    )
    for person_id in session.scalars(present):
        changed(session, person_id, COLLECTION, organisation_id)


def organisation_gone(session: Session, row: OrganisationMemberRow) -> None:
    """Tell who is a member no more."""
    gone(session, row.person_id, COLLECTION, row.organisation_id)
