"""Residents sign in with a code; the first time opens the person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, insert_once, new_id, run_in_transaction
from app.foundation.proof import SYSTEM, logger, record
from app.identity import keys
from app.identity.entrance import queries
from app.identity.entrance.errors import CodeRefused
from app.identity.entrance.models import CodePurpose
from app.identity.entrance.providers import SIGN_INS
from app.identity.entrance.queries import Holder
from app.identity.entrance.rules.codes import is_reassigned
from app.identity.entrance.usecases.codes import spend_code
from app.identity.entrance.usecases.opening import Device, SignedIn, open_session
from app.identity.people.models import PersonRow, PhoneRow
from app.identity.people.queries import lock_held_phone
from app.identity.people.usecases.numbers import end_reassigned

log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class CodeSignIn:
    """What a resident's app sends to sign in."""

    challenge_id: UUID
    code: str
    device: Device


def sign_in_with_code(given: CodeSignIn, *, now: datetime) -> SignedIn:
    """Open a session for whoever holds the number.

    A wrong try is committed before it is refused, or the sixth would be as good as the first.

    Raises:
        CodeRefused: the code is not good, whatever the reason.
    """

    def work(session: Session) -> SignedIn | None:
        phone = spend_code(session, given.challenge_id, given.code, purpose=CodePurpose.SIGN_IN, now=now)
        if phone is None:
            return None
        person_id = person_holding(session, phone, given.device, now)
        return open_session(session, Holder(person_id=person_id), given.device, now)

    signed_in = run_in_transaction(work)
    if signed_in is None:
        SIGN_INS.labels("resident", "refused").inc()
        raise CodeRefused()
    SIGN_INS.labels("resident", "accepted").inc()
    return signed_in


def person_holding(session: Session, phone: str, device: Device, now: datetime) -> UUID:
    """Return the person behind a number that was just proved; a new one when nobody, or nobody any more, is.

    Raises:
        CodeRefused: of two first sign-ins at once the other opened the person, and gave the number up at once.
    """
    held = lock_held_phone(session, phone)
    if held is not None:
        fingerprint = keys.blinded("device", device.id)
        knows_device = queries.find_device(session, Holder(person_id=held.person_id), fingerprint) is not None
        if not is_reassigned(held.last_code_at, knows_device=knows_device, now=now):
            held.last_code_at = now
            return held.person_id
        end_reassigned(session, held, now)
    return _open_person(session, phone, now)


def _open_person(session: Session, phone: str, now: datetime) -> UUID:
    person = PersonRow(id=new_id(), opened_at=now, version=1)
    session.add(person)
    session.flush()
    holds = {"phone": phone, "person_id": person.id, "held_from": now, "last_code_at": now}
    if not insert_once(session, PhoneRow, id=new_id(), **holds):
        # Two first sign-ins at once: the other one has opened the person.
        session.delete(person)
        session.flush()
        other = lock_held_phone(session, phone)
        if other is None:
            raise CodeRefused()  # And has given the number up again in the same moment.
        return other.person_id
    record(session, action="identity.person_opened", object_kind="identity.person", object_id=person.id, actor=SYSTEM)
    after_commit(log.info, "identity.person.opened", person_id=str(person.id))
    return person.id
