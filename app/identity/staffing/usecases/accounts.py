"""Staff accounts by four eyes: one admin proposes, another approves; what the person chooses then, no admin sees."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.approvals import Proposal, propose
from app.foundation.data import after_commit, clock, new_id, parse_public_id, public_id, rows_written, transaction
from app.foundation.proof import Actor, logger, record
from app.identity import keys
from app.identity.entrance.models import SessionEnd
from app.identity.entrance.queries import Holder
from app.identity.entrance.usecases.opening import end_sessions_of
from app.identity.people.rules.masking import masked_name
from app.identity.staffing import password_hashes, queries
from app.identity.staffing.errors import OwnAccount, StaffNotFound, UsernameRefused, UsernameTaken
from app.identity.staffing.models import DeputyshipRow, EnrolmentCause, StaffEnrolmentRow, StaffPendingRow, StaffRow
from app.identity.staffing.rules.roles import SCOPED_ROLES, Role, is_username
from app.identity.staffing.usecases.granting import active, agency_of, grant, reach, require_others, require_roles

ACCOUNT_KIND = "identity.staff"
RESET_KIND = "identity.staff_reset"
# A proposal is open for seven days; a day later nothing of one that came to nothing is kept here.
_PENDING_KEPT = timedelta(days=8)

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """A member of staff to be."""

    username: str
    display_name: str
    roles: tuple[Role, ...]
    agency_id: UUID | None = None
    counties: tuple[str, ...] = ()


def propose_account(new: NewAccount, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose an account with its roles. The name waits in a row of its own, and a mark of it is part of what is approved.

    Raises:
        UsernameRefused, UsernameTaken: the name at sign-in cannot be had.
        AgencyNotFound, ScopeRefused, RolesRefused: the roles cannot be held so.
    """
    if not is_username(new.username):
        raise UsernameRefused
    with transaction() as session:
        if queries.find_staff_named(session, new.username) is not None:
            raise UsernameTaken
        agency = agency_of(session, new.agency_id)
        counties = reach(agency, new.counties)
        roles = list(dict.fromkeys(new.roles))
        require_roles(roles, has_agency=agency is not None, counties=counties)
        pending = StaffPendingRow(staff_id=new_id(), display_name=new.display_name, proposed_at=now)
        session.add(pending)
        session.flush()
        return propose(
            session,
            kind=ACCOUNT_KIND,
            content={
                "staff_id": public_id("stf", pending.staff_id),
                "username": new.username,
                "name_masked": masked_name(new.display_name),
                "name_mark": _mark_of(pending),
                "agency_id": public_id("agy", agency.id) if agency is not None else None,
                "roles": [str(role) for role in roles],
                "counties": counties if set(roles) & SCOPED_ROLES else [],
            },
            title=new.username,
            proposer=proposer,
            now=now,
            subject_id=pending.staff_id,
        )


def apply_account(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Open the approved account. It has no password yet that anybody knows.

    Raises:
        UsernameTaken: somebody else has got the name meanwhile.
        StaffNotFound: the name that waits is not the one that was proposed.
    """
    said = proposal.content
    staff_id = parse_public_id("stf", said["staff_id"])
    pending = session.get(StaffPendingRow, staff_id)
    if pending is None or _mark_of(pending) != said["name_mark"]:
        raise StaffNotFound
    if queries.find_staff_named(session, said["username"]) is not None:
        raise UsernameTaken
    agency = agency_of(session, parse_public_id("agy", said["agency_id"]) if said["agency_id"] else None)
    staff = StaffRow(
        id=staff_id,
        username=said["username"],
        display_name=pending.display_name,
        agency_id=agency.id if agency is not None else None,
        password_hash=_nobodys_password(),
        totp_salt=keys.new_salt(),
        totp_step=0,
        created_at=now,
        version=1,
    )
    session.add(staff)
    session.flush()
    for role in said["roles"]:
        grant(session, staff, Role(role), agency, said["counties"], now, granted_by=approver.id)
    _allow_enrolment(session, staff, EnrolmentCause.NEW, proposal, approver, now)
    session.delete(pending)
    record(
        session,
        action="identity.staff_created",
        object_kind="identity.staff",
        object_id=staff.id,
        actor=approver,
        after={"proposal": proposal.id, **{name: said[name] for name in ("agency_id", "roles", "counties")}},
    )
    after_commit(log.info, "identity.staff.created", staff_id=str(staff.id), roles=said["roles"])


def propose_reset(staff_id: UUID, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose that somebody who lost a password or second factor chooses new ones.

    Raises:
        StaffNotFound, StaffClosed: there is no such account, or it is closed.
        OwnAccount: it is the proposer's own.
    """
    with transaction() as session:
        staff = active(queries.find_staff(session, staff_id))
        if staff.id == proposer.id:
            raise OwnAccount
        return propose(
            session,
            kind=RESET_KIND,
            content={"staff_id": public_id("stf", staff.id), "username": staff.username},
            title=staff.username,
            proposer=proposer,
            now=now,
            subject_id=staff.id,
        )


def apply_reset(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Make the old password and second factor void at once, end the sessions, and let the person enrol anew.

    Raises:
        StaffClosed, OwnAccount: things have changed since it was proposed.
    """
    staff = active(queries.lock_staff(session, parse_public_id("stf", proposal.content["staff_id"])))
    require_others(session, staff.id, proposal, approver, now)
    staff.password_hash, staff.totp_salt, staff.totp_step = _nobodys_password(), keys.new_salt(), 0
    staff.version += 1
    end_sessions_of(session, Holder(staff_id=staff.id), SessionEnd.CREDENTIALS_CHANGED, now)
    _allow_enrolment(session, staff, EnrolmentCause.RESET, proposal, approver, now)
    record(session, action="identity.staff_reset", object_kind="identity.staff", object_id=staff.id, actor=approver)
    after_commit(log.info, "identity.staff.reset", staff_id=str(staff.id))


def end_enrolment(row: StaffEnrolmentRow, now: datetime) -> None:
    """Let a leave to enrol end; nothing of what was chosen stays in it."""
    row.ended_at = now
    row.code_hash = row.code_expires_at = row.password_hash = row.totp_salt = None


def sweep_pending(session: Session, _: datetime) -> None:
    """Delete names and reasons of proposals that came to nothing."""
    before = clock.now() - _PENDING_KEPT
    rows_written(session, delete(StaffPendingRow).where(StaffPendingRow.proposed_at < before))
    rows_written(
        session,
        delete(DeputyshipRow).where(DeputyshipRow.approved_at.is_(None), DeputyshipRow.proposed_at < before),
    )


def _allow_enrolment(
    session: Session, staff: StaffRow, cause: EnrolmentCause, proposal: Proposal, approver: Actor, now: datetime
) -> None:
    earlier = queries.lock_enrolment_of(session, staff.id)
    if earlier is not None:
        end_enrolment(earlier, now)
    session.add(
        StaffEnrolmentRow(
            id=new_id(),
            staff_id=staff.id,
            cause=cause,
            proposed_by=proposal.proposed_by,
            approved_by=approver.id,
            allowed_at=now,
        )
    )
    session.flush()


def _mark_of(pending: StaffPendingRow) -> str:
    # Under a key outside the database, so that the proposal, which is kept for ever, tells nobody the name.
    return keys.blinded("staff-name", f"{pending.staff_id}:{pending.display_name}")


def _nobodys_password() -> str:
    return password_hashes.hash_of(secrets.token_urlsafe(32))
