"""Deciding what an act earns, in the request that approves it; and the same arithmetic as a preview."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, new_id
from app.foundation.proof import Actor, logger, record
from app.foundation.work import publish
from app.points import queries, rules
from app.points.changes import award_changed
from app.points.errors import AwardDiffers
from app.points.models import AwardRow, PartKind, PartRow, PartState
from app.points.queries import Award
from app.points.rule_sets import RuleSetInForce, rule_set_on
from app.points.rules import Arithmetic, Line
from app.points.telling import tell_award

AWARD_DECIDED = "points.award_decided"

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class AwardPreview:
    """What an act would earn if it were decided now."""

    act: str
    acted_on: date
    quantity: int
    document_id: UUID
    rule_version: int
    rule_effective_from: date
    points: int
    points_now: int
    points_later: int
    later_on: date | None
    arithmetic: tuple[Line, ...]
    second_verifier_needed: bool


def decide_award(
    session: Session,
    *,
    person_id: UUID,
    act: str,
    subject_kind: str,
    subject_id: UUID,
    acted_on: date,
    quantity: int,
    now: datetime,
    actor: Actor,
) -> Award:
    """Decide what an act earned by the rule set in force on its day, and leave the posting to the worker.

    Zero is decided too, with its reason. Deciding the same again returns what was decided.

    Args:
        act: `planting.tree`; its unit is the rule set's.
        acted_on: the civil day of the act, which also says whose day, month and year the caps count.
        quantity: units, >= 0.

    Raises:
        DocumentMissing: no rule set was in force on the day of the act.
        AwardDiffers: this person was awarded for this subject before, with other figures.
    """
    in_force = rule_set_on(session, acted_on)
    days = [acted_on, *(_window(in_force, act, acted_on) or ())]
    queries.lock_usage(session, person_id=person_id, act=act, days=days)
    standing = queries.find_award(session, subject_kind, subject_id, person_id)
    if standing is not None:
        if (standing.act, standing.acted_on, standing.quantity) != (act, acted_on, quantity):
            raise AwardDiffers()
        return queries.get_award(session, standing.id)
    made = _would_earn(session, in_force, person_id=person_id, act=act, acted_on=acted_on, quantity=quantity)
    row = AwardRow(
        id=new_id(),
        person_id=person_id,
        act=act,
        subject_kind=subject_kind,
        subject_id=subject_id,
        acted_on=acted_on,
        quantity=quantity,
        document_id=in_force.document_id,
        rule_version=in_force.version,
        points=made.points,
        points_now=made.points_now,
        points_later=made.points_later,
        later_on=made.later_on,
        expires_after_months=in_force.rule_set.expires_after_months,
        arithmetic=list(made.lines),
        decided_at=now,
        decided_by=actor.id,
    )
    session.add_all([row, *_parts(row)])
    session.flush()
    award_changed(session, person_id, row.id)
    if made.points:
        queries.raise_usage(session, person_id=person_id, act=act, acted_on=acted_on, points=made.points)
    _tell(session, row, actor)
    tell_award(session, row, now)
    return queries.awards_of(session, [row])[0]


def preview_award(session: Session, *, person_id: UUID, act: str, acted_on: date, quantity: int) -> AwardPreview:
    """Return what `decide_award` would decide at this moment, and whether it needs a second verifier; write nothing.

    Raises:
        DocumentMissing: no rule set was in force on the day of the act.
    """
    in_force = rule_set_on(session, acted_on)
    made = _would_earn(session, in_force, person_id=person_id, act=act, acted_on=acted_on, quantity=quantity)
    return AwardPreview(
        act=act,
        acted_on=acted_on,
        quantity=quantity,
        document_id=in_force.document_id,
        rule_version=in_force.version,
        rule_effective_from=in_force.effective_from,
        points=made.points,
        points_now=made.points_now,
        points_later=made.points_later,
        later_on=made.later_on,
        arithmetic=made.lines,
        second_verifier_needed=made.points > in_force.rule_set.second_verifier_over_points,
    )


def second_verifier_over(session: Session, on: date) -> int:
    """Return the points above which an award for an act of this day needs a second verifier.

    Raises:
        DocumentMissing: no rule set was in force on that day.
    """
    return rule_set_on(session, on).rule_set.second_verifier_over_points


def _would_earn(
    session: Session, in_force: RuleSetInForce, *, person_id: UUID, act: str, acted_on: date, quantity: int
) -> Arithmetic:
    window = _window(in_force, act, acted_on)
    usage = queries.usage_of(session, person_id=person_id, act=act, acted_on=acted_on, window=window)
    rule = in_force.rule_set.acts.get(act)
    return rules.arithmetic_of(rule, quantity=quantity, acted_on=acted_on, usage=usage)


def _window(in_force: RuleSetInForce, act: str, acted_on: date) -> tuple[date, date] | None:
    rule = in_force.rule_set.acts.get(act)
    return rules.cool_down_window(acted_on, days=rule.cool_down_days) if rule else None


def _parts(award: AwardRow) -> list[PartRow]:
    parts = (
        (PartKind.NOW, award.points_now, PartState.DECIDED),
        (PartKind.LATER, award.points_later, PartState.WAITING_RESULT),
    )
    return [
        PartRow(award_id=award.id, kind=kind, person_id=award.person_id, points=points, state=state, repaid_points=0)
        for kind, points, state in parts
        if points
    ]


def _tell(session: Session, award: AwardRow, actor: Actor) -> None:
    record(
        session,
        action=AWARD_DECIDED,
        object_kind="points.award",
        object_id=award.id,
        actor=actor,
        after={"document_id": str(award.document_id), "quantity": award.quantity, "lines": award.arithmetic},
    )
    publish(session, AWARD_DECIDED, key=str(award.id), payload={"award_id": str(award.id), "points": award.points})
    after_commit(log.info, AWARD_DECIDED, award_id=str(award.id), act=award.act, points=award.points)
