"""A number becomes somebody's, once it is proved that they hold it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, insert_once, new_id
from app.foundation.proof import SYSTEM, logger, record
from app.identity.entrance import queries as entrance
from app.identity.entrance.models import DeviceRow, SessionRow
from app.identity.entrance.queries import Holder
from app.identity.entrance.rules.codes import is_reassigned
from app.identity.people import queries
from app.identity.people.changes import profile_changed
from app.identity.people.errors import PhoneTaken
from app.identity.people.models import PhoneEnd, PhoneRow

log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class NumberTaken:
    """Whose number changed, and from which row to which."""

    person_id: UUID
    old_id: UUID | None
    new_id: UUID


def take_number(
    session: Session, person_id: UUID, phone: str, *, now: datetime, session_id: UUID | None = None
) -> NumberTaken:
    """Make a proved number a person's present one; the one before ends. The caller holds the person's lock.

    A number that lay idle for half a year and is proved from a device that its holder never used has a new holder, as at sign-in.

    Args:
        session_id: the session in which it was proved; its device may be one that the number's holder knows.

    Raises:
        PhoneTaken: another person uses the number, or it is this person's already.
    """
    held = queries.lock_held_phone(session, phone)
    if held is not None:
        if held.person_id == person_id:
            raise PhoneTaken()
        knows_device = _knows_device(session, held.person_id, session_id)
        if not is_reassigned(held.last_code_at, knows_device=knows_device, now=now):
            raise PhoneTaken()
        end_reassigned(session, held, now)
    old = queries.lock_phone_of(session, person_id)
    if old is not None:
        old.held_until, old.ended_because = now, PhoneEnd.CHANGED
        session.flush()
    row_id = new_id()
    holds = {"phone": phone, "person_id": person_id, "held_from": now, "last_code_at": now}
    if not insert_once(session, PhoneRow, id=row_id, **holds):
        raise PhoneTaken()  # Somebody else has signed in with it in the same moment.
    profile_changed(session, person_id)
    return NumberTaken(person_id=person_id, old_id=old.id if old is not None else None, new_id=row_id)


def end_reassigned(session: Session, held: PhoneRow, now: datetime) -> None:
    """End that a number is a person's, because the carrier has given it to somebody else."""
    held.held_until, held.ended_because = now, PhoneEnd.REASSIGNED
    session.flush()
    profile_changed(session, held.person_id)
    record(
        session,
        action="identity.phone_reassigned",
        object_kind="identity.person",
        object_id=held.person_id,
        actor=SYSTEM,
    )
    after_commit(log.info, "identity.phone.reassigned", person_id=str(held.person_id))


def _knows_device(session: Session, person_id: UUID, session_id: UUID | None) -> bool:
    row = session.get(SessionRow, session_id) if session_id is not None else None
    device = session.get(DeviceRow, row.device_id) if row is not None and row.device_id is not None else None
    return device is not None and (
        entrance.find_device(session, Holder(person_id=person_id), device.fingerprint) is not None
    )
