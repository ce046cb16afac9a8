"""The facts of an organisation's parts: the owner proposes them, the part's agency checks them, and only then are they in force."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, new_id, transaction
from app.foundation.http import Fault, check_version
from app.foundation.proof import Actor
from app.identity.organisations import queries
from app.identity.organisations.errors import FactsInvalid, KindNotHeld, OrganisationStateForbids
from app.identity.organisations.models import (
    OrganisationProfileRow,
    OrganisationRow,
    StationHoursRow,
    StationReachRow,
)
from app.identity.organisations.rules.facts import fault_in, hours_of, last_day_of, reach_of
from app.identity.organisations.rules.kinds import MemberRole, OrganisationKind
from app.identity.organisations.rules.states import OrganisationState
from app.identity.organisations.usecases.moves import agency_in_charge, lock_own, note, put_on_queue
from app.places import DivisionKind, list_divisions

_OVER = frozenset({OrganisationState.REJECTED, OrganisationState.CLOSED})


def put_profile(
    organisation_id: UUID,
    kind: OrganisationKind,
    facts: Mapping[str, Any],
    *,
    seen: Callable[[int], bool],
    owner: Actor,
    now: datetime,
) -> None:
    """Propose the facts of a part. Those in force stay until the agency has checked the new ones.

    A draft's wait with it; everybody else's are on the agency's queue at once.

    Raises:
        OrganisationNotFound: there is none, or the caller is no owner of it.
        VersionStale: it has changed since the caller read it.
        OrganisationStateForbids: it is over.
        KindNotHeld: it has no such part.
        FactsInvalid: the facts contradict each other or the calendar.
        NoAgencyInCharge: nobody could check them.
    """
    with transaction() as session:
        row = lock_own(session, organisation_id, owner, MemberRole.OWNER)
        check_version(seen, row.version)
        if row.state in _OVER:
            raise OrganisationStateForbids(state=row.state.value)
        if kind not in row.kinds:
            raise KindNotHeld(kind=kind.value)
        require_sound(kind, facts, now=now)
        agency = agency_in_charge(session, kind, row.county_code)
        profile = queries.profiles_of(session, row.id).get(kind) or add_profile(session, row, kind, agency.id)
        profile.agency_id, profile.proposed, profile.proposed_at = agency.id, dict(facts), now
        if row.state is not OrganisationState.DRAFT:
            put_on_queue(session, row, kind, agency.id, now=now)
        row.touched_at = now
        row.version += 1
        session.flush()
        # No hash of the facts: they name people and their numbers, of which there are so few that it would tell which.
        note(session, row, "profile_proposed", actor=owner, after={"kind": kind})


def require_sound(kind: OrganisationKind, facts: Mapping[str, Any], *, now: datetime) -> None:
    """Refuse facts that contradict each other or the calendar.

    Raises:
        FactsInvalid: names the member.
    """
    pointer = fault_in(kind, facts, counties=county_codes(), today=clock.civil_day(now))
    if pointer is not None:
        raise FactsInvalid(faults=(Fault(pointer, "does_not_fit", str(FactsInvalid.title)),))


def county_codes() -> frozenset[str]:
    """Return the codes of the city's counties."""
    return frozenset(each.code for each in list_divisions() if each.kind is DivisionKind.COUNTY)


def add_profile(
    session: Session, row: OrganisationRow, kind: OrganisationKind, agency_id: UUID
) -> OrganisationProfileRow:
    """Add a part without facts."""
    profile = OrganisationProfileRow(
        id=new_id(),
        organisation_id=row.id,
        kind=kind,
        agency_id=agency_id,
        facts=None,
        valid_until=None,
        listed_at=None,
        proposed=None,
        proposed_at=None,
    )
    session.add(profile)
    session.flush()
    return profile


def put_in_force(session: Session, profile: OrganisationProfileRow, facts: Mapping[str, Any], *, now: datetime) -> None:
    """Let checked facts hold, and be found."""
    profile.facts, profile.valid_until = dict(facts), last_day_of(profile.kind, facts)
    profile.listed_at = profile.listed_at or now
    profile.proposed = profile.proposed_at = None
    if profile.kind is OrganisationKind.STATION:
        queries.forget_station(session, profile.id)
        for county_code, group in reach_of(facts):
            session.add(StationReachRow(county_code=county_code, species_group=group, profile_id=profile.id))
        for each in hours_of(facts):
            session.add(
                StationHoursRow(
                    profile_id=profile.id, weekday=each.weekday, opens_min=each.opens_min, closes_min=each.closes_min
                )
            )
    session.flush()


def drop_parts(session: Session, row: OrganisationRow) -> None:
    """Take the facts of parts that an organisation does not play any more out of force."""
    for profile in queries.profiles_of(session, row.id).values():
        if profile.kind in row.kinds:
            continue
        profile.facts = profile.valid_until = profile.listed_at = profile.proposed = profile.proposed_at = None
        queries.forget_station(session, profile.id)
        queries.end_waiting(session, row.id, profile.kind)
    session.flush()
