"""Settling the later part of an award, once somebody has seen what became of the act."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.proof import Actor, record
from app.foundation.work import publish
from app.points import queries
from app.points.changes import award_changed
from app.points.errors import LaterPartSettled
from app.points.models import PartState
from app.points.queries import Award
from app.points.telling import tell_settled

LATER_SETTLED = "points.later_settled"


def settle_later(session: Session, award_id: UUID, *, points: int, actor: Actor, now: datetime) -> Award:
    """Give the later part of an award, all of it or fewer points, and leave the posting to the worker; 0 forfeits it.

    Args:
        points: 0 up to the award's `points_later`.

    Raises:
        AwardNotFound: there is no such award.
        LaterPartSettled: its later part is settled, or it never had one.
    """
    queries.get_award(session, award_id)
    parts = queries.lock_parts(session, [award_id], PartState.WAITING_RESULT)
    if not parts:
        raise LaterPartSettled()
    part = parts[0]
    if not 0 <= points <= part.points:
        raise ValueError(f"{points} of {part.points} points")
    before = part.points
    part.state = PartState.DECIDED if points else PartState.FORFEITED
    part.points = points or part.points
    session.flush()
    award_changed(session, part.person_id, award_id)
    record(
        session,
        action=LATER_SETTLED,
        object_kind="points.award",
        object_id=award_id,
        actor=actor,
        before={"points_later": before},
        after={"points_later": points, "settled_at": now.isoformat()},
    )
    tell_settled(session, part.person_id, award_id, points=points, now=now)
    if points:
        publish(session, LATER_SETTLED, key=str(award_id), payload={"award_id": str(award_id), "points": points})
    return queries.get_award(session, award_id)
