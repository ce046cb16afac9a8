"""The first act of an erasure: nobody gets in as this person any more, and their number is free."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.foundation.data import rows_written
from app.foundation.proof import SYSTEM, Actor
from app.identity import keys
from app.identity.entrance.errors import SessionEnded
from app.identity.entrance.models import CodeChallengeRow, DeviceRow, SendPaceRow, SendScope, SessionEnd
from app.identity.entrance.outside.models import OutsideAccountRow
from app.identity.entrance.queries import Holder
from app.identity.entrance.usecases.opening import end_sessions_of
from app.identity.organisations.person_data import leave_all
from app.identity.people.family import linking
from app.identity.people.family import queries as family
from app.identity.people.family.models import GuardianInvitationRow, GuardianshipEnd, InvitationEnd
from app.identity.people.models import PersonRow, PhoneRow
from app.identity.rights import queries


def require_not_gone(session: Session, actor: Actor) -> None:
    """Let no erasure of a resident begin before the transaction ends.

    Raises:
        SessionEnded: it has begun.
    """
    if queries.share_erasure(session, actor.id) in queries.GOING:
        raise SessionEnded()


def close_door(session: Session, person_id: UUID, now: datetime) -> None:
    """End a person's sessions, numbers, offices and guardianships, in the caller's transaction, which holds their erasure.

    What was counted and sent for the numbers goes with them: once they are gone nobody could tell which rows those were. Who
    signs in with such a number from then on is a new person.
    """
    session.get_one(PersonRow, person_id, with_for_update=True)
    leave_all(session, person_id, now)
    for guardianship in family.lock_guardianships_with(session, person_id):
        linking.end(session, guardianship, GuardianshipEnd.ENDED_BY_GUARDIAN, actor=SYSTEM, now=now)
    phones = session.scalars(select(PhoneRow.phone).where(PhoneRow.person_id == person_id)).all()
    marks = [keys.blinded("phone", phone) for phone in phones]
    devices = session.scalars(select(DeviceRow.fingerprint).where(DeviceRow.person_id == person_id)).all()
    for statement in (
        delete(CodeChallengeRow).where(CodeChallengeRow.phone.in_(phones)),
        delete(SendPaceRow).where(SendPaceRow.scope == SendScope.PHONE, SendPaceRow.subject.in_(marks)),
        delete(SendPaceRow).where(SendPaceRow.scope == SendScope.DEVICE, SendPaceRow.subject.in_(devices)),
        update(GuardianInvitationRow)
        .where(GuardianInvitationRow.phone.in_(phones))
        .values(phone=None, closed_at=now, closed_because=InvitationEnd.WITHDRAWN),
        delete(PhoneRow).where(PhoneRow.person_id == person_id),
        delete(OutsideAccountRow).where(OutsideAccountRow.person_id == person_id),
    ):
        rows_written(session, statement)
    # Last: a sign-in that was under way has held its number until it was done, and its session is seen here.
    end_sessions_of(session, Holder(person_id=person_id), SessionEnd.DISABLED, now)
