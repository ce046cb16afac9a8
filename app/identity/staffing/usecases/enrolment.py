"""Enrolment: somebody chooses a password, takes a second factor, and shows that it works.

Two admins agreed on the account; one of them hands over the code that opens this once.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, reading, run_in_transaction, transaction
from app.foundation.http import Fault
from app.foundation.proof import Actor, ActorKind, logger, record
from app.identity import keys
from app.identity.entrance.errors import CredentialsRefused
from app.identity.entrance.models import SessionEnd
from app.identity.entrance.queries import Holder
from app.identity.entrance.rules.codes import address_group
from app.identity.entrance.usecases.opening import end_sessions_of
from app.identity.entrance.usecases.staff_sign_in import clear_tries, count_try
from app.identity.staffing import password_hashes, queries, second_factor
from app.identity.staffing.errors import (
    EnrolmentNotFound,
    EnrolmentRefused,
    NotYourEnrolment,
    PasswordWeak,
    SecondFactorRefused,
)
from app.identity.staffing.models import StaffEnrolmentRow, StaffRow
from app.identity.staffing.rules.granting import CODE_LIFE
from app.identity.staffing.rules.passwords import weakness_of
from app.identity.staffing.usecases.accounts import end_enrolment

_CODE_BYTES = 20  # 32 characters of base 32: nobody guesses it, and it can be typed.
_GROUP = 4

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentCode:
    """A code as it is shown, once."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the new holder of an account sends first."""

    code: str
    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """What a member of staff sends to change a password."""

    old: str
    new: str
    totp: str


def require_enrolment(staff_id: UUID, *, actor: Actor) -> None:
    """Refuse who may not hand out a code for an account.

    Raises:
        EnrolmentNotFound: nobody is to be enrolled there.
        NotYourEnrolment: two other admins agreed on it.
    """
    with reading() as session:
        _require_own(queries.find_enrolments(session, [staff_id]).get(staff_id), actor)


def make_code(staff_id: UUID, *, actor: Actor, now: datetime) -> EnrolmentCode:
    """Return a fresh code for one of the two admins to hand over; an earlier one, and what was chosen with it, is void.

    Raises:
        EnrolmentNotFound, NotYourEnrolment: as above.
    """
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    with transaction() as session:
        row = _require_own(queries.lock_enrolment_of(session, staff_id), actor)
        row.code_hash, row.code_expires_at = _hash_of(text), now + CODE_LIFE
        row.password_hash = row.totp_salt = None
        record(
            session,
            action="identity.enrolment_code_made",
            object_kind="identity.staff",
            object_id=staff_id,
            actor=actor,
            after={"enrolment_id": row.id, "expires_at": row.code_expires_at},
        )
        after_commit(log.info, "identity.enrolment.code_made", staff_id=str(staff_id))
    groups = [text[at : at + _GROUP] for at in range(0, len(text), _GROUP)]
    return EnrolmentCode(code="-".join(groups), expires_at=now + CODE_LIFE)


def choose_credentials(chosen: Choice, *, now: datetime) -> str:
    """Keep the password that somebody chose, and return the address of their second factor, which is shown once.

    Raises:
        EnrolmentRefused: the code is wrong, used or too old, or the name is another one's.
        PasswordWeak: says why.
    """
    with reading() as session:
        row, staff = _waiting(session, chosen.code, now)
        if staff.username != chosen.username.casefold() or row.password_hash is not None:
            raise EnrolmentRefused
    # No transaction is open while argon2 takes its time.
    password_hash = hash_of_good(chosen.password, username=staff.username, pointer="/password")

    def work(session: Session) -> str:
        queries.lock_enrolment_of(session, staff.id)
        locked, holder = _waiting(session, chosen.code, now)
        if locked.password_hash is not None:
            raise EnrolmentRefused
        locked.password_hash, locked.totp_salt = password_hash, keys.new_salt()
        _note(session, "identity.enrolment_begun", holder.id)
        return second_factor.uri_for(holder.username, locked.totp_salt)

    return run_in_transaction(work)


def confirm_enrolment(code: str, totp: str, *, now: datetime) -> StaffRow:
    """Make the account live once the second factor has been shown to work, and return it.

    Raises:
        EnrolmentRefused: the code is wrong, used or too old, or no password has been chosen with it.
        SecondFactorRefused: the one-time code does not fit.
    """
    with transaction() as session:
        seen, staff = _waiting(session, code, now)
        queries.lock_staff(session, staff.id)
        queries.lock_enrolment_of(session, staff.id)
        row, staff = _waiting(session, code, now)
        if row.password_hash is None or row.totp_salt is None or row.id != seen.id:
            raise EnrolmentRefused
        step = second_factor.step_of(totp, row.totp_salt, now)
        if step is None:
            raise SecondFactorRefused
        staff.password_hash, staff.totp_salt, staff.totp_step = row.password_hash, row.totp_salt, step
        staff.version += 1
        row.confirmed_at = now
        end_enrolment(row, now)
        end_sessions_of(session, Holder(staff_id=staff.id), SessionEnd.CREDENTIALS_CHANGED, now)
        _note(session, "identity.staff_enrolled", staff.id)
        after_commit(log.info, "identity.staff.enrolled", staff_id=str(staff.id))
    return staff


def change_password(change: PasswordChange, *, actor: Actor, address: str, now: datetime) -> None:
    """Change one's own password; every other session of the account ends.

    A try counts as a failed sign-in until it succeeds, so a stolen session is no place to guess passwords.

    Raises:
        SignInDelayed: after failures, for 1, 2, 4 ... 300 s.
        CredentialsRefused: the old password or the one-time code does not fit.
        PasswordWeak: says why.
    """
    with reading() as session:
        seen = session.get_one(StaffRow, actor.id)
    account, place = keys.blinded("account", seen.username), keys.blinded("address", address_group(address))
    run_in_transaction(lambda session: count_try(session, account, place, now))
    is_old = password_hashes.fits(change.old, seen.password_hash)
    step = second_factor.step_of(change.totp, seen.totp_salt, now)
    if not is_old or step is None:
        raise CredentialsRefused
    password_hash = hash_of_good(change.new, username=seen.username, pointer="/new")
    with transaction() as session:
        staff = queries.lock_staff(session, actor.id)
        if staff is None or staff.disabled_at is not None or staff.password_hash != seen.password_hash:
            raise CredentialsRefused
        if step <= staff.totp_step:
            raise CredentialsRefused  # Each one-time code works once.
        staff.password_hash, staff.totp_step = password_hash, step
        staff.version += 1
        clear_tries(session, account, place, now)
        end_sessions_of(session, Holder(staff_id=staff.id), SessionEnd.CREDENTIALS_CHANGED, now, but=actor.session_id)
        record(
            session,
            action="identity.password_changed",
            object_kind="identity.staff",
            object_id=staff.id,
            actor=actor,
        )
        after_commit(log.info, "identity.password.changed", staff_id=str(staff.id))


def hash_of_good(password: str, *, username: str, pointer: str) -> str:
    """Return the hash of a password that will do.

    Raises:
        PasswordWeak: says why, at `pointer`.
    """
    weakness = weakness_of(password, username=username, common=queries.common_passwords())
    if weakness is not None:
        raise PasswordWeak(faults=(Fault(pointer, str(weakness), str(PasswordWeak.title)),))
    return password_hashes.hash_of(password)


def _require_own(row: StaffEnrolmentRow | None, actor: Actor) -> StaffEnrolmentRow:
    if row is None:
        raise EnrolmentNotFound
    if actor.id not in {row.proposed_by, row.approved_by}:
        raise NotYourEnrolment
    return row


def _waiting(session: Session, code: str, now: datetime) -> tuple[StaffEnrolmentRow, StaffRow]:
    row = queries.find_enrolment_by_code(session, _hash_of(code))
    if row is None or row.ended_at is not None or row.code_expires_at is None or row.code_expires_at <= now:
        raise EnrolmentRefused
    staff = queries.find_staff(session, row.staff_id)
    if staff is None or staff.disabled_at is not None:
        raise EnrolmentRefused
    return row, staff


def _hash_of(code: str) -> str:
    return keys.token_hash(code.replace("-", "").replace(" ", "").upper())


def _note(session: Session, action: str, staff_id: UUID) -> None:
    holder = Actor(id=staff_id, kind=ActorKind.STAFF, roles=frozenset())
    record(session, action=action, object_kind="identity.staff", object_id=staff_id, actor=holder)
