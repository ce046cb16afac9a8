"""Reads and locks of points."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.foundation.data import insert_once, rows_written
from app.points import rules
from app.points.errors import AwardNotFound
from app.points.models import IN_QUEUE, PENDING, AwardRow, BudgetRow, PartKind, PartRow, PartState, UsageRow
from app.points.rules import Line, PeriodKind, Usage


@dataclass(frozen=True, slots=True)
class Part:
    """Points of an award that are given together."""

    kind: PartKind
    points: int
    state: PartState
    posted_at: datetime | None
    transfer_id: UUID | None
    repaid_points: int


@dataclass(frozen=True, slots=True)
class Award:
    """What an act earned, and how it came about. A zero award has no parts."""

    id: UUID
    person_id: UUID
    act: str
    subject_kind: str
    subject_id: UUID
    acted_on: date
    quantity: int
    document_id: UUID
    rule_version: int
    points: int
    points_now: int
    points_later: int
    later_on: date | None
    arithmetic: tuple[Line, ...]
    decided_at: datetime
    decided_by: UUID
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class PendingSum:
    """What is still to come to one person from one cause; `next_on` is the earliest day of a later part."""

    state: PartState
    points: int
    next_on: date | None


def find_award(session: Session, subject_kind: str, subject_id: UUID, person_id: UUID) -> AwardRow | None:
    """Return what a person earned with a subject, or None."""
    return session.scalar(
        select(AwardRow).where(
            AwardRow.subject_kind == subject_kind, AwardRow.subject_id == subject_id, AwardRow.person_id == person_id
        )
    )


def award_for(session: Session, subject_kind: str, subject_id: UUID) -> Award | None:
    """Return the award of a subject, or None; of a subject that several people share, the one decided first."""
    return next(iter(awards_for(session, subject_kind, [subject_id]).get(subject_id, [])), None)


def awards_for(session: Session, subject_kind: str, subject_ids: Collection[UUID]) -> dict[UUID, list[Award]]:
    """Return the awards of subjects, by subject, in the order in which they were decided."""
    rows = session.scalars(
        select(AwardRow)
        .where(AwardRow.subject_kind == subject_kind, AwardRow.subject_id.in_(list(subject_ids)))
        .order_by(AwardRow.id)
    ).all()
    found: dict[UUID, list[Award]] = {}
    for award in awards_of(session, rows):
        found.setdefault(award.subject_id, []).append(award)
    return found


def awards_by_ids(session: Session, ids: Collection[UUID]) -> dict[UUID, Award]:
    """Return awards by id; an unknown one is left out."""
    rows = session.scalars(select(AwardRow).where(AwardRow.id.in_(list(ids)))).all() if ids else []
    return {award.id: award for award in awards_of(session, rows)}


def get_award(session: Session, award_id: UUID) -> Award:
    """Return an award.

    Raises:
        AwardNotFound: there is none of this id.
    """
    found = awards_by_ids(session, [award_id]).get(award_id)
    if found is None:
        raise AwardNotFound()
    return found


def awards_of(session: Session, rows: Sequence[AwardRow]) -> list[Award]:
    """Return rows as they are handed to others, each with its parts, in the order given."""
    parts: dict[UUID, list[Part]] = {row.id: [] for row in rows}
    if rows:
        for each in session.scalars(
            select(PartRow)
            .where(PartRow.award_id.in_(list(parts)))
            .order_by(PartRow.award_id, PartRow.kind.desc())  # `now` before `later`.
            .execution_options(populate_existing=True)
        ):
            parts[each.award_id].append(
                Part(each.kind, each.points, each.state, each.posted_at, each.transfer_id, each.repaid_points)
            )
    return [_award(row, tuple(parts[row.id])) for row in rows]


def _award(row: AwardRow, parts: tuple[Part, ...]) -> Award:
    return Award(
        id=row.id,
        person_id=row.person_id,
        act=row.act,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        acted_on=row.acted_on,
        quantity=row.quantity,
        document_id=row.document_id,
        rule_version=row.rule_version,
        points=row.points,
        points_now=row.points_now,
        points_later=row.points_later,
        later_on=row.later_on,
        arithmetic=tuple(row.arithmetic),
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        parts=parts,
    )


def lock_parts(session: Session, award_ids: Collection[UUID], *states: PartState) -> Sequence[PartRow]:
    """Return the parts of awards that are in one of these states, oldest award first, for a change."""
    statement = select(PartRow).where(PartRow.award_id.in_(list(award_ids)), PartRow.state.in_(states))
    return _lock(session, statement)


def lock_queue(session: Session, *, limit: int) -> Sequence[PartRow]:
    """Return the parts that have waited longest for the budget, for a change."""
    return _lock(session, select(PartRow).where(IN_QUEUE), limit=limit)


def _lock(session: Session, statement: Any, limit: int | None = None) -> Sequence[PartRow]:
    # Ids of awards tell their time, so their order is that of the decisions.
    ordered = statement.order_by(PartRow.award_id, PartRow.kind).limit(limit).with_for_update()
    rows: Sequence[PartRow] = session.scalars(ordered.execution_options(populate_existing=True)).all()
    return rows


def is_anybody_waiting(session: Session) -> bool:
    """Return whether parts wait for the budget."""
    return session.scalar(select(PartRow.award_id).where(IN_QUEUE).limit(1)) is not None


def pending_of(session: Session, person_id: UUID) -> list[PendingSum]:
    """Return what is still to come to a person, one sum for each cause. Caps bound the number of rows behind it."""
    rows = session.execute(
        select(PartRow.state, func.sum(PartRow.points), func.min(AwardRow.later_on))
        .join(AwardRow, AwardRow.id == PartRow.award_id)
        .where(PartRow.person_id == person_id, PartRow.state.in_(PENDING))
        .group_by(PartRow.state)
        .order_by(PartRow.state)
    )
    return [
        PendingSum(state, int(points), later_on if state is PartState.WAITING_RESULT else None)
        for state, points, later_on in rows
    ]


def lock_usage(session: Session, *, person_id: UUID, act: str, days: Iterable[date]) -> None:
    """Make everybody else who counts acts of this kind of this person, in the years of these days, wait for us."""
    years = sorted({rules.period_start(PeriodKind.YEAR, day) for day in days})
    for year in years:
        insert_once(session, UsageRow, person_id=person_id, act=act, period_kind=PeriodKind.YEAR, period=year, points=0)
    session.execute(
        select(UsageRow.period)
        .where(
            UsageRow.person_id == person_id,
            UsageRow.act == act,
            UsageRow.period_kind == PeriodKind.YEAR,
            UsageRow.period.in_(years),
        )
        .order_by(UsageRow.period)
        .with_for_update()
    )


def usage_of(session: Session, *, person_id: UUID, act: str, acted_on: date, window: tuple[date, date] | None) -> Usage:
    """Return what a person has earned in the periods of a day, and the nearest act that did inside `window`."""
    wanted = [_periods_of(acted_on)]
    if window is not None:
        wanted.append(and_(UsageRow.period_kind == PeriodKind.DAY, UsageRow.period.between(*window)))
    rows = session.execute(
        select(UsageRow.period_kind, UsageRow.period, UsageRow.points).where(
            UsageRow.person_id == person_id, UsageRow.act == act, or_(*wanted)
        )
    ).all()
    starts = {kind: rules.period_start(kind, acted_on) for kind in PeriodKind}
    points = {kind: points for kind, period, points in rows if starts[kind] == period}
    near = [period for kind, period, points in rows if window and kind is PeriodKind.DAY and points > 0]
    return Usage(points, min(near, key=lambda day: (abs(day - acted_on), day), default=None))


def raise_usage(session: Session, *, person_id: UUID, act: str, acted_on: date, points: int) -> None:
    """Count points in the three periods of their day. The caller holds the lock of the year."""
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    insert = make(UsageRow).values(
        [
            {
                "person_id": person_id,
                "act": act,
                "period_kind": kind,
                "period": rules.period_start(kind, acted_on),
                "points": points,
            }
            for kind in PeriodKind
        ]
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[UsageRow.person_id, UsageRow.act, UsageRow.period_kind, UsageRow.period],
            set_={"points": UsageRow.points + insert.excluded.points},
        )
    )


def lower_usage(session: Session, *, person_id: UUID, act: str, acted_on: date, points: int) -> None:
    """Stop counting points that were taken back. The caller holds the lock of the year."""
    rows_written(
        session,
        update(UsageRow)
        .where(UsageRow.person_id == person_id, UsageRow.act == act, _periods_of(acted_on))
        .values(points=UsageRow.points - points),
    )


def _periods_of(day: date) -> ColumnElement[bool]:
    return or_(
        *(and_(UsageRow.period_kind == kind, UsageRow.period == rules.period_start(kind, day)) for kind in PeriodKind)
    )


def lock_budget(session: Session, year: int, *, budget: int) -> BudgetRow:
    """Return the year's budget for taking from it, brought to what the rules say now.

    A budget that is lowered below what is used up gives nothing more; it takes nothing back.
    """
    insert_once(session, BudgetRow, year=year, budget=budget, used=0)
    row = session.scalars(
        select(BudgetRow).where(BudgetRow.year == year).with_for_update().execution_options(populate_existing=True)
    ).one()
    row.budget = max(budget, row.used)
    return row


def months_to_expiry(session: Session, award_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return for how many months the points of each award last, once they have arrived."""
    rows = session.execute(select(AwardRow.id, AwardRow.expires_after_months).where(AwardRow.id.in_(list(award_ids))))
    return {row.id: row.expires_after_months for row in rows}
