"""Staff sign in with name, password and a one-time code (RFC 6238); each failure makes the next try wait."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, reading, run_in_transaction
from app.foundation.proof import Actor, ActorKind, logger, record
from app.identity import keys
from app.identity.entrance import queries
from app.identity.entrance.errors import CredentialsRefused, SignInDelayed
from app.identity.entrance.providers import SIGN_INS
from app.identity.entrance.queries import Holder
from app.identity.entrance.rules.codes import address_group
from app.identity.entrance.rules.delays import delay_after, failures_still_counted
from app.identity.entrance.usecases.opening import Device, SignedIn, open_session
from app.identity.staffing import password_hashes
from app.identity.staffing.models import StaffRow
from app.identity.staffing.queries import find_staff_named, lock_staff
from app.identity.staffing.second_factor import step_of

_NOBODYS_SALT = "nobody"

log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a member of staff sends to sign in."""

    username: str
    password: str
    totp: str
    device: Device | None = None


def sign_in_staff(given: Credentials, *, address: str, now: datetime) -> SignedIn:
    """Open a session for a member of staff.

    The try is counted as failed before it is looked at, so that fifty at once are not fifty free guesses; success clears the
    count. A name that does not exist takes the same path and the same time.

    Raises:
        SignInDelayed: after failures of this name from this address, for 1, 2, 4 ... 300 s.
        CredentialsRefused: something does not fit.
    """
    username = given.username.casefold()
    account, place = keys.blinded("account", username), keys.blinded("address", address_group(address))
    run_in_transaction(lambda session: count_try(session, account, place, now))
    with reading() as session:
        staff = find_staff_named(session, username)
    # Both are worked out whatever the other says, and no transaction is open while argon2 takes its time.
    is_password = password_hashes.fits(given.password, staff.password_hash if staff is not None else None)
    step = step_of(given.totp, staff.totp_salt if staff is not None else _NOBODYS_SALT, now)
    signed_in = None
    if staff is not None and is_password and step is not None:
        fresh_hash = (
            password_hashes.hash_of(given.password) if password_hashes.is_outdated(staff.password_hash) else None
        )
        seen, accepted_step = staff, step

        def work(session: Session) -> SignedIn | None:
            return _open(session, seen, accepted_step, fresh_hash, given.device, (account, place), now)

        signed_in = run_in_transaction(work)
    if signed_in is None:
        SIGN_INS.labels("staff", "refused").inc()
        raise CredentialsRefused()
    SIGN_INS.labels("staff", "accepted").inc()
    return signed_in


def count_try(session: Session, account: str, place: str, now: datetime) -> None:
    """Count a try as failed before it is looked at; `clear_tries` takes the count back when it succeeds.

    Raises:
        SignInDelayed: after failures of this name from this address, for 1, 2, 4 ... 300 s.
    """
    attempts = queries.lock_attempts(session, account, place, now)
    if now < attempts.held_until:
        raise SignInDelayed(retry_after_s=ceil((attempts.held_until - now).total_seconds()))
    attempts.failures = failures_still_counted(attempts.failures, attempts.last_failed_at, now) + 1
    attempts.last_failed_at = now
    attempts.held_until = now + delay_after(attempts.failures)


def clear_tries(session: Session, account: str, place: str, now: datetime) -> None:
    """Forget the failures of a name from an address: it has shown that it knows its secrets."""
    attempts = queries.lock_attempts(session, account, place, now)
    attempts.failures, attempts.held_until = 0, now


def _open(
    session: Session,
    seen: StaffRow,
    step: int,
    fresh_hash: str | None,
    device: Device | None,
    attempts_of: tuple[str, str],
    now: datetime,
) -> SignedIn | None:
    """Use the one-time code up and open the session, unless something changed since `seen` was read."""
    staff = lock_staff(session, seen.id)
    if staff is None or staff.disabled_at is not None or staff.password_hash != seen.password_hash:
        return None
    if step <= staff.totp_step:
        return None  # Somebody looked over a shoulder: each code works once.
    staff.totp_step = step
    if fresh_hash is not None:
        staff.password_hash = fresh_hash
    clear_tries(session, *attempts_of, now)
    signed_in = open_session(session, Holder(staff_id=staff.id), device, now)
    _record_sign_in(session, staff.id)
    return signed_in


def _record_sign_in(session: Session, staff_id: UUID) -> None:
    actor = Actor(id=staff_id, kind=ActorKind.STAFF, roles=frozenset())
    record(session, action="identity.staff_signed_in", object_kind="identity.staff", object_id=staff_id, actor=actor)
    after_commit(log.info, "identity.staff.signed_in", staff_id=str(staff_id))
