"""What other rooms may know of staff and agencies."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.foundation.proof import EVERY_COUNTY
from app.identity.staffing import queries
from app.identity.staffing.models import AgencyRow, StaffRoleRow, StaffRow
from app.identity.staffing.rules import granting
from app.identity.staffing.rules.granting import up_to
from app.identity.staffing.rules.roles import AgencyKind


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff; one who has left is still known by name."""

    id: UUID
    display_name: str | None
    agency_id: UUID | None
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class Agency:
    """An office that decides about something."""

    id: UUID
    slug: str
    kind: AgencyKind
    county_code: str | None  # None: the city's own.
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        """Return the name in `en`, or in Chinese for every other language."""
        return self.name_en if language == "en" else self.name_zh


def staff_by_ids(session: Session, staff_ids: Collection[UUID]) -> dict[UUID, Staff]:
    """Return members of staff by id; an unknown id is left out."""
    rows = session.scalars(select(StaffRow).where(StaffRow.id.in_(set(staff_ids))))
    return {row.id: Staff(row.id, row.display_name, row.agency_id, row.disabled_at is not None) for row in rows}


def agency_by_id(session: Session, agency_id: UUID) -> Agency | None:
    """Return an agency, or None."""
    return agencies_by_ids(session, [agency_id]).get(agency_id)


def agencies_by_ids(session: Session, agency_ids: Collection[UUID]) -> dict[UUID, Agency]:
    """Return agencies by id; an unknown id is left out."""
    rows = session.scalars(select(AgencyRow).where(AgencyRow.id.in_(set(agency_ids))))
    return {row.id: _agency(row) for row in rows}


def agency_for(session: Session, kind: AgencyKind, county_code: str | None) -> Agency | None:
    """Return the agency of a kind for a county, or the city's own for None. There is no falling back from one to the other."""
    row = queries.find_agency_with(session, kind=kind, county_code=county_code)
    return _agency(row) if row is not None else None


def deputy_of(session: Session, staff_id: UUID, now: datetime) -> tuple[Staff, ...]:
    """Return the colleagues in whose place a member of staff acts now."""
    standings = queries.list_standings(session, [staff_id], up_to(now, now))
    found = staff_by_ids(session, [each.for_staff_id for each in standings])
    return tuple(found[each] for each in sorted(found))


def can_hold(
    session: Session,
    staff_id: UUID,
    *,
    role: str,
    agency_id: UUID,
    county: str,
    now: datetime,
    but_for: UUID | None = None,
) -> bool:
    """Return whether a member of staff is active and holds a role for this agency and county.

    Args:
        but_for: what is held in this colleague's place does not count, because the colleague is leaving and it ends too.
    """
    staff = session.get(StaffRow, staff_id)
    if staff is None or staff.disabled_at is not None:
        return False
    return any(
        each.role == role
        and each.agency_id == agency_id
        and (county in each.counties or EVERY_COUNTY in each.counties)
        and (but_for is None or each.deputy_for != but_for)
        for each in queries.list_roles(session, [staff_id], now)
    )


def count_as_one(session: Session, one: UUID, other: UUID, since: datetime, now: datetime) -> bool:
    """Return whether two people are one pair of eyes: one has acted in the other's place since an instant, or both in a third's."""
    if one == other:
        return True
    within = up_to(since, now)
    return granting.count_as_one(one, other, queries.list_standings(session, [one, other], within), within=within)


def has_lost_every_role(session: Session, staff_id: UUID, now: datetime) -> bool:
    """Return whether a member of staff has left or holds no role now; False for who is none."""
    holds = select(StaffRoleRow.id).where(StaffRoleRow.staff_id == StaffRow.id, queries.is_held(now)).exists()
    is_gone = or_(StaffRow.disabled_at.is_not(None), ~holds)
    return session.scalar(select(StaffRow.id).where(StaffRow.id == staff_id, is_gone)) is not None


def _agency(row: AgencyRow) -> Agency:
    return Agency(row.id, row.slug, row.kind, row.county_code, row.name_zh, row.name_en)
