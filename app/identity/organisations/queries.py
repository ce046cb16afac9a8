"""Reads and locks of organisations, their people, their parts and what waits for an agency."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.foundation.data import rows_written
from app.foundation.proof import EVERY_COUNTY, Actor
from app.identity.organisations.errors import OrganisationNotFound
from app.identity.organisations.models import (
    IS_ACTIVE,
    OrganisationCheckRow,
    OrganisationContactRow,
    OrganisationInvitationRow,
    OrganisationMemberRow,
    OrganisationProfileRow,
    OrganisationRow,
    OrganisationWaitingRow,
    StationHoursRow,
    StationReachRow,
)
from app.identity.organisations.rules.kinds import MemberRole, OrganisationKind, SpeciesGroup
from app.identity.organisations.rules.states import OPEN, CheckAct, OrganisationState
from app.identity.staffing.rules.roles import Role

CHECKS_SHOWN = 20


def lock_organisation(session: Session, organisation_id: UUID) -> OrganisationRow:
    """Return an organisation for a change of it, its people or its parts.

    Raises:
        OrganisationNotFound: there is none.
    """
    query = select(OrganisationRow).where(OrganisationRow.id == organisation_id)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise OrganisationNotFound()
    return row


def find_organisation(session: Session, organisation_id: UUID) -> OrganisationRow | None:
    """Return an organisation as it is stored now, or None."""
    return session.get(OrganisationRow, organisation_id, populate_existing=True)


def lock_holder_of_code(session: Session, uscc: str) -> OrganisationRow | None:
    """Return the organisation that keeps a code from others, for a change, or None."""
    query = select(OrganisationRow).where(OrganisationRow.uscc == uscc, IS_ACTIVE)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def count_open_sign_ups(session: Session, person_id: UUID) -> int:
    """Return how many organisations somebody owns that are not with an agency."""
    query = select(func.count()).select_from(OrganisationMemberRow).join(OrganisationRow)
    return session.scalar(query.where(_is_present(person_id), OrganisationRow.state.in_(OPEN))) or 0


def select_own(person_id: UUID) -> Select[OrganisationMemberRow]:
    """Return the query of somebody's memberships."""
    return select(OrganisationMemberRow).where(_is_present(person_id))


def _is_present(person_id: UUID) -> ColumnElement[bool]:
    return and_(OrganisationMemberRow.person_id == person_id, OrganisationMemberRow.left_at.is_(None))


# ---- People ----


def select_members(organisation_id: UUID) -> Select[OrganisationMemberRow]:
    """Return the query of an organisation's present members."""
    return select(OrganisationMemberRow).where(
        OrganisationMemberRow.organisation_id == organisation_id, OrganisationMemberRow.left_at.is_(None)
    )


def find_member(session: Session, organisation_id: UUID, member_id: UUID) -> OrganisationMemberRow | None:
    """Return a present member by the id of the membership, or None."""
    query = select_members(organisation_id).where(OrganisationMemberRow.id == member_id)
    return session.scalar(query.execution_options(populate_existing=True))


def find_membership(session: Session, organisation_id: UUID, person_id: UUID) -> OrganisationMemberRow | None:
    """Return somebody's present membership, or None."""
    query = select(OrganisationMemberRow).where(
        _is_present(person_id), OrganisationMemberRow.organisation_id == organisation_id
    )
    return session.scalar(query.execution_options(populate_existing=True))


def count_owners(session: Session, organisation_id: UUID) -> int:
    """Return how many owners there are. The caller holds the organisation's lock."""
    owners = select_members(organisation_id).where(OrganisationMemberRow.role == MemberRole.OWNER)
    return session.scalar(select(func.count()).select_from(owners.subquery())) or 0


def select_invitations(organisation_id: UUID, now: datetime) -> Select[OrganisationInvitationRow]:
    """Return the query of the codes that can still be used."""
    return select(OrganisationInvitationRow).where(
        OrganisationInvitationRow.organisation_id == organisation_id, *_is_usable(now)
    )


def count_invitations(session: Session, organisation_id: UUID, now: datetime) -> int:
    """Return how many codes can still be used."""
    return session.scalar(select(func.count()).select_from(select_invitations(organisation_id, now).subquery())) or 0


def find_invitation_by_code(session: Session, code_mark: str, now: datetime) -> OrganisationInvitationRow | None:
    """Return the invitation of a code that can be used, or None."""
    query = select(OrganisationInvitationRow).where(OrganisationInvitationRow.code_mark == code_mark, *_is_usable(now))
    return session.scalar(query.execution_options(populate_existing=True))


def find_invitation(
    session: Session, organisation_id: UUID, invitation_id: UUID, now: datetime
) -> OrganisationInvitationRow | None:
    """Return an invitation that can be used, or None."""
    query = select_invitations(organisation_id, now).where(OrganisationInvitationRow.id == invitation_id)
    return session.scalar(query.execution_options(populate_existing=True))


def withdraw_invitations_of(session: Session, organisation_id: UUID, person_id: UUID, now: datetime) -> int:
    """Make the codes useless that somebody made who owns the organisation no more, and return how many there were."""
    statement = update(OrganisationInvitationRow).where(
        OrganisationInvitationRow.organisation_id == organisation_id,
        OrganisationInvitationRow.invited_by_person == person_id,
        *_is_usable(now),
    )
    return rows_written(session, statement.values(withdrawn_at=now))


def imports_of(session: Session, organisation_id: UUID) -> Sequence[OrganisationCheckRow]:
    """Return who has entered an organisation's facts from an agency's register, and when."""
    query = select(OrganisationCheckRow).where(
        OrganisationCheckRow.organisation_id == organisation_id, OrganisationCheckRow.act == CheckAct.IMPORT
    )
    return session.scalars(query).all()


def _is_usable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = OrganisationInvitationRow
    return row.used_at.is_(None), row.withdrawn_at.is_(None), row.expires_at > now


def find_contact(session: Session, organisation_id: UUID) -> OrganisationContactRow | None:
    """Return whom the agency asks, or None once it was deleted."""
    return session.get(OrganisationContactRow, organisation_id, populate_existing=True)


def forget_contact(session: Session, organisation_id: UUID) -> None:
    """Delete whom the agency asks."""
    rows_written(
        session, delete(OrganisationContactRow).where(OrganisationContactRow.organisation_id == organisation_id)
    )


# ---- Parts and checks ----


def profiles_of(session: Session, organisation_id: UUID) -> dict[OrganisationKind, OrganisationProfileRow]:
    """Return the facts of an organisation's parts."""
    query = select(OrganisationProfileRow).where(OrganisationProfileRow.organisation_id == organisation_id)
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {row.kind: row for row in rows}


def latest_checks(session: Session, organisation_id: UUID) -> Sequence[OrganisationCheckRow]:
    """Return the latest of what agencies did about an organisation, newest first."""
    query = select(OrganisationCheckRow).where(OrganisationCheckRow.organisation_id == organisation_id)
    query = query.order_by(OrganisationCheckRow.checked_at.desc(), OrganisationCheckRow.id.desc())
    return session.scalars(query.limit(CHECKS_SHOWN)).all()


def find_waiting(session: Session, organisation_id: UUID, about: OrganisationKind) -> OrganisationWaitingRow | None:
    """Return what waits for a check, or None."""
    query = select(OrganisationWaitingRow).where(
        OrganisationWaitingRow.organisation_id == organisation_id, OrganisationWaitingRow.about == about
    )
    return session.scalar(query.execution_options(populate_existing=True))


def end_waiting(session: Session, organisation_id: UUID, about: OrganisationKind | None = None) -> None:
    """Take something off the queue, or everything of an organisation."""
    statement = delete(OrganisationWaitingRow).where(OrganisationWaitingRow.organisation_id == organisation_id)
    rows_written(session, statement if about is None else statement.where(OrganisationWaitingRow.about == about))


def waiting_of(session: Session, organisation_id: UUID) -> Sequence[OrganisationWaitingRow]:
    """Return everything of an organisation that waits."""
    query = select(OrganisationWaitingRow).where(OrganisationWaitingRow.organisation_id == organisation_id)
    return session.scalars(query).all()


def select_queue(viewer: Actor) -> Select[OrganisationWaitingRow] | None:
    """Return the query of what waits for the agencies and counties in which somebody verifies; None: nowhere."""
    reached = [
        _in_scope(grant.agency_id, grant.counties)
        for grant in viewer.grants
        if grant.role == Role.VERIFIER and grant.agency_id is not None
    ]
    return select(OrganisationWaitingRow).where(or_(*reached)) if reached else None


def _in_scope(agency_id: UUID, counties: Collection[str]) -> ColumnElement[bool]:
    of_agency = OrganisationWaitingRow.agency_id == agency_id
    return of_agency if EVERY_COUNTY in counties else and_(of_agency, OrganisationWaitingRow.county_code.in_(counties))


# ---- What everybody may look up ----


def select_listed(kind: OrganisationKind, today: date) -> Select[OrganisationProfileRow]:
    """Return the query of the parts of a kind that verified organisations play today."""
    return (
        select(OrganisationProfileRow)
        .join(OrganisationRow, OrganisationRow.id == OrganisationProfileRow.organisation_id)
        .where(
            OrganisationProfileRow.kind == kind,
            OrganisationProfileRow.listed_at.is_not(None),
            or_(OrganisationProfileRow.valid_until.is_(None), OrganisationProfileRow.valid_until >= today),
            OrganisationRow.state == OrganisationState.VERIFIED,
        )
    )


def stations_reaching(
    query: Select[OrganisationProfileRow], county_code: str | None, group: SpeciesGroup | None
) -> Select[OrganisationProfileRow]:
    """Narrow stations to those that serve a county and take a group of species."""
    if county_code is None and group is None:
        return query
    reach = select(StationReachRow.profile_id).where(StationReachRow.profile_id == OrganisationProfileRow.id)
    if county_code is not None:
        reach = reach.where(StationReachRow.county_code == county_code)
    if group is not None:
        reach = reach.where(StationReachRow.species_group == group)
    return query.where(exists(reach))


def stations_open_at(
    query: Select[OrganisationProfileRow], weekday: int, minute: int
) -> Select[OrganisationProfileRow]:
    """Narrow stations to those that are open at a minute of a weekday."""
    hours = select(StationHoursRow.profile_id).where(
        StationHoursRow.profile_id == OrganisationProfileRow.id,
        StationHoursRow.weekday == weekday,
        StationHoursRow.opens_min <= minute,
        StationHoursRow.closes_min > minute,
    )
    return query.where(exists(hours))


def forget_station(session: Session, profile_id: UUID) -> None:
    """Take a station's facts out of what look-ups ask."""
    rows_written(session, delete(StationReachRow).where(StationReachRow.profile_id == profile_id))
    rows_written(session, delete(StationHoursRow).where(StationHoursRow.profile_id == profile_id))
