"""Roles over HTTP: proposed by one admin, approved by another, for a third person; taken away at once by one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.approvals import Proposal, propose, withdraw_proposals_of
from app.foundation.data import (
    after_commit,
    clock,
    new_id,
    parse_public_id,
    public_id,
    reading,
    rows_written,
    transaction,
)
from app.foundation.http import instant_json
from app.foundation.proof import Actor, logger, record
from app.identity.staffing import queries
from app.identity.staffing.errors import (
    AgencyNotFound,
    CannotDo,
    OwnAccount,
    PeriodRefused,
    RoleHeldAlready,
    RoleNotFound,
    RolesRefused,
    ScopeRefused,
    StaffClosed,
    StaffNotFound,
)
from app.identity.staffing.models import AgencyRow, DeputyRoleRow, RoleEndRow, StaffRoleRow, StaffRow
from app.identity.staffing.rules.granting import Span, are_three, count_as_one, roles_problem, up_to
from app.identity.staffing.rules.roles import SCOPED_ROLES, Role, scope_problem
from app.identity.staffing.usecases.scopes import reach_of

KIND = "identity.role"

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRole:
    """A role for a member of staff. Without `starts_at` it begins when it is approved."""

    role: Role
    agency_id: UUID | None
    counties: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def require_staff(staff_id: UUID) -> None:
    """Refuse an id that no member of staff has.

    Raises:
        StaffNotFound: none has it.
    """
    with reading() as session:
        if queries.find_staff(session, staff_id) is None:
            raise StaffNotFound


def propose_role(staff_id: UUID, new: NewRole, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose a role for somebody else.

    Raises:
        StaffNotFound, StaffClosed: there is no such account, or it is closed.
        OwnAccount: it is the proposer's own.
        RolesRefused, ScopeRefused, AgencyNotFound, PeriodRefused, RoleHeldAlready: the role cannot be held so.
    """
    with transaction() as session:
        staff = active(queries.find_staff(session, staff_id))
        if staff_id == proposer.id:
            raise OwnAccount
        agency = agency_of(session, new.agency_id)
        counties = reach(agency, new.counties)
        require_roles([new.role], has_agency=agency is not None, counties=counties)
        start = new.starts_at or now
        if start < now or (new.ends_at is not None and new.ends_at <= start):
            raise PeriodRefused
        _require_free(session, staff_id, new.role, new.agency_id, counties, Span(start, new.ends_at))
        is_scoped = new.role in SCOPED_ROLES
        return propose(
            session,
            kind=KIND,
            content={
                "role_id": public_id("rol", new_id()),
                "staff_id": public_id("stf", staff_id),
                "role": str(new.role),
                "agency_id": public_id("agy", agency.id) if is_scoped and agency is not None else None,
                "counties": list(counties) if is_scoped else [],
                "from": instant_json(new.starts_at) if new.starts_at is not None else None,
                "until": instant_json(new.ends_at) if new.ends_at is not None else None,
            },
            title=f"{new.role}: {staff.username}",
            proposer=proposer,
            now=now,
            subject_id=staff_id,
        )


def apply_role(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Give the approved role.

    Raises:
        StaffClosed, OwnAccount, RoleHeldAlready, RolesRefused, PeriodRefused: things have changed since it was proposed.
    """
    said = proposal.content
    holder_id = parse_public_id("stf", said["staff_id"])
    staff = active(queries.lock_staff(session, holder_id))
    require_others(session, staff.id, proposal, approver, now)
    asked = clock.as_utc(datetime.fromisoformat(said["from"])) if said["from"] else now
    until = clock.as_utc(datetime.fromisoformat(said["until"])) if said["until"] else None
    start = max(asked, now)
    if until is not None and until <= start:
        raise PeriodRefused
    role, agency_id = Role(said["role"]), parse_public_id("agy", said["agency_id"]) if said["agency_id"] else None
    _require_free(session, staff.id, role, agency_id, said["counties"], Span(start, until))
    row = StaffRoleRow(
        id=parse_public_id("rol", said["role_id"]),
        staff_id=staff.id,
        role=role,
        agency_id=agency_id,
        counties=said["counties"],
        held_from=start,
        held_until=until,
        granted_by=approver.id,
    )
    session.add(row)
    session.flush()
    note_granted(session, row, actor=approver)


def end_role(staff_id: UUID, role_id: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a role away at once, and with it what deputies hold because of it.

    What any of them has proposed and nobody has decided is taken back: no proposal outlives what it was made as.

    Raises:
        RoleNotFound: this person has no such role now or later.
    """
    with transaction() as session:
        deputies = {copy.staff_id for copy in queries.list_copies(session, role_id)}
        withdraw_all(session, {staff_id, *deputies}, actor, now)
        queries.lock_staff(session, staff_id)
        role = session.get(StaffRoleRow, role_id)
        if role is None or role.staff_id != staff_id or (role.held_until is not None and role.held_until <= now):
            raise RoleNotFound
        stop_role(session, role, reason=reason, actor=actor, now=now)


def withdraw_all(session: Session, staff_ids: Collection[UUID], actor: Actor, now: datetime) -> None:
    """Take back the open proposals of people whose roles end. Call it before any account is locked: approvals come first."""
    for staff_id in sorted(staff_ids):
        withdraw_proposals_of(session, staff_id, actor=actor, now=now)


def stop_role(session: Session, role: StaffRoleRow, *, reason: str, actor: Actor, now: datetime) -> None:
    """End a role that has not ended, within the caller's transaction; one that has not begun leaves no row behind."""
    for copy in queries.list_copies(session, role.id):
        if copy.held_until is None or copy.held_until > now:
            stop_role(session, copy, reason=reason, actor=actor, now=now)
    record(
        session,
        action="identity.role_ended",
        object_kind="identity.staff",
        object_id=role.staff_id,
        actor=actor,
        before=_told(role),
        after={"ended_at": instant_json(now), "reason": reason},
    )
    after_commit(log.info, "identity.role.ended", staff_id=str(role.staff_id), role=str(role.role))
    if role.held_from >= now:
        rows_written(session, delete(DeputyRoleRow).where(DeputyRoleRow.role_id == role.id))
        rows_written(session, delete(StaffRoleRow).where(StaffRoleRow.id == role.id))
        session.expunge(role)
        return
    role.held_until = now
    session.add(RoleEndRow(role_id=role.id, ended_at=now, ended_by=actor.id, reason=reason))
    session.flush()


def grant(
    session: Session,
    staff: StaffRow,
    role: Role,
    agency: AgencyRow | None,
    counties: Sequence[str],
    now: datetime,
    *,
    granted_by: UUID | None = None,
) -> None:
    """Write a role held from now on; one without a scope needs neither agency nor county."""
    is_scoped = role in SCOPED_ROLES
    session.add(
        StaffRoleRow(
            id=new_id(),
            staff_id=staff.id,
            role=role,
            agency_id=agency.id if is_scoped and agency is not None else None,
            counties=list(counties) if is_scoped else [],
            held_from=now,
            granted_by=granted_by,
        )
    )


def require_roles(roles: Sequence[Role], *, has_agency: bool, counties: Sequence[str]) -> None:
    """Refuse roles that do not go together, or that lack their scope.

    Raises:
        RolesRefused: says which role and why.
    """
    problem = scope_problem(roles, has_agency=has_agency, counties=counties)
    if problem is not None:
        raise RolesRefused(role=str(problem.role), reason=problem.reason)


def require_others(session: Session, holder_id: UUID, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Refuse an approval in which the holder, the proposer and the approver are not three, deputies counted as one.

    Raises:
        OwnAccount: two of them are the same, or have acted for each other since the proposal.
    """
    within = up_to(proposal.proposed_at, now)
    people = [holder_id, proposal.proposed_by, approver.id]
    standings = queries.list_standings(session, people, within)
    if not are_three(holder_id, proposer_id=proposal.proposed_by, approver_id=approver.id) or any(
        count_as_one(holder_id, other, standings, within=within) for other in people[1:]
    ):
        raise OwnAccount


def agency_of(session: Session, agency_id: UUID | None) -> AgencyRow | None:
    """Return the agency that a body names, None for none.

    Raises:
        AgencyNotFound: no agency has this id.
    """
    agency = queries.find_agency(session, agency_id) if agency_id is not None else None
    if agency is None and agency_id is not None:
        raise AgencyNotFound
    return agency


def reach(agency: AgencyRow | None, counties: Sequence[str]) -> list[str]:
    """Return where a role of this agency reaches.

    Raises:
        ScopeRefused: the agency does not work there.
    """
    try:
        return reach_of(agency, counties)
    except CannotDo as reason:
        raise ScopeRefused(reason=str(reason)) from None


def note_granted(session: Session, role: StaffRoleRow, *, actor: Actor) -> None:
    """Write the audit row of a role that was given."""
    record(
        session,
        action="identity.role_granted",
        object_kind="identity.staff",
        object_id=role.staff_id,
        actor=actor,
        after=_told(role),
    )
    after_commit(log.info, "identity.role.granted", staff_id=str(role.staff_id), role=str(role.role))


def _told(role: StaffRoleRow) -> dict[str, Any]:
    return {
        "role_id": role.id,
        "role": role.role,
        "agency_id": role.agency_id,
        "counties": role.counties,
        "held_from": instant_json(role.held_from),
        "held_until": instant_json(role.held_until) if role.held_until is not None else None,
    }


def active(staff: StaffRow | None) -> StaffRow:
    """Return a member of staff who is there and whose account is open.

    Raises:
        StaffNotFound, StaffClosed: otherwise.
    """
    if staff is None:
        raise StaffNotFound
    if staff.disabled_at is not None:
        raise StaffClosed
    return staff


def _require_free(
    session: Session, staff_id: UUID, role: Role, agency_id: UUID | None, counties: Sequence[str], span: Span
) -> None:
    held = queries.list_roles_within(session, staff_id, span)
    for each in held:
        is_there = each.agency_id == agency_id and set(counties) <= set(each.counties)
        if each.role == role and each.deputy_for is None and is_there:
            raise RoleHeldAlready
    problem = roles_problem([*(each.role for each in held), role])
    if problem is not None:
        raise RolesRefused(role=str(problem.role), reason=problem.reason)
