"""Reads and locks of codes, devices, sessions and failed tries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.foundation.data import insert_once
from app.identity.entrance.models import (
    AssistanceRow,
    CodeBindingRow,
    CodeChallengeRow,
    DeviceRow,
    SendCountRow,
    SendPaceRow,
    SendScope,
    SessionRow,
    SignInAttemptRow,
)
from app.identity.staffing.models import StaffRoleRow, StaffRow
from app.identity.staffing.queries import is_held
from app.identity.staffing.rules.roles import Role


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Whose something is: a resident's or a staff member's, exactly one of the two."""

    person_id: UUID | None = None
    staff_id: UUID | None = None

    def owns(self, model: type[DeviceRow] | type[SessionRow]) -> ColumnElement[bool]:
        """Return the condition that a device or session is this holder's."""
        if self.person_id is not None:
            return model.person_id == self.person_id
        return model.staff_id == self.staff_id


def lock_send_pace(session: Session, scope: SendScope, subject: str, now: datetime) -> SendPaceRow:
    """Return the row of one number or device, made if need be; whoever else asks for it waits."""
    insert_once(session, SendPaceRow, scope=scope, subject=subject, sent_at=[], updated_at=now)
    return session.scalars(
        select(SendPaceRow).where(SendPaceRow.scope == scope, SendPaceRow.subject == subject).with_for_update()
    ).one()


def sent_in_hour(session: Session, scope: SendScope, hour: datetime, subject: str | None = None) -> int:
    """Return how many codes were let through in the hour that starts at `hour`; over all counters of the scope without a subject."""
    statement = select(func.coalesce(func.sum(SendCountRow.sent), 0)).where(
        SendCountRow.scope == scope, SendCountRow.hour == hour
    )
    if subject is not None:
        statement = statement.where(SendCountRow.subject == subject)
    return int(session.scalar(statement) or 0)


def lock_challenge(session: Session, challenge_id: UUID) -> CodeChallengeRow | None:
    """Return a challenge, so that of two tries at once the second waits; None when there is none."""
    return session.scalar(select(CodeChallengeRow).where(CodeChallengeRow.id == challenge_id).with_for_update())


def bindings_of(session: Session, challenge_ids: Collection[UUID]) -> dict[UUID, CodeBindingRow]:
    """Return for whom codes were asked for, by challenge; a code for signing in is bound to nobody and left out."""
    rows = session.scalars(select(CodeBindingRow).where(CodeBindingRow.challenge_id.in_(challenge_ids)))
    return {row.challenge_id: row for row in rows}


def find_device(session: Session, holder: Holder, fingerprint: str) -> DeviceRow | None:
    """Return a holder's device, or None."""
    return session.scalar(select(DeviceRow).where(holder.owns(DeviceRow), DeviceRow.fingerprint == fingerprint))


def has_other_device(session: Session, holder: Holder, device_id: UUID) -> bool:
    """Return whether somebody has signed in on another device before."""
    others = select(DeviceRow.id).where(holder.owns(DeviceRow), DeviceRow.id != device_id).limit(1)
    with session.no_autoflush:  # The new one is not written yet, and is not the question.
        return session.scalar(others) is not None


def lock_session(session: Session, session_id: UUID) -> SessionRow | None:
    """Return a session of whomever, or None; two refreshes at once stand in line."""
    return session.scalar(select(SessionRow).where(SessionRow.id == session_id).with_for_update())


def lock_open_sessions(session: Session, holder: Holder, now: datetime) -> list[SessionRow]:
    """Return a holder's open sessions, oldest first."""
    statement = (
        select(SessionRow).where(holder.owns(SessionRow), is_open(now)).order_by(SessionRow.opened_at, SessionRow.id)
    )
    return list(session.scalars(statement.with_for_update()))


def open_sessions(holder: Holder, now: datetime) -> Select[SessionRow]:
    """Return the statement that lists a holder's open sessions."""
    return select(SessionRow).where(holder.owns(SessionRow), is_open(now))


def device_names(session: Session, device_ids: Collection[UUID]) -> dict[UUID, str | None]:
    """Return the devices' names by id."""
    rows = session.scalars(select(DeviceRow).where(DeviceRow.id.in_(device_ids)))
    return {row.id: row.name for row in rows}


def is_open(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a session can still be used."""
    return and_(SessionRow.ended_at.is_(None), SessionRow.refresh_expires_at > now)


@dataclass(frozen=True, kw_only=True)
class SignedInRows:
    """A session and what it takes to know who is behind it."""

    session: SessionRow
    staff: StaffRow | None
    roles: tuple[StaffRoleRow, ...]
    assisted_by: UUID | None = None  # The member of staff who enters for the resident.


def find_signed_in(session: Session, session_id: UUID, now: datetime) -> SignedInRows | None:
    """Return an open session with its member of staff and the roles held now, in one read; None when it is not open.

    One in which a member of staff enters for a resident is open as long as that person works at a desk.
    """
    assistant, desk = aliased(StaffRow), aliased(StaffRoleRow)
    # A single value, not EXISTS: PostgreSQL would answer that from a hash of everybody who works at a desk.
    works_at_desk = (
        select(desk.id)
        .where(desk.staff_id == AssistanceRow.staff_id, desk.role == Role.SUPPORT, is_held(now, desk))
        .limit(1)
        .scalar_subquery()
        .is_not(None)
    )
    rows = session.execute(
        select(SessionRow, StaffRow, StaffRoleRow, AssistanceRow.staff_id)
        .outerjoin(StaffRow, StaffRow.id == SessionRow.staff_id)
        .outerjoin(StaffRoleRow, and_(StaffRoleRow.staff_id == SessionRow.staff_id, is_held(now)))
        .outerjoin(AssistanceRow, AssistanceRow.session_id == SessionRow.id)
        .outerjoin(assistant, assistant.id == AssistanceRow.staff_id)
        .where(
            SessionRow.id == session_id,
            is_open(now),
            StaffRow.disabled_at.is_(None),
            assistant.disabled_at.is_(None),
            or_(AssistanceRow.session_id.is_(None), works_at_desk),
        )
        .order_by(StaffRoleRow.role, StaffRoleRow.id)
    ).all()
    if not rows:
        return None
    roles = tuple(role for _, _, role, _ in rows if role is not None)
    return SignedInRows(session=rows[0][0], staff=rows[0][1], roles=roles, assisted_by=rows[0][3])


def assisted_sessions(session: Session, session_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these sessions a member of staff opened to enter for the resident."""
    return set(session.scalars(select(AssistanceRow.session_id).where(AssistanceRow.session_id.in_(session_ids))))


def devices_of(holder: Holder) -> Select[DeviceRow]:
    """Return the statement that lists a holder's devices."""
    return select(DeviceRow).where(holder.owns(DeviceRow))


def lock_device(session: Session, holder: Holder, device_id: UUID) -> DeviceRow | None:
    """Return a holder's device, or None."""
    return session.scalar(select(DeviceRow).where(holder.owns(DeviceRow), DeviceRow.id == device_id).with_for_update())


def count_open_sessions_on(session: Session, device_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """Return how many sessions are open on devices; one without any is left out."""
    counted = select(SessionRow.device_id, func.count()).where(SessionRow.device_id.in_(device_ids), is_open(now))
    rows = session.execute(counted.group_by(SessionRow.device_id)).all()
    return {device_id: count for device_id, count in rows if device_id is not None}


def lock_attempts(session: Session, account: str, address: str, now: datetime) -> SignInAttemptRow:
    """Return the failures of one account from one address, made if need be; whoever else asks for them waits."""
    insert_once(
        session, SignInAttemptRow, account=account, address=address, failures=0, last_failed_at=now, held_until=now
    )
    return session.scalars(
        select(SignInAttemptRow)
        .where(SignInAttemptRow.account == account, SignInAttemptRow.address == address)
        .with_for_update()
    ).one()
