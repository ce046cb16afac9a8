"""Reads and locks of agencies, staff and roles."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.identity.staffing.models import (
    AgencyRow,
    DeputyRoleRow,
    DeputyshipRow,
    StaffEnrolmentRow,
    StaffRoleRow,
    StaffRow,
)
from app.identity.staffing.rules.granting import Span, Standing
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
    return session.scalar(
        select(StaffRow).where(StaffRow.id == staff_id).with_for_update().execution_options(populate_existing=True)
    )


def list_roles(session: Session, staff_ids: Collection[UUID], now: datetime) -> list[StaffRoleRow]:
    """Return the roles that these members of staff hold now, in a stable order."""
    statement = select(StaffRoleRow).where(StaffRoleRow.staff_id.in_(staff_ids), is_held(now))
    return list(session.scalars(statement.order_by(StaffRoleRow.staff_id, StaffRoleRow.role, StaffRoleRow.id)))


def is_held(now: datetime, role: type[StaffRoleRow] = StaffRoleRow) -> ColumnElement[bool]:
    """Return the condition that a role is held at an instant.

    Args:
        role: an alias, where a statement reads the table twice.
    """
    return and_(role.held_from <= now, or_(role.held_until.is_(None), role.held_until > now))


def find_agency_with(session: Session, *, kind: AgencyKind, county_code: str | None) -> AgencyRow | None:
    """Return the agency of a kind for a county, or with no county the city's own; None when there is none."""
    where = AgencyRow.county_code.is_(None) if county_code is None else AgencyRow.county_code == county_code
    return session.scalar(select(AgencyRow).where(AgencyRow.kind == kind, where))


def find_agency_named(session: Session, slug: str) -> AgencyRow | None:
    """Return the agency with this slug, or None."""
    return session.scalar(select(AgencyRow).where(AgencyRow.slug == slug))


def find_agency(session: Session, agency_id: UUID) -> AgencyRow | None:
    """Return an agency, or None."""
    return session.get(AgencyRow, agency_id)


def lock_agency(session: Session, agency_id: UUID) -> AgencyRow | None:
    """Return an agency for a change, or None."""
    return session.scalar(
        select(AgencyRow).where(AgencyRow.id == agency_id).with_for_update().execution_options(populate_existing=True)
    )


def find_staff(session: Session, staff_id: UUID) -> StaffRow | None:
    """Return a member of staff, or None."""
    return session.get(StaffRow, staff_id)


def lock_pair(session: Session, one: UUID, other: UUID) -> dict[UUID, StaffRow]:
    """Return two members of staff for a change, locked in the order of their ids; who does not exist is left out."""
    statement = select(StaffRow).where(StaffRow.id.in_([one, other])).order_by(StaffRow.id).with_for_update()
    return {row.id: row for row in session.scalars(statement.execution_options(populate_existing=True))}


def list_every_role(session: Session, staff_id: UUID) -> list[StaffRoleRow]:
    """Return every role that a member of staff holds, held or will hold, the earliest first."""
    statement = select(StaffRoleRow).where(StaffRoleRow.staff_id == staff_id)
    return list(session.scalars(statement.order_by(StaffRoleRow.held_from, StaffRoleRow.id)))


def list_roles_within(session: Session, staff_id: UUID, span: Span) -> list[StaffRoleRow]:
    """Return the roles that a member of staff holds at some instant of a stretch of time."""
    return [role for role in list_every_role(session, staff_id) if span.meets(Span(role.held_from, role.held_until))]


def list_copies(session: Session, role_id: UUID) -> list[StaffRoleRow]:
    """Return the roles that deputies hold because somebody holds this one."""
    statement = select(StaffRoleRow).join(DeputyRoleRow, DeputyRoleRow.role_id == StaffRoleRow.id)
    return list(session.scalars(statement.where(DeputyRoleRow.of_role_id == role_id).order_by(StaffRoleRow.id)))


def list_roles_of_deputyship(session: Session, deputyship_id: UUID) -> list[StaffRoleRow]:
    """Return the roles that a time as a deputy brings."""
    statement = select(StaffRoleRow).join(DeputyRoleRow, DeputyRoleRow.role_id == StaffRoleRow.id)
    return list(
        session.scalars(statement.where(DeputyRoleRow.deputyship_id == deputyship_id).order_by(StaffRoleRow.id))
    )


def lock_deputyship(session: Session, deputyship_id: UUID) -> DeputyshipRow | None:
    """Return a time as a deputy for a change, or None."""
    return session.scalar(
        select(DeputyshipRow)
        .where(DeputyshipRow.id == deputyship_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def list_deputyships(session: Session, staff_id: UUID, *, after: datetime) -> list[DeputyshipRow]:
    """Return the approved times in which somebody is or has a deputy and that do not end before an instant."""
    statement = select(DeputyshipRow).where(
        or_(DeputyshipRow.deputy_id == staff_id, DeputyshipRow.for_staff_id == staff_id),
        DeputyshipRow.approved_at.is_not(None),
        _deputyship_end() > after,
    )
    return list(session.scalars(statement.order_by(DeputyshipRow.starts_at, DeputyshipRow.id)))


def list_standings(session: Session, deputy_ids: Collection[UUID], within: Span) -> list[Standing]:
    """Return for whom these members of staff stand in at some instant of a stretch of time."""
    statement = select(DeputyshipRow).where(
        DeputyshipRow.deputy_id.in_(deputy_ids),
        DeputyshipRow.approved_at.is_not(None),
        _deputyship_end() > within.start,
    )
    if within.until is not None:
        statement = statement.where(DeputyshipRow.starts_at < within.until)
    return [
        Standing(row.deputy_id, row.for_staff_id, Span(row.starts_at, row.ended_at or row.ends_at))
        for row in session.scalars(statement)
    ]


def _deputyship_end() -> ColumnElement[datetime]:
    return func.coalesce(DeputyshipRow.ended_at, DeputyshipRow.ends_at)


def holds_role(role: str, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a member of staff holds a role now."""
    return exists(
        select(StaffRoleRow.id).where(StaffRoleRow.staff_id == StaffRow.id, StaffRoleRow.role == role, is_held(now))
    )


def lock_enrolment_of(session: Session, staff_id: UUID) -> StaffEnrolmentRow | None:
    """Return the leave to enrol that an account has and has not used, or None."""
    return session.scalar(
        select(StaffEnrolmentRow)
        .where(StaffEnrolmentRow.staff_id == staff_id, StaffEnrolmentRow.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def find_enrolments(session: Session, staff_ids: Collection[UUID]) -> dict[UUID, StaffEnrolmentRow]:
    """Return the leaves to enrol that accounts have and have not used, by account."""
    statement = select(StaffEnrolmentRow).where(
        StaffEnrolmentRow.staff_id.in_(staff_ids), StaffEnrolmentRow.ended_at.is_(None)
    )
    return {row.staff_id: row for row in session.scalars(statement)}


def find_enrolment_by_code(session: Session, code_hash: str) -> StaffEnrolmentRow | None:
    """Return the leave to enrol whose newest code this is, or None."""
    return session.scalar(select(StaffEnrolmentRow).where(StaffEnrolmentRow.code_hash == code_hash))
