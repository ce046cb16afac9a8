"""Who owns an organisation, for rooms that must tell them something."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.identity.organisations.models import OrganisationMemberRow
from app.identity.organisations.queries import select_members
from app.identity.organisations.rules.kinds import MemberRole


def owners_of(session: Session, organisation_id: UUID) -> list[UUID]:
    """Return the owners of an organisation, in the order of their ids."""
    owners = select_members(organisation_id).where(OrganisationMemberRow.role == MemberRole.OWNER)
    return sorted(row.person_id for row in session.scalars(owners))
