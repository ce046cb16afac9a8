"""Ask to be forgotten, see where it stands, and call it off while one still can (PIPL arts. 15, 47)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, new_id, reading, transaction
from app.foundation.http import Fault
from app.foundation.proof import Actor, logger, record
from app.identity.entrance.models import SessionRow
from app.identity.people.family.consent_age import acts_for, guardian_of, require_guardian
from app.identity.people.queries import lock_person
from app.identity.rights import queries
from app.identity.rights.errors import (
    ErasureAsked,
    ErasureBegun,
    ErasureBlocked,
    ErasureNotFound,
    ErasurePersonNotFound,
    FreshSignInNeeded,
)
from app.identity.rights.models import ErasureRow, ErasureState
from app.identity.rights.parts import Blocked, parts_downwards
from app.identity.rights.rules import COOLING_OFF, is_fresh

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptThing:
    """What an erasure leaves: in which room, until when, by which law."""

    room: str
    what: str
    until: date | None
    law: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """An erasure. It names nobody, so whoever has its id may see it, also when the account is gone."""

    id: UUID
    state: ErasureState
    asked_at: datetime
    due_at: datetime | None  # While it can be called off.
    done_at: datetime | None
    restricted_until: date | None
    kept: tuple[KeptThing, ...]


def ask_for_erasure(person_id: UUID | None, *, actor: Actor, now: datetime) -> ErasureView:
    """Ask that everything of the caller, or of the child whose guardian the caller is, be erased in seven days.

    Raises:
        ErasurePersonNotFound: the caller may not ask for that person.
        GuardianNeeded: the caller is a child with a guardian, who is the one to ask.
        FreshSignInNeeded: the session is older than ten minutes.
        ErasureAsked: it is asked for already.
        ErasureBlocked: something is open; the faults say what.
    """
    with transaction() as session:
        own = session.get(SessionRow, actor.session_id) if actor.session_id is not None else None
        if own is None or not is_fresh(own.opened_at, now):
            raise FreshSignInNeeded()
        subject = _subject(session, actor, person_id)
        if lock_person(session, subject) is None:  # Two who ask at once come one after the other.
            raise ErasureBegun()
        if queries.open_erasure(session, subject) is not None:
            raise ErasureAsked()
        open_things = what_blocks(session, subject, now)
        if open_things:
            raise ErasureBlocked(faults=tuple(Fault("", each.code, str(each.text)) for each in open_things))
        row = ErasureRow(
            id=new_id(),
            person_id=subject,
            state=ErasureState.WAITING,
            asked_at=now,
            due_at=now + COOLING_OFF,
            parts_done=[],
            version=1,
        )
        session.add(row)
        session.flush()
        record(
            session,
            action="identity.erasure_asked",
            object_kind="identity.erasure",
            object_id=row.id,
            actor=actor,
            after={"state": row.state.value},
        )
        after_commit(log.info, "identity.erasure.asked", erasure_id=str(row.id))
        return _shown(session, row)


def show_own_erasure(person_id: UUID | None, *, actor: Actor) -> ErasureView:
    """Return the erasure of the caller, or of a child of theirs.

    Raises:
        ErasureNotFound: nobody has asked for one, or the caller may not ask for that person.
    """
    with reading() as session:
        subject = person_id or actor.id
        row = queries.open_erasure(session, subject) if acts_for(session, actor, subject) else None
        if row is None:
            raise ErasureNotFound()
        return _shown(session, row)


def show_erasure(erasure_id: UUID) -> ErasureView:
    """Return an erasure to whoever has its id: the person has no account any more, and it tells nothing of them.

    Raises:
        ErasureNotFound: there is none of this id.
    """
    with reading() as session:
        row = queries.find_erasure(session, erasure_id)
        if row is None:
            raise ErasureNotFound()
        return _shown(session, row)


def call_off_erasure(person_id: UUID | None, *, actor: Actor, now: datetime) -> None:
    """Call off the erasure of the caller, or of a child of theirs.

    Raises:
        ErasureNotFound: nobody has asked for one, or the caller may not ask for that person.
        GuardianNeeded: the caller is a child with a guardian.
        ErasureBegun: the seven days are over.
    """
    with transaction() as session:
        subject = person_id or actor.id
        if not acts_for(session, actor, subject):
            raise ErasureNotFound()
        _require_guardian_of_child(session, actor, subject)
        row = queries.open_erasure(session, subject, lock=True)
        if row is None:
            raise ErasureNotFound()
        if row.state is not ErasureState.WAITING:
            raise ErasureBegun()
        row.state, row.cancelled_at = ErasureState.CANCELLED, now
        row.version += 1
        record(
            session,
            action="identity.erasure_called_off",
            object_kind="identity.erasure",
            object_id=row.id,
            actor=actor,
            after={"state": row.state.value},
        )
        after_commit(log.info, "identity.erasure.called_off", erasure_id=str(row.id))


def what_blocks(session: Session, person_id: UUID, now: datetime) -> tuple[Blocked, ...]:
    """Return what is open of a person and has to end before they can be forgotten."""
    return tuple(each for _, part in parts_downwards() for each in part.blocks(session, person_id, now))


def _subject(session: Session, actor: Actor, person_id: UUID | None) -> UUID:
    subject = person_id or actor.id
    if not acts_for(session, actor, subject):
        raise ErasurePersonNotFound()
    _require_guardian_of_child(session, actor, subject)
    return subject


def _require_guardian_of_child(session: Session, actor: Actor, person_id: UUID) -> None:
    if guardian_of(session, person_id) is not None:  # A child of whom nobody knows who answers for it asks for itself.
        require_guardian(session, actor, person_id)


def _shown(session: Session, row: ErasureRow) -> ErasureView:
    return ErasureView(
        id=row.id,
        state=row.state,
        asked_at=row.asked_at,
        due_at=row.due_at if row.state is ErasureState.WAITING else None,
        done_at=row.done_at,
        restricted_until=row.restricted_until,
        kept=tuple(
            KeptThing(room=each.room, what=each.what, until=each.until, law=each.law)
            for each in queries.kept_of(session, row.id)
        ),
    )
