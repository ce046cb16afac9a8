"""Which roles a resident holds now, beside being one. Asked in every request, so it is one statement, by indexes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, and_, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.identity.households.queries import heads_any
from app.identity.organisations.models import OrganisationMemberRow, OrganisationProfileRow, OrganisationRow
from app.identity.organisations.rules.kinds import ROLE_OF, ROLE_OF_MEMBER, MemberRole, OrganisationKind
from app.identity.organisations.rules.states import OrganisationState
from app.identity.staffing.rules.roles import Role


def roles_of_resident(session: Session, person_id: UUID, now: datetime) -> frozenset[Role]:
    """Return the roles that somebody holds by what they are a member or the head of.

    - of each verified organisation: owner or member, and the role of each part whose facts its agency has checked, while an
      accreditation lasts;
    - head of a household that has not ended.

    They carry no scope: for which organisation or household is asked when something is done.
    """
    roles: set[Role] = set()
    for row in session.execute(_statement(person_id, now)):
        member_role, kind = row[0], row[1]
        if member_role is None:
            roles.add(Role.HOUSEHOLD_HEAD)
            continue
        roles.add(ROLE_OF_MEMBER[MemberRole(member_role)])
        if kind is not None and (role := ROLE_OF.get(OrganisationKind(kind))) is not None:
            roles.add(role)
    return frozenset(roles)


def _statement(person_id: UUID, now: datetime) -> CompoundSelect[Any]:
    today = clock.civil_day(now)
    member, profile = OrganisationMemberRow, OrganisationProfileRow
    in_force = and_(
        profile.organisation_id == member.organisation_id,
        profile.listed_at.is_not(None),
        or_(profile.valid_until.is_(None), profile.valid_until >= today),
    )
    of_organisations = (
        select(member.role.label("member_role"), profile.kind.label("kind"))
        .join(OrganisationRow, OrganisationRow.id == member.organisation_id)
        .outerjoin(profile, in_force)
        .where(
            member.person_id == person_id,
            member.left_at.is_(None),
            OrganisationRow.state == OrganisationState.VERIFIED,
        )
    )
    heads = select(null(), null()).where(heads_any(person_id, today))
    return union_all(of_organisations, heads)
