"""A member of staff enters for a resident at a desk: a session of half an hour that nobody can continue."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, new_id, public_id, transaction
from app.foundation.proof import Actor, logger, record
from app.identity import keys
from app.identity.entrance.models import AssistanceRow, SessionRow
from app.identity.entrance.tokens import access_token_for
from app.identity.events import tell
from app.identity.people.errors import PersonNotFound
from app.identity.people.events import ASSISTED
from app.identity.people.queries import lock_person

LIFE = timedelta(minutes=30)

log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class NewAssistance:
    """For whom, why, and where the paper with their signature is kept."""

    person_id: UUID
    reason: str
    paper_ref: str


@dataclass(frozen=True, kw_only=True)
class AssistedSession:
    """What the member of staff is told."""

    id: UUID
    person_id: UUID
    access_token: str
    expires_at: datetime


def open_assisted_session(new: NewAssistance, *, staff: Actor, now: datetime) -> AssistedSession:
    """Open a session in which a member of staff enters for a resident.

    Raises:
        PersonNotFound: there is no such resident.
    """
    with transaction() as session:
        if lock_person(session, new.person_id) is None:
            raise PersonNotFound()
        row = _session_row(new.person_id, now)
        session.add(row)
        session.flush()
        session.add(
            AssistanceRow(
                session_id=row.id,
                staff_id=staff.id,
                person_id=new.person_id,
                reason=new.reason,
                paper_ref=new.paper_ref,
                opened_at=now,
            )
        )
        _note(session, row, new, staff)
    token = access_token_for(public_id("per", new.person_id), row.id, life=LIFE)
    return AssistedSession(id=row.id, person_id=new.person_id, access_token=token.text, expires_at=token.expires_at)


def _session_row(person_id: UUID, now: datetime) -> SessionRow:
    session_id, salt = new_id(), keys.new_salt()
    # Its refresh token is made as for every session and told nobody.
    refresh_token = keys.refresh_token(session_id, salt=salt, number=1)
    return SessionRow(
        id=session_id,
        person_id=person_id,
        opened_at=now,
        expires_at=now + LIFE,
        refresh_salt=salt,
        refresh_number=1,
        refresh_hash=keys.token_hash(refresh_token),
        refreshed_at=now,
        refresh_expires_at=now + LIFE,
    )


def _note(session: Session, row: SessionRow, new: NewAssistance, staff: Actor) -> None:
    record(
        session,
        action="identity.assisted_session_opened",
        object_kind="identity.person",
        object_id=new.person_id,
        actor=staff,
        after={"session": str(row.id), "reason": new.reason, "paper_ref": new.paper_ref},
    )
    tell(session, ASSISTED, row.id, person_id=new.person_id)
    after_commit(log.info, "identity.assisted.opened", session_id=str(row.id), staff_id=str(staff.id))
