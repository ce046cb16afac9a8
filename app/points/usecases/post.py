"""Posting: the worker takes decided parts to the accounts, in batches, as far as the year's budget goes.

A part that does not fit waits in a queue, oldest award first, and nobody overtakes it: not a smaller one, not a newer one.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock
from app.foundation.proof import SYSTEM, logger
from app.foundation.work import Message, publish
from app.ledger import Cause, Granted, PointsGrant, expires_on, grant_many
from app.points import queries, rules
from app.points.changes import award_changed
from app.points.models import PartRow, PartState
from app.points.rule_sets import rule_set_on

BATCH = 100
AWARD_SOURCE = "points.award"
QUEUE_MOVES = "points.queue_moves"

log = logger(__name__)


def post_decided(session: Session, messages: list[Message]) -> None:
    """Post what these messages tell of. A part that was posted before is left alone, however often it is told."""
    award_ids = {UUID(message.payload["award_id"]) for message in messages}
    parts = queries.lock_parts(session, award_ids, PartState.DECIDED)
    _post_in_turn(session, parts, now=clock.now(), behind_the_queue=True)


def post_queue(session: Session, due_at: datetime) -> None:
    """Look again whether the budget lets the first in the queue through: there is a new year, or a new rule set."""
    _post_first_in_queue(session, key=due_at.isoformat())


def go_on_with_queue(session: Session, messages: list[Message]) -> None:
    """Post the next batch of a queue that moves."""
    for message in messages:
        _post_first_in_queue(session, key=f"{message.key}+")


def _post_first_in_queue(session: Session, *, key: str) -> None:
    parts = queries.lock_queue(session, limit=BATCH)
    if _post_in_turn(session, parts, now=clock.now(), behind_the_queue=False) == BATCH:
        publish(session, QUEUE_MOVES, key=key, payload={})


def _post_in_turn(session: Session, parts: Sequence[PartRow], *, now: datetime, behind_the_queue: bool) -> int:
    """Post the first parts that the budget has room for, let the others wait, and return how many were posted."""
    if not parts:
        return 0
    today = clock.civil_day(now)
    rule_set = rule_set_on(session, today).rule_set
    budget = queries.lock_budget(session, today.year, budget=rule_set.budget_points_year)
    room = budget.budget - budget.used
    if behind_the_queue and queries.is_anybody_waiting(session):
        room = 0
    served = rules.served_in_turn([part.points for part in parts], room=room)
    for part in parts[served:]:
        if part.state is not PartState.WAITING_BUDGET:
            part.state = PartState.WAITING_BUDGET
            award_changed(session, part.person_id, part.award_id)
            after_commit(log.info, "points.part.waits", award_id=str(part.award_id), points=part.points)
    _grant(session, parts[:served], now=now)
    budget.used += sum(part.points for part in parts[:served])
    session.flush()
    return served


def _grant(session: Session, parts: Sequence[PartRow], *, now: datetime) -> None:
    """Give the points to their owners. They last from the month in which they arrive, however long they waited."""
    if not parts:
        return
    months = queries.months_to_expiry(session, {part.award_id for part in parts})
    grants = [
        PointsGrant(
            resident_id=part.person_id,
            points=part.points,
            expires_on=expires_on(clock.civil_day(now), months=months[part.award_id]),
            cause=Cause(AWARD_SOURCE, part.award_id, part.kind, actor_id=SYSTEM.id),
        )
        for part in parts
    ]
    for part, grant, granted in zip(parts, grants, grant_many(session, grants, now=now), strict=True):
        _note(session, part, grant.cause.transfer_id(), granted, now=now)


def _note(session: Session, part: PartRow, transfer_id: UUID, granted: Granted, *, now: datetime) -> None:
    repayments = [each for each in granted.transfer_ids if each != transfer_id]
    part.transfer_id = transfer_id if granted.points else None
    part.repayment_id = repayments[0] if repayments else None
    part.repaid_points = granted.repaid_points
    part.state, part.posted_at = PartState.POSTED, now
    award_changed(session, part.person_id, part.award_id)
    after_commit(log.info, "points.part.posted", award_id=str(part.award_id), kind=part.kind, points=part.points)
