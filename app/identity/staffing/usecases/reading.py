"""Read agencies and staff: who works where, in which roles now, later and before, and in whose place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import reading
from app.foundation.http import Page, PageQuery, page_of
from app.identity.staffing import queries
from app.identity.staffing.errors import AgencyNotFound, StaffNotFound
from app.identity.staffing.models import (
    AgencyRow,
    DeputyshipRow,
    RoleEndRow,
    StaffLeaveRow,
    StaffPendingRow,
    StaffRoleRow,
    StaffRow,
)
from app.identity.staffing.rules.roles import AgencyKind, Role


class StaffState(StrEnum):
    """Where an account stands."""

    PROPOSED = "proposed"  # Nobody has approved it yet; only its name is here.
    ENROLLING = "enrolling"  # Open, but nobody can sign in before a password and a second factor are chosen.
    ACTIVE = "active"
    CLOSED = "closed"


class Held(StrEnum):
    """When a role is held."""

    NOW = "now"
    LATER = "later"
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyFilter:
    """Which agencies to list."""

    kind: AgencyKind | None = None
    county: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffFilter:
    """Which members of staff to list; `role` means one held now."""

    agency_id: UUID | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTold:
    """A role of somebody."""

    id: UUID
    role: Role
    agency_id: UUID | None
    counties: tuple[str, ...]
    held: Held
    held_from: datetime
    held_until: datetime | None
    granted_by: UUID | None
    deputy_for_id: UUID | None
    end_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyshipTold:
    """A time as a deputy that has not ended."""

    id: UUID
    deputy_id: UUID
    deputy_name: str | None
    for_staff_id: UUID
    for_staff_name: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """A member of staff as the list shows them."""

    id: UUID
    username: str | None
    display_name: str | None
    state: StaffState
    agency_id: UUID | None
    created_at: datetime
    roles: tuple[RoleTold, ...]  # Held now.


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffFile(StaffLine):
    """A member of staff with every role, every deputy, and how they left."""

    deputyships: tuple[DeputyshipTold, ...]
    last_day: date | None
    successor_id: UUID | None


def list_agencies(query: PageQuery, wanted: AgencyFilter) -> Page[AgencyRow]:
    """Return a page of agencies, the oldest first."""
    statement = select(AgencyRow)
    if wanted.kind is not None:
        statement = statement.where(AgencyRow.kind == wanted.kind)
    if wanted.county is not None:
        statement = statement.where(AgencyRow.county_code == wanted.county)
    with reading() as session:
        return page_of(
            session,
            statement,
            at=AgencyRow.created_at,
            id=AgencyRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=[wanted.kind, wanted.county],
            newest_first=False,
        )


def get_agency(agency_id: UUID) -> AgencyRow:
    """Return an agency.

    Raises:
        AgencyNotFound: none has this id.
    """
    with reading() as session:
        agency = queries.find_agency(session, agency_id)
    if agency is None:
        raise AgencyNotFound
    return agency


def list_staff(query: PageQuery, wanted: StaffFilter, now: datetime) -> Page[StaffLine]:
    """Return a page of staff, the newest account first, with the roles held now."""
    statement = select(StaffRow)
    if wanted.agency_id is not None:
        statement = statement.where(StaffRow.agency_id == wanted.agency_id)
    if wanted.role is not None:
        statement = statement.where(queries.holds_role(wanted.role, now))
    with reading() as session:
        page = page_of(
            session,
            statement,
            at=StaffRow.created_at,
            id=StaffRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=[wanted.agency_id, wanted.role],
        )
        ids = [row.id for row in page.items]
        held = queries.list_roles(session, ids, now)
        waiting = queries.find_enrolments(session, ids)
        lines = [
            _line(row, [role for role in held if role.staff_id == row.id], now, is_waiting=row.id in waiting)
            for row in page.items
        ]
    return Page(lines, page.next_cursor)


def get_staff(staff_id: UUID, now: datetime) -> StaffFile:
    """Return a member of staff with the roles held now, later and before; or the name of one who is only proposed.

    Raises:
        StaffNotFound: there is no such account, and none proposed under this id.
    """
    with reading() as session:
        row = queries.find_staff(session, staff_id)
        if row is None:
            return _proposed(session.get(StaffPendingRow, staff_id))
        roles = queries.list_every_role(session, staff_id)
        ends = session.scalars(select(RoleEndRow).where(RoleEndRow.role_id.in_([role.id for role in roles])))
        reasons = {each.role_id: each.reason for each in ends}
        is_waiting = staff_id in queries.find_enrolments(session, [staff_id])
        line = _line(row, [], now, is_waiting=is_waiting)
        left = session.get(StaffLeaveRow, staff_id)
        return StaffFile(
            **{name: getattr(line, name) for name in StaffLine.__dataclass_fields__ if name != "roles"},
            roles=tuple(_told(role, now, reasons.get(role.id)) for role in roles),
            deputyships=_deputyships(session, queries.list_deputyships(session, staff_id, after=now)),
            last_day=left.last_day if left is not None else None,
            successor_id=left.successor_id if left is not None else None,
        )


def _proposed(pending: StaffPendingRow | None) -> StaffFile:
    if pending is None:
        raise StaffNotFound
    return StaffFile(
        id=pending.staff_id,
        username=None,
        display_name=pending.display_name,
        state=StaffState.PROPOSED,
        agency_id=None,
        created_at=pending.proposed_at,
        roles=(),
        deputyships=(),
        last_day=None,
        successor_id=None,
    )


def _line(row: StaffRow, roles: Sequence[StaffRoleRow], now: datetime, *, is_waiting: bool) -> StaffLine:
    state = StaffState.ENROLLING if is_waiting else StaffState.ACTIVE
    return StaffLine(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        state=StaffState.CLOSED if row.disabled_at is not None else state,
        agency_id=row.agency_id,
        created_at=row.created_at,
        roles=tuple(_told(role, now, None) for role in roles),
    )


def _told(role: StaffRoleRow, now: datetime, end_reason: str | None) -> RoleTold:
    is_over = role.held_until is not None and role.held_until <= now
    return RoleTold(
        id=role.id,
        role=role.role,
        agency_id=role.agency_id,
        counties=tuple(role.counties),
        held=Held.BEFORE if is_over else Held.LATER if role.held_from > now else Held.NOW,
        held_from=role.held_from,
        held_until=role.held_until,
        granted_by=role.granted_by,
        deputy_for_id=role.deputy_for,
        end_reason=end_reason,
    )


def _deputyships(session: Session, rows: Sequence[DeputyshipRow]) -> tuple[DeputyshipTold, ...]:
    ids = {each for row in rows for each in (row.deputy_id, row.for_staff_id)}
    names = {each.id: each.display_name for each in session.scalars(select(StaffRow).where(StaffRow.id.in_(ids)))}
    return tuple(
        DeputyshipTold(
            id=row.id,
            deputy_id=row.deputy_id,
            deputy_name=names[row.deputy_id],
            for_staff_id=row.for_staff_id,
            for_staff_name=names[row.for_staff_id],
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=row.reason,
        )
        for row in rows
    )
