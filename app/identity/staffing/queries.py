"""Reads and locks of agencies, staff and roles."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.identity.staffing.models import AgencyRow, StaffRoleRow, StaffRow
from app.identity.staffing.rules.roles import AgencyKind

_COMMON_PASSWORDS = Path(__file__).parent / "data" / "common_passwords.txt"


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that many people use, in lower case."""
    lines = _COMMON_PASSWORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("# "))


def find_staff_named(session: Session, username: str) -> StaffRow | None:
    """Return the member of staff with this name, or None."""
    return session.scalar(select(StaffRow).where(StaffRow.username == username))


def lock_staff(session: Session, staff_id: UUID) -> StaffRow | None:
    """Return a member of staff for a change, or None."""
    return session.scalar(select(StaffRow).where(StaffRow.id == staff_id).with_for_update())


def list_roles(session: Session, staff_ids: Collection[UUID], now: datetime) -> list[StaffRoleRow]:
    """Return the roles that these members of staff hold now, in a stable order."""
    statement = select(StaffRoleRow).where(StaffRoleRow.staff_id.in_(staff_ids), is_held(now))
    return list(session.scalars(statement.order_by(StaffRoleRow.staff_id, StaffRoleRow.role, StaffRoleRow.id)))


def is_held(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a role is held at an instant."""
    return and_(StaffRoleRow.held_from <= now, or_(StaffRoleRow.held_until.is_(None), StaffRoleRow.held_until > now))


def find_agency_with(session: Session, *, kind: AgencyKind, county_code: str | None) -> AgencyRow | None:
    """Return the agency of a kind for a county, or with no county the city's own; None when there is none."""
    where = AgencyRow.county_code.is_(None) if county_code is None else AgencyRow.county_code == county_code
    return session.scalar(select(AgencyRow).where(AgencyRow.kind == kind, where))


def find_agency_named(session: Session, slug: str) -> AgencyRow | None:
    """Return the agency with this slug, or None."""
    return session.scalar(select(AgencyRow).where(AgencyRow.slug == slug))
