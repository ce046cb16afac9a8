"""Taking an award back: a counter-transfer for what was posted, an end for what was still to come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit
from app.foundation.proof import Actor, logger, record
from app.ledger import Cause, reverse
from app.points import queries
from app.points.changes import award_changed
from app.points.errors import AwardReversed
from app.points.models import PartRow, PartState
from app.points.queries import Award
from app.points.telling import tell_reversed

AWARD_REVERSED = "points.award_reversed"
REVERSAL_SOURCE = "points.reversal"

_STANDING = (PartState.WAITING_RESULT, PartState.DECIDED, PartState.WAITING_BUDGET, PartState.POSTED)

log = logger(__name__)


def reverse_award(session: Session, award_id: UUID, *, actor: Actor, now: datetime) -> Award:
    """Take back all that is left of an award; what its owner has spent becomes a debt that the next points repay.

    The caps have room again. The year's budget has not: what was once given out is not given out twice.
    Whoever calls has seen to it that two people agreed (SECURITY B4): an appeal's second reviewer, an approval.

    Raises:
        AwardNotFound: there is no such award.
        AwardReversed: nothing of it is left.
    """
    award = queries.get_award(session, award_id)
    queries.lock_usage(session, person_id=award.person_id, act=award.act, days=[award.acted_on])
    parts = queries.lock_parts(session, [award_id], *_STANDING)
    if not parts:
        raise AwardReversed()
    for part in parts:
        if part.state is PartState.POSTED:
            _post_back(session, part, actor=actor, now=now)
        part.state = PartState.REVERSED
    session.flush()
    award_changed(session, award.person_id, award_id)
    points = sum(part.points for part in parts)
    queries.lower_usage(session, person_id=award.person_id, act=award.act, acted_on=award.acted_on, points=points)
    record(
        session,
        action=AWARD_REVERSED,
        object_kind="points.award",
        object_id=award_id,
        actor=actor,
        after={"points": points, "parts": [str(part.kind) for part in parts]},
    )
    tell_reversed(session, award.person_id, award_id, points=points, now=now)
    after_commit(log.info, AWARD_REVERSED, award_id=str(award_id), points=points)
    return queries.get_award(session, award_id)


def _post_back(session: Session, part: PartRow, *, actor: Actor, now: datetime) -> None:
    legs = {part.kind.value: part.transfer_id, f"{part.kind}/repayment": part.repayment_id}
    for leg, transfer_id in legs.items():
        if transfer_id is not None:
            cause = Cause(REVERSAL_SOURCE, part.award_id, leg, actor_id=actor.id)
            reverse(session, transfer_id, cause=cause, now=now)
