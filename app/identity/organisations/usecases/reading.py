"""What members, agencies and strangers see of organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, reading
from app.foundation.http import Page, PageQuery, page_of
from app.foundation.proof import Actor
from app.identity.organisations import queries
from app.identity.organisations.directory import Organisation, organisations_by_ids
from app.identity.organisations.documents import OrganisationDocument, list_documents
from app.identity.organisations.errors import OrganisationNotFound
from app.identity.organisations.models import (
    OrganisationCheckRow,
    OrganisationMemberRow,
    OrganisationProfileRow,
    OrganisationRow,
    OrganisationWaitingRow,
)
from app.identity.organisations.rules.facts import public_facts
from app.identity.organisations.rules.hours import moment_of
from app.identity.organisations.rules.kinds import MemberRole, OrganisationKind, SpeciesGroup, whole_kinds
from app.identity.organisations.rules.states import OrganisationState
from app.identity.organisations.usecases.check import is_in_charge
from app.identity.organisations.usecases.sign_up import Contact
from app.identity.staffing.directory import Agency, agency_by_id
from app.identity.staffing.rules.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An organisation in the list of one's own."""

    organisation: Organisation
    role: MemberRole
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFile:
    """Everything about an organisation that its members and its agencies see.

    Args:
        my_role: of the reader; None for staff.
        contact, profiles, checks, documents: for owners and for who checks; documents with links that open them.
    """

    row: OrganisationRow
    my_role: MemberRole | None
    agency: Agency | None
    contact: Contact | None
    profiles: tuple[OrganisationProfileRow, ...]
    waiting: tuple[OrganisationKind, ...]
    checks: tuple[OrganisationCheckRow, ...]
    documents: tuple[OrganisationDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """Something that waits for the reader's agency."""

    organisation: Organisation
    about: OrganisationKind
    since: datetime
    is_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPart:
    """A verified organisation in one of its parts, as strangers see it."""

    organisation: Organisation
    kind: OrganisationKind
    facts: dict[str, Any]


def list_own(query: PageQuery, *, reader: Actor) -> Page[Membership]:
    """Return a page of the organisations somebody is a member of, newest membership first."""
    with reading() as session:
        page = page_of(
            session,
            queries.select_own(reader.id),
            at=OrganisationMemberRow.joined_at,
            id=OrganisationMemberRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(reader.id),
        )
        return Page(memberships_from(session, page.items), page.next_cursor)


def memberships_from(session: Session, rows: Sequence[OrganisationMemberRow]) -> list[Membership]:
    """Return memberships as the list of one's own shows them."""
    found = organisations_by_ids(session, [row.organisation_id for row in rows])
    return [Membership(organisation=found[row.organisation_id], role=row.role, joined_at=row.joined_at) for row in rows]


def show(organisation_id: UUID, *, reader: Actor, now: datetime) -> OrganisationFile:
    """Return an organisation to a member, or to the staff who check it or one of its parts.

    Raises:
        OrganisationNotFound: there is none, or it is none of the caller's.
    """
    with reading() as session:
        row = queries.find_organisation(session, organisation_id)
        if row is None:
            raise OrganisationNotFound()
        mine = queries.find_membership(session, organisation_id, reader.id)
        if mine is None and not _checks(session, row, reader):
            raise OrganisationNotFound()
        return _file(session, row, mine, reader, now)


def show_as_decided(organisation_id: UUID, *, reader: Actor, now: datetime) -> OrganisationFile:
    """Return an organisation to who has just decided about it, though it may belong to another agency again.

    Raises:
        OrganisationNotFound: there is none.
    """
    with reading() as session:
        row = queries.find_organisation(session, organisation_id)
        if row is None:
            raise OrganisationNotFound()
        return _file(session, row, None, reader, now)


def list_queue(query: PageQuery, *, viewer: Actor) -> Page[QueueLine]:
    """Return a page of what waits for the viewer's agencies and counties, the longest waiting first."""
    with reading() as session:
        queue = queries.select_queue(viewer)
        if queue is None:
            return Page([], None)
        page = page_of(
            session,
            queue,
            at=OrganisationWaitingRow.since,
            id=OrganisationWaitingRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(viewer.id),
            newest_first=False,
        )
        found = organisations_by_ids(session, [row.organisation_id for row in page.items])
        return Page([_queue_line(row, found[row.organisation_id]) for row in page.items], page.next_cursor)


def list_stations(
    query: PageQuery,
    *,
    county_code: str | None,
    group: SpeciesGroup | None,
    open_at: datetime | None,
    now: datetime,
) -> Page[ListedPart]:
    """Return a page of wildlife stations: those that serve a county, take a group, and are open at an instant, if asked."""
    found = queries.select_listed(OrganisationKind.STATION, clock.civil_day(now))
    found = queries.stations_reaching(found, county_code, group)
    if open_at is not None:
        found = queries.stations_open_at(found, *moment_of(open_at))
    return _listed(found, query, filters=[county_code, group, open_at])


def list_evaluators(query: PageQuery, *, now: datetime) -> Page[ListedPart]:
    """Return a page of the technical bodies whose accreditation holds today."""
    return _listed(queries.select_listed(OrganisationKind.EVALUATOR, clock.civil_day(now)), query, filters=[])


def _listed(found: Any, query: PageQuery, *, filters: list[Any]) -> Page[ListedPart]:
    with reading() as session:
        page = page_of(
            session,
            found,
            at=OrganisationProfileRow.listed_at,
            id=OrganisationProfileRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=filters,
            newest_first=False,
        )
        organisations = organisations_by_ids(session, [row.organisation_id for row in page.items])
        shown = [
            ListedPart(
                organisation=organisations[row.organisation_id], kind=row.kind, facts=public_facts(row.facts or {})
            )
            for row in page.items
        ]
        return Page(shown, page.next_cursor)


def _file(
    session: Session, row: OrganisationRow, mine: OrganisationMemberRow | None, reader: Actor, now: datetime
) -> OrganisationFile:
    sees_all = mine is None or mine.role is MemberRole.OWNER
    contact = queries.find_contact(session, row.id) if sees_all else None
    waiting = [each.about for each in queries.waiting_of(session, row.id)]
    return OrganisationFile(
        row=row,
        my_role=mine.role if mine is not None else None,
        agency=agency_by_id(session, row.agency_id) if row.agency_id is not None else None,
        contact=Contact(contact.name, contact.phone) if contact is not None else None,
        profiles=tuple(queries.profiles_of(session, row.id).values()) if sees_all else (),
        waiting=tuple(whole_kinds(waiting)),
        checks=tuple(queries.latest_checks(session, row.id)) if sees_all else (),
        documents=tuple(list_documents(session, row.id, viewer=reader, now=now)) if sees_all else (),
    )


def _checks(session: Session, row: OrganisationRow, reader: Actor) -> bool:
    """Return whether somebody verifies for the agency in charge, for one of a part, or for one that something waits for."""
    if is_in_charge(row, reader):
        return True
    if row.state is OrganisationState.DRAFT:
        return False
    reached = {(each.agency_id, each.county_code) for each in queries.waiting_of(session, row.id)}
    reached |= {(each.agency_id, row.county_code) for each in queries.profiles_of(session, row.id).values()}
    return any(reader.may(Role.VERIFIER, agency_id=agency_id, county=county) for agency_id, county in reached)


def _queue_line(row: OrganisationWaitingRow, organisation: Organisation) -> QueueLine:
    return QueueLine(
        organisation=organisation,
        about=row.about,
        since=row.since,
        is_change=row.about is OrganisationKind.GENERAL and organisation.state is not OrganisationState.SUBMITTED,
    )
