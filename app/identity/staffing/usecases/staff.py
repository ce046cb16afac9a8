"""Staff accounts, as the operator keeps them from the command line: the first two admins; later ones come by four eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id, reading, transaction
from app.foundation.proof import Actor, logger, record
from app.identity import keys
from app.identity.entrance.models import SessionEnd
from app.identity.entrance.queries import Holder
from app.identity.entrance.usecases.opening import end_sessions_of
from app.identity.staffing import password_hashes, queries, second_factor
from app.identity.staffing.errors import CannotDo, StaffClosed
from app.identity.staffing.models import AgencyRow, StaffRoleRow, StaffRow
from app.identity.staffing.rules.passwords import LENGTH_MIN, weakness_of
from app.identity.staffing.rules.roles import Role, is_username, scope_problem
from app.identity.staffing.usecases.granting import grant
from app.identity.staffing.usecases.leaving import close_account
from app.identity.staffing.usecases.scopes import reach_of

log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class NewStaff:
    """A member of staff to be."""

    username: str
    display_name: str
    password: str
    roles: Sequence[Role]
    agency_slug: str | None = None
    counties: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What the new holder of an account needs once: the address an authenticator app reads."""

    staff_id: UUID
    totp_uri: str


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """An account in the operator's list."""

    username: str
    display_name: str | None
    is_disabled: bool
    roles: tuple[str, ...]
    agency_slug: str | None
    counties: tuple[str, ...]


def create_staff(new: NewStaff, *, actor: Actor, now: datetime) -> Enrolment:
    """Open a staff account with its roles, and return its second factor, which is shown once.

    Raises:
        CannotDo: the name is taken or has the wrong form, the password is weak, or the roles do not go together or lack a scope.
    """
    if not is_username(new.username):
        raise CannotDo(
            "a username has 3 to 40 lower-case letters and digits, with single dots, hyphens or underscores between"
        )
    if not new.display_name.strip():
        raise CannotDo("a member of staff has a name")
    password_hash = _hash_of_good(new.password, username=new.username)
    with transaction() as session:
        if queries.find_staff_named(session, new.username) is not None:
            raise CannotDo(f"there is a {new.username} already")
        agency = _agency_named(session, new.agency_slug)
        counties = reach_of(agency, new.counties)
        problem = scope_problem(new.roles, has_agency=agency is not None, counties=counties)
        if problem is not None:
            raise CannotDo(f"{problem.role}: {problem.reason}")
        staff = StaffRow(
            id=new_id(),
            username=new.username,
            display_name=new.display_name.strip(),
            agency_id=agency.id if agency is not None else None,
            password_hash=password_hash,
            totp_salt=keys.new_salt(),
            totp_step=0,
            created_at=now,
            version=1,
        )
        session.add(staff)
        session.flush()
        for role in dict.fromkeys(new.roles):
            grant(session, staff, role, agency, counties, now)
        record(
            session,
            action="identity.staff_created",
            object_kind="identity.staff",
            object_id=staff.id,
            actor=actor,
            after={
                "roles": sorted(new.roles),
                "agency": new.agency_slug,
                "counties": counties,
            },
        )
        after_commit(log.info, "identity.staff.created", staff_id=str(staff.id), roles=sorted(new.roles))
    return Enrolment(staff_id=staff.id, totp_uri=second_factor.uri_for(staff.username, staff.totp_salt))


def reset_staff(username: str, password: str, *, actor: Actor, now: datetime) -> Enrolment:
    """Give an account a new password and a new second factor; its sessions end.

    Raises:
        CannotDo: there is no such account, it is disabled, or the password is weak.
    """
    password_hash = _hash_of_good(password, username=username)
    with transaction() as session:
        staff = _lock_named(session, username)
        if staff.disabled_at is not None:
            raise CannotDo(f"{username} is disabled")
        staff.password_hash, staff.totp_salt, staff.totp_step = password_hash, keys.new_salt(), 0
        staff.version += 1
        end_sessions_of(session, Holder(staff_id=staff.id), SessionEnd.CREDENTIALS_CHANGED, now)
        record(session, action="identity.staff_reset", object_kind="identity.staff", object_id=staff.id, actor=actor)
        after_commit(log.info, "identity.staff.reset", staff_id=str(staff.id))
    return Enrolment(staff_id=staff.id, totp_uri=second_factor.uri_for(staff.username, staff.totp_salt))


def disable_staff(username: str, *, actor: Actor, now: datetime) -> None:
    """Close an account at once; what its holder had taken goes back to the queues. The row stays: decisions name it.

    Raises:
        CannotDo: there is no such account, or it is disabled already.
    """
    with transaction() as session:
        known = queries.find_staff_named(session, username)
        if known is None:
            raise CannotDo(f"there is no {username}")
        try:
            close_account(session, known.id, to=None, last_day=clock.civil_day(now), actor=actor, now=now)
        except StaffClosed:
            raise CannotDo(f"{username} is disabled already") from None


def list_accounts(now: datetime) -> list[AccountLine]:
    """Return every account by name, with the roles held now."""
    with reading() as session:
        statement = select(StaffRow, AgencyRow.slug).outerjoin(AgencyRow, AgencyRow.id == StaffRow.agency_id)
        rows = session.execute(statement.order_by(StaffRow.username)).all()
        held = queries.list_roles(session, [staff.id for staff, _ in rows], now)
    return [_line(staff, slug, [role for role in held if role.staff_id == staff.id]) for staff, slug in rows]


def _line(staff: StaffRow, agency_slug: str | None, roles: list[StaffRoleRow]) -> AccountLine:
    return AccountLine(
        username=staff.username,
        display_name=staff.display_name,
        is_disabled=staff.disabled_at is not None,
        roles=tuple(role.role for role in roles),
        agency_slug=agency_slug,
        counties=tuple(sorted({county for role in roles for county in role.counties})),
    )


def _hash_of_good(password: str, *, username: str) -> str:
    weakness = weakness_of(password, username=username, common=queries.common_passwords())
    if weakness is not None:
        raise CannotDo(
            f"the password is refused ({weakness}): take at least {LENGTH_MIN} characters that nobody would guess"
        )
    return password_hashes.hash_of(password)


def _agency_named(session: Session, slug: str | None) -> AgencyRow | None:
    if slug is None:
        return None
    agency = queries.find_agency_named(session, slug)
    if agency is None:
        raise CannotDo(f"there is no agency {slug}")
    return agency


def _lock_named(session: Session, username: str) -> StaffRow:
    found = queries.find_staff_named(session, username)
    staff = queries.lock_staff(session, found.id) if found is not None else None
    if staff is None:
        raise CannotDo(f"there is no {username}")
    return staff
