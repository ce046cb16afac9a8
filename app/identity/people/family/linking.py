"""Who answers for a child: how that begins and how it ends."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id
from app.foundation.proof import SYSTEM, Actor, logger, record
from app.identity.events import tell
from app.identity.people.changes import child_changed, child_gone
from app.identity.people.events import GUARDIAN_ENDED, GUARDIAN_LINKED
from app.identity.people.family import queries
from app.identity.people.family.errors import HasGuardian, NotAChild, NotOfFullAge, TooManyChildren
from app.identity.people.family.models import (
    BirthDateRow,
    GuardianshipEnd,
    GuardianshipRow,
    InvitationEnd,
    Relation,
)
from app.identity.people.queries import get_person_for_change
from app.identity.people.rules.ages import FULL_AGE, GUARDED_UNTIL_AGE, birthday, is_under

CHILDREN_MAX = 12
CLOSED_AT_ONCE_MAX = 500

log = logger(__name__)


def require_child(birth_date: BirthDateRow | None, today: date) -> date:
    """Return the birth date of a child under 14.

    Raises:
        NotAChild: there is no date, or it says otherwise.
    """
    if birth_date is None or not is_under(GUARDED_UNTIL_AGE, birth_date.born_on, today):
        raise NotAChild()
    return birth_date.born_on


def link(session: Session, child_id: UUID, guardian: Actor, relation: Relation, *, now: datetime) -> GuardianshipRow:
    """Make the actor the guardian of a child with a birth date on record.

    Raises:
        NotAChild: the child is none, or has no birth date.
        NotOfFullAge: the guardian's own birth date says that they are under 18.
        HasGuardian: somebody answers for the child.
        TooManyChildren: the guardian has as many as one may.
    """
    today = clock.civil_day(now)
    get_person_for_change(session, guardian.id)  # Two children at once are counted one after the other.
    born_on = require_child(queries.find_birth_date(session, child_id), today)
    own = queries.find_birth_date(session, guardian.id)
    if own is not None and is_under(FULL_AGE, own.born_on, today):
        raise NotOfFullAge(age_min=FULL_AGE)
    if len(queries.list_guardianships_of(session, guardian.id, today)) >= CHILDREN_MAX:
        raise TooManyChildren(children_max=CHILDREN_MAX)
    present = queries.lock_open_guardianship(session, child_id)
    if present is not None and present.until_on > today:
        raise HasGuardian()
    if present is not None:
        end(session, present, GuardianshipEnd.CAME_OF_AGE, actor=SYSTEM, now=now)
    row = GuardianshipRow(
        id=new_id(),
        child_id=child_id,
        guardian_id=guardian.id,
        relation=relation,
        declared_at=now,
        began_at=now,
        until_on=birthday(born_on, GUARDED_UNTIL_AGE),
    )
    session.add(row)
    session.flush()
    child_changed(session, row)
    record(
        session,
        action="identity.guardian_linked",
        object_kind="identity.person",
        object_id=child_id,
        actor=guardian,
        after={"guardianship": str(row.id), "relation": relation, "declared": True},
    )
    tell(session, GUARDIAN_LINKED, row.id, person_id=child_id, guardian_id=guardian.id)
    after_commit(log.info, "identity.guardian.linked", guardianship_id=str(row.id))
    return row


def end(session: Session, row: GuardianshipRow, because: GuardianshipEnd, *, actor: Actor, now: datetime) -> None:
    """Close a guardianship; what was consented under it stays as it was."""
    row.ended_at, row.ended_because = now, because
    session.flush()
    child_gone(session, row)
    record(
        session,
        action="identity.guardian_ended",
        object_kind="identity.person",
        object_id=row.child_id,
        actor=actor,
        after={"guardianship": str(row.id), "because": because},
    )
    tell(session, GUARDIAN_ENDED, row.id, person_id=row.child_id, guardian_id=row.guardian_id)


def close_due(session: Session, _: datetime) -> None:
    """Close what the calendar has ended: guardianships of children who are 14 now, and invitations nobody answered.

    Nobody waits for it: who answers for a child is computed from the day.
    """
    now = clock.now()
    for row in queries.lock_due_guardianships(session, clock.civil_day(now), limit=CLOSED_AT_ONCE_MAX):
        end(session, row, GuardianshipEnd.CAME_OF_AGE, actor=SYSTEM, now=now)
    for invitation in queries.lock_expired_invitations(session, now, limit=CLOSED_AT_ONCE_MAX):
        invitation.phone, invitation.closed_at, invitation.closed_because = None, now, InvitationEnd.EXPIRED
