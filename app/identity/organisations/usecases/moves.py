"""What all changes of an organisation share: its moves, who is in charge, and what is written down about them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, insert_once, new_id
from app.foundation.proof import Actor, logger, record
from app.identity.organisations import queries
from app.identity.organisations.changes import organisation_changed
from app.identity.organisations.directory import member_of
from app.identity.organisations.documents import SUBJECT
from app.identity.organisations.errors import (
    CodeInvalid,
    CountyNotOurs,
    NoAgencyInCharge,
    OrganisationNotFound,
    OrganisationStateForbids,
)
from app.identity.organisations.models import OrganisationRow, OrganisationWaitingRow
from app.identity.organisations.rules import states
from app.identity.organisations.rules.kinds import AGENCY_KIND_OF, MemberRole, OrganisationKind
from app.identity.organisations.rules.states import OrganisationState
from app.identity.organisations.rules.uscc import is_uscc, normal_uscc
from app.identity.staffing.directory import Agency, agency_for
from app.identity.staffing.usecases.agencies import is_county

log = logger(__name__)


def lock_own(session: Session, organisation_id: UUID, actor: Actor, *roles: MemberRole) -> OrganisationRow:
    """Return an organisation for a change by one of its people. Membership is read under the lock: a removal that came first counts.

    Raises:
        OrganisationNotFound: there is none, or the caller is no member with one of these roles.
    """
    row = queries.lock_organisation(session, organisation_id)
    role = member_of(session, actor.id, organisation_id)
    if role is None or (roles and role not in roles):
        raise OrganisationNotFound()
    return row


def move(session: Session, row: OrganisationRow, state: OrganisationState, *, now: datetime) -> None:
    """Move an organisation on.

    Raises:
        OrganisationStateForbids: the table of moves does not lead there.
    """
    if not states.may_move(row.state, state):
        raise OrganisationStateForbids(state=row.state.value)
    row.state, row.touched_at = state, now
    row.version += 1
    session.flush()


def note(
    session: Session, row: OrganisationRow, what: str, *, actor: Actor, before: Any = None, after: Any = None
) -> None:
    """Write down what was done to an organisation or its people, and tell the telephones of its members."""
    action = f"identity.organisation_{what}"
    record(session, action=action, object_kind=SUBJECT, object_id=row.id, actor=actor, before=before, after=after)
    organisation_changed(session, row.id)
    after_commit(log.info, f"identity.organisation.{what}", organisation_id=str(row.id), state=row.state.value)


def facts_of(row: OrganisationRow) -> dict[str, Any]:
    """Return what an agency vouches for, for the audit's hash."""
    return {"name": row.name, "uscc": row.uscc, "county_code": row.county_code, "kinds": list(row.kinds)}


def code_from(text: str) -> str:
    """Return a code as it is stored.

    Raises:
        CodeInvalid: the text is none.
    """
    code = normal_uscc(text)
    if not is_uscc(code):
        raise CodeInvalid()
    return code


def require_county(code: str) -> None:
    """Refuse a county that is none of the city's.

    Raises:
        CountyNotOurs: it is not.
    """
    if not is_county(code):
        raise CountyNotOurs()


def agency_in_charge(session: Session, kind: OrganisationKind, county_code: str) -> Agency:
    """Return who checks this kind there: the county's agency, else the city's own.

    Raises:
        NoAgencyInCharge: there is neither.
    """
    agency_kind = AGENCY_KIND_OF[kind]
    agency = agency_for(session, agency_kind, county_code) or agency_for(session, agency_kind, None)
    if agency is None:
        raise NoAgencyInCharge(kind=kind.value)
    return agency


def put_on_queue(
    session: Session,
    row: OrganisationRow,
    about: OrganisationKind,
    agency_id: UUID,
    *,
    county_code: str | None = None,
    now: datetime,
) -> None:
    """Let an agency see that something waits for it, once, since now.

    Args:
        county_code: where the organisation will be, if it moves.
    """
    queries.end_waiting(session, row.id, about)
    insert_once(
        session,
        OrganisationWaitingRow,
        id=new_id(),
        organisation_id=row.id,
        about=about,
        agency_id=agency_id,
        county_code=county_code or row.county_code,
        since=now,
    )


def queue_profiles(session: Session, row: OrganisationRow, *, now: datetime) -> None:
    """Let the facts of its parts wait too, each for the agency of its part: they were written while nobody could see them."""
    for profile in queries.profiles_of(session, row.id).values():
        if profile.proposed is None or profile.kind not in row.kinds:
            continue
        profile.agency_id = agency_in_charge(session, profile.kind, row.county_code).id
        put_on_queue(session, row, profile.kind, profile.agency_id, now=now)


def values(kinds: Iterable[OrganisationKind]) -> list[str]:
    """Return kinds as a column keeps them."""
    return [kind.value for kind in kinds]
