"""An owner signs an organisation up, changes it, hands it to its agency, and closes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation.data import constraint_of, new_id, public_id, transaction
from app.foundation.http import check_version
from app.foundation.proof import SYSTEM, Actor
from app.identity.organisations import queries
from app.identity.organisations.documents import bind_documents, list_documents
from app.identity.organisations.errors import (
    CodeFixed,
    CodeTaken,
    DocumentsMissing,
    OrganisationStateForbids,
    TooManySignUps,
)
from app.identity.organisations.models import OrganisationContactRow, OrganisationMemberRow, OrganisationRow
from app.identity.organisations.rules.kinds import MemberRole, OrganisationKind, leading_kind, whole_kinds
from app.identity.organisations.rules.states import OPEN, OPEN_SIGN_UPS_MAX, OrganisationState, is_abandoned
from app.identity.organisations.usecases.moves import (
    agency_in_charge,
    code_from,
    facts_of,
    lock_own,
    move,
    note,
    put_on_queue,
    queue_profiles,
    require_county,
    values,
)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the agency asks."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation:
    """What an owner signs up."""

    name: str
    uscc: str
    county_code: str
    kinds: list[OrganisationKind]
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationChange:
    """What an owner changes; None: nothing."""

    name: str | None
    uscc: str | None
    county_code: str | None
    kinds: list[OrganisationKind] | None
    contact: Contact | None


def sign_up(new: NewOrganisation, *, owner: Actor, now: datetime) -> UUID:
    """Make a draft of an organisation, its owner the one who signs it up, and return its id.

    Raises:
        CodeInvalid, CountyNotOurs: about what was sent.
        CodeTaken: another organisation has the code, and is not abandoned.
        TooManySignUps: the person has other unfinished ones.
    """
    code = code_from(new.uscc)
    require_county(new.county_code)
    with transaction() as session:
        if queries.count_open_sign_ups(session, owner.id) >= OPEN_SIGN_UPS_MAX:
            raise TooManySignUps(sign_ups_max=OPEN_SIGN_UPS_MAX)
        _free_code(session, code, owner, now=now)
        row = OrganisationRow(
            id=new_id(),
            name=new.name,
            uscc=code,
            county_code=new.county_code,
            kinds=values(whole_kinds(new.kinds)),
            state=OrganisationState.DRAFT,
            agency_id=None,
            proposed=None,
            proposed_at=None,
            touched_at=now,
            created_at=now,
            created_by=owner.id,
            entered_by=None,
            verified_at=None,
            version=1,
        )
        session.add(row)
        _flush_under_code(session)
        session.add(OrganisationContactRow(organisation_id=row.id, name=new.contact.name, phone=new.contact.phone))
        session.add(
            OrganisationMemberRow(
                id=new_id(),
                organisation_id=row.id,
                person_id=owner.id,
                role=MemberRole.OWNER,
                joined_at=now,
                left_at=None,
                ended_because=None,
                version=1,
            )
        )
        session.flush()
        note(session, row, "signed_up", actor=owner, after=facts_of(row))
    return row.id


def change_organisation(
    organisation_id: UUID, change: OrganisationChange, *, seen: Callable[[int], bool], owner: Actor, now: datetime
) -> None:
    """Change an organisation. What its agency has checked stays in force until the agency has checked the change too.

    Raises:
        OrganisationNotFound: there is none, or the caller is no owner of it.
        VersionStale: it has changed since the caller read it.
        CodeInvalid, CountyNotOurs, CodeTaken: about what was sent.
        CodeFixed: the code of a checked organisation stays.
        OrganisationStateForbids: it is with its agency, or over.
        NoAgencyInCharge: for what it is to become.
    """
    with transaction() as session:
        row = lock_own(session, organisation_id, owner, MemberRole.OWNER)
        check_version(seen, row.version)
        if row.state in (OrganisationState.REJECTED, OrganisationState.CLOSED):
            raise OrganisationStateForbids(state=row.state.value)
        if change.contact is not None:
            session.merge(
                OrganisationContactRow(organisation_id=row.id, name=change.contact.name, phone=change.contact.phone)
            )
        if change.county_code is not None:
            require_county(change.county_code)
        before = facts_of(row)
        if row.state in OPEN:
            _change_freely(session, row, change, owner, now=now)
        else:
            _propose(session, row, change, now=now)
        row.touched_at = now
        row.version += 1
        session.flush()
        note(session, row, "changed", actor=owner, before=before, after={**facts_of(row), "proposed": row.proposed})


def submit(organisation_id: UUID, document_ids: list[UUID], *, owner: Actor, now: datetime) -> None:
    """Hand an organisation to the agency in charge, with pictures of the licence.

    Raises:
        OrganisationNotFound: there is none, or the caller is no owner of it.
        OrganisationStateForbids: it is with the agency already, or over.
        EvidenceFileNotFound, FileAlreadyBound: about the pictures (errors of the room of files).
        DocumentsMissing: there is none.
        NoAgencyInCharge: for its kinds in its county.
    """
    with transaction() as session:
        row = lock_own(session, organisation_id, owner, MemberRole.OWNER)
        before = row.state
        agency = agency_in_charge(session, leading_kind(map(OrganisationKind, row.kinds)), row.county_code)
        row.agency_id = agency.id
        move(session, row, OrganisationState.SUBMITTED, now=now)
        put_on_queue(session, row, OrganisationKind.GENERAL, agency.id, now=now)
        bind_documents(session, document_ids, owner=owner, organisation_id=row.id, now=now)
        if not list_documents(session, row.id, viewer=owner, now=now):
            raise DocumentsMissing()
        queue_profiles(session, row, now=now)
        note(session, row, "submitted", actor=owner, before={"state": before}, after=facts_of(row))


def close(organisation_id: UUID, *, owner: Actor, now: datetime) -> None:
    """Close an organisation for good; its code is free again.

    Raises:
        OrganisationNotFound: there is none, or the caller is no owner of it.
        OrganisationStateForbids: it is over already.
    """
    with transaction() as session:
        row = lock_own(session, organisation_id, owner, MemberRole.OWNER)
        _close(session, row, actor=owner, now=now)


def let_go(session: Session, row: OrganisationRow, *, now: datetime) -> None:
    """Close a sign-up that its owner has abandoned, so that its code is free."""
    _close(session, row, actor=SYSTEM, now=now)


def _close(session: Session, row: OrganisationRow, *, actor: Actor, now: datetime) -> None:
    before = row.state
    row.proposed = row.proposed_at = None
    move(session, row, OrganisationState.CLOSED, now=now)
    queries.end_waiting(session, row.id)
    queries.forget_contact(session, row.id)
    note(session, row, "closed", actor=actor, before={"state": before})


def _free_code(session: Session, code: str, actor: Actor, *, now: datetime) -> None:
    """Let go of a sign-up under this code that nobody has gone on with.

    Raises:
        CodeTaken: somebody has. To a person who belongs to it, its id is told.
    """
    holder = queries.lock_holder_of_code(session, code)
    if holder is None:
        return
    if not is_abandoned(holder.state, holder.touched_at, now):
        is_own = queries.find_membership(session, holder.id, actor.id) is not None
        raise CodeTaken(organisation_id=public_id("org", holder.id) if is_own else None)
    let_go(session, holder, now=now)


def _flush_under_code(session: Session) -> None:
    """Write a new code; two at the same moment are told apart by the database."""
    try:
        session.flush()
    except IntegrityError as error:
        if "identity_organisation_one_a_code" in constraint_of(error) or "identity_organisation.uscc" in constraint_of(
            error
        ):
            raise CodeTaken() from error
        raise


def _change_freely(
    session: Session, row: OrganisationRow, change: OrganisationChange, owner: Actor, *, now: datetime
) -> None:
    if change.uscc is not None and (code := code_from(change.uscc)) != row.uscc:
        _free_code(session, code, owner, now=now)
        row.uscc = code
    row.name = change.name or row.name
    row.county_code = change.county_code or row.county_code
    if change.kinds is not None:
        row.kinds = values(whole_kinds(change.kinds))
    _flush_under_code(session)


def _propose(session: Session, row: OrganisationRow, change: OrganisationChange, *, now: datetime) -> None:
    """Let a change wait for the agency. One that changes nothing takes back what waits."""
    if change.uscc is not None and code_from(change.uscc) != row.uscc:
        raise CodeFixed()
    if change.name is None and change.county_code is None and change.kinds is None:
        return
    if row.state is OrganisationState.SUBMITTED:
        raise OrganisationStateForbids(state=row.state.value)
    waiting = row.proposed or {}
    county_code: str = change.county_code or waiting.get("county_code", row.county_code)
    wanted = {
        "name": change.name or waiting.get("name", row.name),
        "county_code": county_code,
        "kinds": values(whole_kinds(change.kinds)) if change.kinds is not None else waiting.get("kinds", row.kinds),
    }
    if wanted == {"name": row.name, "county_code": row.county_code, "kinds": row.kinds}:
        row.proposed = row.proposed_at = None
        queries.end_waiting(session, row.id, OrganisationKind.GENERAL)
        return
    kinds = [OrganisationKind(kind) for kind in wanted["kinds"]]
    agency = agency_in_charge(session, leading_kind(kinds), county_code)
    row.proposed, row.proposed_at = wanted, now
    put_on_queue(session, row, OrganisationKind.GENERAL, agency.id, county_code=county_code, now=now)
