"""When somebody leaves: the account is closed at once, and what they had taken passes on, in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, public_id, reading, transaction
from app.foundation.proof import Actor, logger, record
from app.identity.entrance.models import SessionEnd
from app.identity.entrance.queries import Holder
from app.identity.entrance.usecases.opening import end_sessions_of
from app.identity.staffing import queries
from app.identity.staffing.errors import LastDayAhead, OwnAccount, StaffClosed, StaffNotFound, SuccessorUnfit
from app.identity.staffing.models import StaffLeaveRow, StaffRow
from app.identity.staffing.open_work import OpenWork, WorkItem, open_work
from app.identity.staffing.usecases.accounts import end_enrolment
from app.identity.staffing.usecases.deputies import stop_deputyship
from app.identity.staffing.usecases.granting import stop_role, withdraw_all

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """That somebody leaves. Without a successor their work goes back to the queues."""

    hand_over_to: UUID | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """One thing that somebody has taken, with its public id."""

    kind: str
    id: str
    agency_id: UUID | None
    county: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What happened: how much was open, how much of it the successor has now."""

    staff_id: UUID
    last_day: date
    successor_id: UUID | None
    handed_over: int
    returned: int


def list_open_work(staff_id: UUID) -> list[OpenItem]:
    """Return what a member of staff has open, kind by kind.

    Raises:
        StaffNotFound: there is no such account.
    """
    with reading() as session:
        if queries.find_staff(session, staff_id) is None:
            raise StaffNotFound
        return [_told(item, handler) for handler in open_work.handlers() for item in handler.list(session, staff_id)]


def leave(staff_id: UUID, given: Leave, *, actor: Actor, now: datetime) -> Left:
    """Close somebody's account and pass their work on.

    Raises:
        StaffNotFound, StaffClosed: there is no such account, or it is closed already.
        OwnAccount: it is the caller's own.
        SuccessorUnfit: the successor is not active, of another agency, or the same person.
        LastDayAhead: the last day has not come.
    """
    last_day = given.last_day or clock.civil_day(now)
    with transaction() as session:
        staff = queries.find_staff(session, staff_id)
        if staff is None:
            raise StaffNotFound
        if staff_id == actor.id:
            raise OwnAccount
        if staff.disabled_at is not None:
            raise StaffClosed
        if last_day > clock.civil_day(now):
            raise LastDayAhead
        if given.hand_over_to is not None:
            _require_fit(queries.find_staff(session, given.hand_over_to), staff)
        return close_account(session, staff_id, to=given.hand_over_to, last_day=last_day, actor=actor, now=now)


def close_account(
    session: Session, staff_id: UUID, *, to: UUID | None, last_day: date, actor: Actor, now: datetime
) -> Left:
    """Pass the work on, then end roles, deputies, sessions and the account, within the caller's transaction.

    Work comes first: approvals and cases are locked before accounts.

    Raises:
        StaffClosed: the account is closed already.
    """
    known = queries.find_staff(session, staff_id)
    if known is None or known.disabled_at is not None:
        raise StaffClosed
    deputyships = queries.list_deputyships(session, staff_id, after=now)
    withdraw_all(session, {each.deputy_id for each in deputyships} - {staff_id}, actor, now)
    handlers = open_work.handlers()
    opened = sum(len(handler.list(session, staff_id)) for handler in handlers)
    handed_over = sum(handler.hand_over(session, staff_id, to, actor, now) for handler in handlers)
    staff = queries.lock_staff(session, staff_id)
    if staff is None or staff.disabled_at is not None:
        raise StaffClosed
    for row in queries.list_deputyships(session, staff_id, after=now):
        if row.ended_at is None:
            stop_deputyship(session, row, actor=actor, now=now)
    for role in queries.list_every_role(session, staff_id):
        if role.held_until is None or role.held_until > now:
            stop_role(session, role, reason="account closed", actor=actor, now=now)
    enrolment = queries.lock_enrolment_of(session, staff_id)
    if enrolment is not None:
        end_enrolment(enrolment, now)
    staff.disabled_at = now
    staff.version += 1
    end_sessions_of(session, Holder(staff_id=staff_id), SessionEnd.DISABLED, now)
    session.add(StaffLeaveRow(staff_id=staff_id, last_day=last_day, left_at=now, closed_by=actor.id, successor_id=to))
    record(
        session,
        action="identity.staff_disabled",
        object_kind="identity.staff",
        object_id=staff_id,
        actor=actor,
        after={"last_day": last_day, "successor_id": to, "open": opened, "handed_over": handed_over},
    )
    after_commit(log.info, "identity.staff.disabled", staff_id=str(staff_id), handed_over=handed_over)
    return Left(
        staff_id=staff_id, last_day=last_day, successor_id=to, handed_over=handed_over, returned=opened - handed_over
    )


def _told(item: WorkItem, handler: OpenWork) -> OpenItem:
    return OpenItem(
        kind=item.kind,
        id=public_id(handler.prefix, item.id) if handler.prefix else str(item.id),
        agency_id=item.agency_id,
        county=item.county,
        due_at=item.due_at,
    )


def _require_fit(successor: StaffRow | None, staff: StaffRow) -> None:
    is_fit = (
        successor is not None
        and successor.id != staff.id
        and successor.disabled_at is None
        and successor.agency_id == staff.agency_id
    )
    if not is_fit:
        raise SuccessorUnfit
