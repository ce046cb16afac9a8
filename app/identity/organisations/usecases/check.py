"""An agency checks organisations and the facts of their parts, suspends and reinstates them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import new_id, reading, transaction
from app.foundation.http import check_version
from app.foundation.proof import Actor
from app.identity.events import tell
from app.identity.organisations import events, queries
from app.identity.organisations.directory import member_of
from app.identity.organisations.errors import (
    NothingToCheck,
    OrganisationNotFound,
    OrganisationStateForbids,
    OwnOrganisation,
    ProfileNotFound,
    ReasonNeeded,
)
from app.identity.organisations.models import OrganisationCheckRow, OrganisationRow
from app.identity.organisations.rules.kinds import OrganisationKind
from app.identity.organisations.rules.states import STATE_AFTER, CheckAct, CheckVerdict, OrganisationState
from app.identity.organisations.usecases.moves import facts_of, move, note
from app.identity.organisations.usecases.profiles import drop_parts, put_in_force
from app.identity.staffing.rules.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCheck:
    """What an agency says; a reason goes to the owners."""

    verdict: CheckVerdict
    reason: str | None


def require_checker(organisation_id: UUID, about: OrganisationKind, *, checker: Actor) -> None:
    """Pass for who could check an organisation or its part, whatever they send.

    Raises:
        OrganisationNotFound: there is none, or it belongs to another agency or county.
        OwnOrganisation: the caller belongs to it.
    """
    with reading() as session:
        row = queries.find_organisation(session, organisation_id)
        if row is None:
            raise OrganisationNotFound()
        _check_scope(session, row, about, checker)


def require_in_charge(organisation_id: UUID, *, checker: Actor) -> None:
    """Pass for the agency in charge of an organisation.

    Raises:
        OrganisationNotFound: there is none, or it belongs to another agency or county.
    """
    with reading() as session:
        row = queries.find_organisation(session, organisation_id)
        if row is None or not is_in_charge(row, checker):
            raise OrganisationNotFound()


def is_in_charge(row: OrganisationRow, actor: Actor) -> bool:
    """Return whether somebody verifies for the agency in charge of an organisation, in its county."""
    return row.agency_id is not None and actor.may(Role.VERIFIER, agency_id=row.agency_id, county=row.county_code)


def check_organisation(
    organisation_id: UUID, new: NewCheck, *, seen: Callable[[int], bool], checker: Actor, now: datetime
) -> None:
    """Say what the agency makes of a sign-up, or of a change of what it has verified before.

    A change that is not approved is dropped, and what was verified stays in force.

    Raises:
        OrganisationNotFound, OwnOrganisation: who may not.
        NothingToCheck: somebody has said so already.
        VersionStale: it, or what is proposed, has changed since the checker read it.
        ReasonNeeded: the owner is not told why.
    """
    with transaction() as session:
        row = queries.lock_organisation(session, organisation_id)
        agency_id = _check_scope(session, row, OrganisationKind.GENERAL, checker)
        waiting = queries.find_waiting(session, row.id, OrganisationKind.GENERAL)
        if waiting is None:
            raise NothingToCheck(state=row.state.value)
        check_version(seen, row.version)
        _require_reason(new)
        before = facts_of(row)
        queries.end_waiting(session, row.id, OrganisationKind.GENERAL)
        if row.state is OrganisationState.SUBMITTED:
            state = STATE_AFTER[new.verdict]
            move(session, row, state, now=now)
            if state is OrganisationState.VERIFIED:
                row.verified_at = now
            elif state is OrganisationState.REJECTED:
                queries.end_waiting(session, row.id)
        else:
            if new.verdict is CheckVerdict.APPROVE and row.proposed is not None:
                row.name, row.county_code = row.proposed["name"], row.proposed["county_code"]
                row.kinds, row.agency_id = row.proposed["kinds"], agency_id
                drop_parts(session, row)
            row.proposed = row.proposed_at = None
            row.version += 1
        session.flush()
        _write_check(
            session, row, OrganisationKind.GENERAL, CheckAct(new.verdict.value), new.reason, agency_id, checker, now
        )
        note(session, row, "checked", actor=checker, before=before, after={**facts_of(row), "verdict": new.verdict})


def check_profile(
    organisation_id: UUID,
    kind: OrganisationKind,
    new: NewCheck,
    *,
    seen: Callable[[int], bool],
    checker: Actor,
    now: datetime,
) -> None:
    """Say what the agency of a part makes of its proposed facts: approved they are in force, else they are dropped.

    Raises:
        OrganisationNotFound, OwnOrganisation: who may not.
        ProfileNotFound: no facts wait.
        VersionStale: they, or the organisation, have changed since the checker read them.
        ReasonNeeded: the owner is not told why.
    """
    with transaction() as session:
        row = queries.lock_organisation(session, organisation_id)
        agency_id = _check_scope(session, row, kind, checker)
        profile = queries.profiles_of(session, row.id).get(kind)
        if profile is None or profile.proposed is None or queries.find_waiting(session, row.id, kind) is None:
            raise ProfileNotFound()
        check_version(seen, row.version)
        _require_reason(new)
        queries.end_waiting(session, row.id, kind)
        if new.verdict is CheckVerdict.APPROVE:
            put_in_force(session, profile, profile.proposed, now=now)
        else:
            profile.proposed = profile.proposed_at = None
        row.version += 1
        session.flush()
        _write_check(session, row, kind, CheckAct(new.verdict.value), new.reason, agency_id, checker, now)
        note(session, row, "profile_checked", actor=checker, after={"kind": kind, "verdict": new.verdict})


def suspend(organisation_id: UUID, reason: str, *, checker: Actor, now: datetime) -> None:
    """Stop a verified organisation: from now on nobody acts in its name, and it is found in no list.

    Raises:
        OrganisationNotFound: not the caller's to suspend.
        OrganisationStateForbids: it is not verified.
    """
    _stop_or_go(organisation_id, OrganisationState.SUSPENDED, CheckAct.SUSPEND, reason, checker=checker, now=now)


def reinstate(organisation_id: UUID, reason: str, *, checker: Actor, now: datetime) -> None:
    """Let a suspended organisation act again.

    Raises:
        OrganisationNotFound: not the caller's to reinstate.
        OrganisationStateForbids: it is not suspended.
    """
    _stop_or_go(organisation_id, OrganisationState.VERIFIED, CheckAct.REINSTATE, reason, checker=checker, now=now)


def _stop_or_go(
    organisation_id: UUID, state: OrganisationState, act: CheckAct, reason: str, *, checker: Actor, now: datetime
) -> None:
    with transaction() as session:
        row = queries.lock_organisation(session, organisation_id)
        if row.agency_id is None or not is_in_charge(row, checker):
            raise OrganisationNotFound()
        _require_not_own(session, row, checker)
        was = row.state
        # From `submitted` too one comes to `verified`, but by a check.
        if act is CheckAct.REINSTATE and was is not OrganisationState.SUSPENDED:
            raise OrganisationStateForbids(state=was.value)
        move(session, row, state, now=now)
        _write_check(session, row, OrganisationKind.GENERAL, act, reason, row.agency_id, checker, now)
        note(
            session,
            row,
            f"{act.value}ed" if act is CheckAct.SUSPEND else "reinstated",
            actor=checker,
            before={"state": was},
        )


def write_import(
    session: Session, row: OrganisationRow, kind: OrganisationKind, agency_id: UUID, *, staff: Actor, now: datetime
) -> None:
    """Note in an organisation's history that its agency has entered the facts itself."""
    _write_check(session, row, kind, CheckAct.IMPORT, None, agency_id, staff, now)


def _write_check(
    session: Session,
    row: OrganisationRow,
    about: OrganisationKind,
    act: CheckAct,
    reason: str | None,
    agency_id: UUID,
    staff: Actor,
    now: datetime,
) -> None:
    check_id = new_id()
    session.add(
        OrganisationCheckRow(
            id=check_id,
            organisation_id=row.id,
            about=about,
            act=act,
            reason=reason,
            agency_id=agency_id,
            staff_id=staff.id,
            checked_at=now,
        )
    )
    session.flush()
    ids = {"organisation_id": row.id, "check_id": check_id}
    tell(session, events.CHECKED, check_id, **ids, about=about.value, act=act.value)


def _check_scope(session: Session, row: OrganisationRow, about: OrganisationKind, checker: Actor) -> UUID:
    """Return the agency for which somebody checks: that of what waits, or where nothing waits that in charge."""
    waiting = queries.find_waiting(session, row.id, about)
    agency_id, county_code = row.agency_id, row.county_code
    if waiting is not None:
        agency_id, county_code = waiting.agency_id, waiting.county_code
    if agency_id is None or not checker.may(Role.VERIFIER, agency_id=agency_id, county=county_code):
        raise OrganisationNotFound()
    _require_not_own(session, row, checker)
    return agency_id


def _require_not_own(session: Session, row: OrganisationRow, checker: Actor) -> None:
    if member_of(session, checker.id, row.id) is not None:
        raise OwnOrganisation()


def _require_reason(new: NewCheck) -> None:
    if new.verdict is not CheckVerdict.APPROVE and new.reason is None:
        raise ReasonNeeded()
