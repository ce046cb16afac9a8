"""What other rooms may know of staff and agencies."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.staffing import queries
from app.identity.staffing.models import AgencyRow, StaffRow
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


def _agency(row: AgencyRow) -> Agency:
    return Agency(row.id, row.slug, row.kind, row.county_code, row.name_zh, row.name_en)
