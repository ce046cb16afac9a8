"""What other rooms may know of organisations, and who acts for them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.proof import Actor
from app.identity.organisations.errors import OrganisationNotFound
from app.identity.organisations.models import OrganisationMemberRow, OrganisationRow
from app.identity.organisations.rules.kinds import MemberRole, OrganisationKind
from app.identity.organisations.rules.states import OrganisationState


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation. Only a verified one may act in the city."""

    id: UUID
    name: str
    uscc: str
    kinds: tuple[OrganisationKind, ...]
    state: OrganisationState
    county_code: str

    @property
    def is_verified(self) -> bool:
        """Return whether its agency stands behind it now."""
        return self.state is OrganisationState.VERIFIED


def organisation_by_id(session: Session, organisation_id: UUID) -> Organisation | None:
    """Return an organisation, or None."""
    return organisations_by_ids(session, [organisation_id]).get(organisation_id)


def organisations_by_ids(session: Session, organisation_ids: Collection[UUID]) -> dict[UUID, Organisation]:
    """Return organisations by id; an unknown id is left out."""
    query = select(OrganisationRow).where(OrganisationRow.id.in_(set(organisation_ids)))
    return {row.id: organisation_of(row) for row in session.scalars(query)}


def member_of(session: Session, person_id: UUID, organisation_id: UUID) -> MemberRole | None:
    """Return what somebody is in an organisation now, or None."""
    query = select(OrganisationMemberRow.role).where(
        OrganisationMemberRow.person_id == person_id,
        OrganisationMemberRow.organisation_id == organisation_id,
        OrganisationMemberRow.left_at.is_(None),
    )
    return session.scalar(query)


def require_member(session: Session, actor: Actor, organisation_id: UUID, *roles: MemberRole) -> Organisation:
    """Return an organisation to somebody who is a member of it now, whatever state it is in.

    Args:
        roles: only with one of these; none: with any.

    Raises:
        OrganisationNotFound: there is none, or the caller is no such member.
    """
    role = member_of(session, actor.id, organisation_id)
    if role is None or (roles and role not in roles):
        raise OrganisationNotFound()
    return organisations_by_ids(session, [organisation_id])[organisation_id]


def require_verified_member(session: Session, actor: Actor, organisation_id: UUID) -> Organisation:
    """Return a verified organisation to a member who acts in its name.

    Raises:
        OrganisationNotFound: there is none, it is not verified now, or the caller is no member.
    """
    organisation = require_member(session, actor, organisation_id)
    if not organisation.is_verified:
        raise OrganisationNotFound()
    return organisation


def organisation_of(row: OrganisationRow) -> Organisation:
    """Return a row as others see it."""
    return Organisation(
        id=row.id,
        name=row.name,
        uscc=row.uscc,
        kinds=tuple(OrganisationKind(kind) for kind in row.kinds),
        state=row.state,
        county_code=row.county_code,
    )
