"""A deputy for a time: proposed by the person or an admin, approved by an admin who is neither of the two."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals import Proposal, propose
from app.foundation.data import after_commit, clock, new_id, parse_public_id, public_id, reading, transaction
from app.foundation.http import instant_json
from app.foundation.proof import Actor, logger, record
from app.identity.staffing import queries
from app.identity.staffing.errors import (
    DeputyshipNotFound,
    DeputyUnfit,
    NothingToPassOn,
    OwnAccount,
    PeriodRefused,
    RolesRefused,
    StaffNotFound,
)
from app.identity.staffing.models import DeputyRoleRow, DeputyshipRow, StaffRoleRow, StaffRow
from app.identity.staffing.rules.granting import DEPUTY_MAX, Span, count_as_one, roles_problem, up_to
from app.identity.staffing.rules.roles import Role
from app.identity.staffing.usecases.granting import active, note_granted, stop_role, withdraw_all

KIND = "identity.deputy"

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeputy:
    """Who stands in, for which time, and in which roles; none named: in all that the person holds."""

    deputy_id: UUID
    ends_at: datetime
    reason: str
    roles: tuple[Role, ...] = ()
    starts_at: datetime | None = None


def require_self_or_admin(staff_id: UUID, *, actor: Actor) -> None:
    """Refuse who asks about somebody else's deputies without being an admin.

    Raises:
        StaffNotFound: there is no such account, or it is not the caller's.
    """
    if actor.id != staff_id and Role.ADMIN not in actor.roles:
        raise StaffNotFound
    with reading() as session:
        if queries.find_staff(session, staff_id) is None:
            raise StaffNotFound


def propose_deputy(staff_id: UUID, new: NewDeputy, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose who stands in for somebody. The reason stays out of the proposal, which is kept for ever.

    Raises:
        StaffNotFound, StaffClosed: there is no such account, or it is closed.
        OwnAccount: the proposer would be the deputy.
        DeputyUnfit: the deputy is not active, of another agency, or the same person.
        PeriodRefused: the time lies in the past, ends before it begins, or is longer than 90 days.
        NothingToPassOn, RolesRefused: there is no such role to pass on, or the deputy may not hold it beside their own.
    """
    with transaction() as session:
        staff = active(queries.find_staff(session, staff_id))
        if proposer.id == new.deputy_id:
            raise OwnAccount
        deputy = _fit(queries.find_staff(session, new.deputy_id), staff)
        span = _period(new, now)
        roles = _passed_on(session, staff, span, new.roles)
        _require_together(session, deputy.id, roles, span)
        row = DeputyshipRow(
            id=new_id(),
            deputy_id=deputy.id,
            for_staff_id=staff.id,
            reason=new.reason,
            starts_at=span.start,
            ends_at=new.ends_at,
            proposed_at=now,
        )
        session.add(row)
        session.flush()
        return propose(
            session,
            kind=KIND,
            content={
                "deputyship_id": public_id("dpy", row.id),
                "deputy_id": public_id("stf", deputy.id),
                "for_staff_id": public_id("stf", staff.id),
                "from": instant_json(span.start),
                "until": instant_json(new.ends_at),
                "roles": [_said(role) for role in roles],
            },
            title=f"{deputy.username} for {staff.username}",
            proposer=proposer,
            now=now,
            subject_id=row.id,
        )


def may_approve_deputy(approver: Actor, proposal: Proposal) -> bool:
    """Return whether the approver is neither of the two."""
    said = proposal.content
    return public_id("stf", approver.id) not in {said["deputy_id"], said["for_staff_id"]}


def apply_deputy(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Let the deputy hold the roles for the time that was approved, as far as the person still holds them.

    Raises:
        StaffClosed, DeputyUnfit, OwnAccount, PeriodRefused, NothingToPassOn, RolesRefused: things have changed since.
    """
    said = proposal.content
    deputy_id, staff_id = (parse_public_id("stf", said[name]) for name in ("deputy_id", "for_staff_id"))
    pair = queries.lock_pair(session, deputy_id, staff_id)
    staff = active(pair.get(staff_id))
    deputy = _fit(pair.get(deputy_id), staff)
    _require_neither(session, {deputy.id, staff.id}, proposal, approver, now)
    row = queries.lock_deputyship(session, parse_public_id("dpy", said["deputyship_id"]))
    span = Span(max(clock.as_utc(datetime.fromisoformat(said["from"])), now), _instant(said["until"]))
    if row is None or row.ends_at <= span.start:
        raise PeriodRefused
    held = {public_id("rol", role.id): role for role in _passed_on(session, staff, span, ())}
    roles = [held[each["role_id"]] for each in said["roles"] if each["role_id"] in held]
    if [_said(role) for role in roles] != said["roles"]:
        raise NothingToPassOn
    _require_together(session, deputy.id, roles, span)
    row.starts_at, row.approved_at = span.start, now
    for role in roles:
        _pass_on(session, role, row, approver, now)
    record(
        session,
        action="identity.deputy_approved",
        object_kind="identity.deputyship",
        object_id=row.id,
        actor=approver,
        after=said,
    )
    after_commit(log.info, "identity.deputy.approved", deputyship_id=str(row.id))


def end_deputyship(staff_id: UUID, deputyship_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End a time as a deputy early: either of the two may, and an admin. What the deputy has proposed is taken back.

    Raises:
        DeputyshipNotFound: there is none of this person that has not ended, or the caller is none of the three.
    """
    with transaction() as session:
        known = session.get(DeputyshipRow, deputyship_id)
        if known is not None:
            withdraw_all(session, [known.deputy_id], actor, now)  # Before the other locks; a refusal takes it back.
        row = queries.lock_deputyship(session, deputyship_id)
        if row is None or row.for_staff_id != staff_id or not _may_end(row, actor):
            raise DeputyshipNotFound
        if row.approved_at is None or row.ended_at is not None or row.ends_at <= now:
            raise DeputyshipNotFound
        stop_deputyship(session, row, actor=actor, now=now)


def stop_deputyship(session: Session, row: DeputyshipRow, *, actor: Actor, now: datetime) -> None:
    """End an approved time as a deputy within the caller's transaction, with the roles it brought."""
    for role in queries.list_roles_of_deputyship(session, row.id):
        if role.held_until is None or role.held_until > now:
            stop_role(session, role, reason="deputyship ended", actor=actor, now=now)
    row.ended_at = now
    record(
        session,
        action="identity.deputy_ended",
        object_kind="identity.deputyship",
        object_id=row.id,
        actor=actor,
        after={"ended_at": instant_json(now)},
    )
    after_commit(log.info, "identity.deputy.ended", deputyship_id=str(row.id))


def require_ender(staff_id: UUID, deputyship_id: UUID, *, actor: Actor) -> None:
    """Refuse who could never end a time as a deputy.

    Raises:
        DeputyshipNotFound: there is none of this person, or the caller is none of those who may end it.
    """
    with reading() as session:
        row = session.get(DeputyshipRow, deputyship_id)
        if row is None or row.for_staff_id != staff_id or not _may_end(row, actor):
            raise DeputyshipNotFound


def _may_end(row: DeputyshipRow, actor: Actor) -> bool:
    return actor.id in {row.deputy_id, row.for_staff_id} or Role.ADMIN in actor.roles


def _fit(deputy: StaffRow | None, staff: StaffRow) -> StaffRow:
    if deputy is None or deputy.disabled_at is not None or deputy.id == staff.id:
        raise DeputyUnfit
    if deputy.agency_id != staff.agency_id:
        raise DeputyUnfit
    return deputy


def _require_neither(session: Session, pair: set[UUID], proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Refuse an approver who is, or has acted as, one of the two. That the person proposes their own deputy is as it should be."""
    within = up_to(proposal.proposed_at, now)
    standings = queries.list_standings(session, [*pair, approver.id], within)
    if any(count_as_one(each, approver.id, standings, within=within) for each in pair):
        raise OwnAccount


def _period(new: NewDeputy, now: datetime) -> Span:
    start = new.starts_at or now
    if start < now or new.ends_at <= start or new.ends_at - start > DEPUTY_MAX:
        raise PeriodRefused(days_max=DEPUTY_MAX.days)
    return Span(start, new.ends_at)


def _passed_on(session: Session, staff: StaffRow, span: Span, wanted: tuple[Role, ...]) -> list[StaffRoleRow]:
    own = [role for role in queries.list_roles_within(session, staff.id, span) if role.deputy_for is None]
    if not own or not set(wanted) <= {role.role for role in own}:
        raise NothingToPassOn
    return [role for role in own if not wanted or role.role in wanted]


def _require_together(session: Session, deputy_id: UUID, roles: list[StaffRoleRow], span: Span) -> None:
    held = queries.list_roles_within(session, deputy_id, span)
    problem = roles_problem([role.role for role in [*held, *roles]])
    if problem is not None:
        raise RolesRefused(role=str(problem.role), reason=problem.reason)


def _pass_on(session: Session, role: StaffRoleRow, row: DeputyshipRow, approver: Actor, now: datetime) -> None:
    until = row.ends_at if role.held_until is None else min(role.held_until, row.ends_at)
    copy = StaffRoleRow(
        id=new_id(),
        staff_id=row.deputy_id,
        role=role.role,
        agency_id=role.agency_id,
        counties=role.counties,
        held_from=max(role.held_from, row.starts_at),
        held_until=until,
        granted_by=approver.id,
    )
    session.add(copy)
    session.flush()
    session.add(DeputyRoleRow(role_id=copy.id, of_role_id=role.id, for_staff_id=row.for_staff_id, deputyship_id=row.id))
    session.flush()
    note_granted(session, copy, actor=approver)


def _said(role: StaffRoleRow) -> dict[str, Any]:
    return {
        "role_id": public_id("rol", role.id),
        "role": str(role.role),
        "agency_id": public_id("agy", role.agency_id) if role.agency_id is not None else None,
        "counties": list(role.counties),
    }


def _instant(text: str) -> datetime:
    return clock.as_utc(datetime.fromisoformat(text))
