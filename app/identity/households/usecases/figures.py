"""What the members of a household did while they were members, added up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, reading
from app.foundation.proof import Actor, Hook
from app.identity.households import queries, rules
from app.identity.households.errors import FiguresPeriodOutOfRange
from app.identity.households.rules import MemberInterval
from app.identity.households.usecases.reading import own_of, seen_household, shown_name
from app.identity.people.directory import people_by_ids

# (session, intervals, first, until) -> the sum over the days of the intervals that lie in [first, until). A room answers with
# one indexed sum for each interval, never with a sum over everybody.
HouseholdFigure = Callable[[Session, Sequence[MemberInterval], date, date], int]

household_figures: Hook[HouseholdFigure] = Hook("identity.household_figures")


@dataclass(frozen=True, slots=True)
class Figure:
    """One sum: `points_earned`, `retired_kg`."""

    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class CountedInterval:
    """The days of a membership that were counted, half-open."""

    first: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFigures:
    """What one person did while they were a member."""

    name: str
    is_me: bool
    intervals: tuple[CountedInterval, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFigures:
    """The figures of a household in [first, until). The totals are the sums of the lines."""

    household_id: UUID
    first: date
    until: date
    totals: tuple[Figure, ...]
    members: tuple[MemberFigures, ...]


def figures_of(household_id: UUID, first: date, until: date, *, actor: Actor, now: datetime) -> HouseholdFigures:
    """Return what the members of a household did in a period, each only while they were a member.

    A past member sees nothing from the day they left: the period ends there.

    Raises:
        HouseholdNotFound: the caller was never a member.
        FiguresPeriodOutOfRange: no day, or more than two years.
    """
    if not 1 <= (until - first).days <= rules.FIGURES_DAYS_MAX:
        raise FiguresPeriodOutOfRange(days_max=rules.FIGURES_DAYS_MAX)
    with reading() as session:
        _, rows = seen_household(session, household_id, actor)
        own = [queries.interval_of(row) for row in own_of(session, rows, actor)]
        limit = rules.seen_until(own, today=clock.civil_day(now))
        until = until if limit is None else max(first, min(until, limit))
        by_person: dict[UUID, list[MemberInterval]] = {}
        for each in queries.membership_intervals(session, household_id, first, until):
            by_person.setdefault(each.person_id, []).append(each)
        people = people_by_ids(session, by_person)
        members = tuple(
            MemberFigures(
                name=shown_name(people.get(person_id), actor.id),
                is_me=person_id == actor.id,
                intervals=tuple(
                    CountedInterval(span.first, span.until) for span in rules.spans_within(intervals, first, until)
                ),
                figures=_figures(session, intervals, first, until),
            )
            for person_id, intervals in by_person.items()
        )
    return HouseholdFigures(
        household_id=household_id, first=first, until=until, totals=_added(members), members=members
    )


def _figures(session: Session, intervals: Sequence[MemberInterval], first: date, until: date) -> tuple[Figure, ...]:
    return tuple(
        Figure(kind, household_figures.handler(kind)(session, intervals, first, until))
        for kind in household_figures.kinds()
    )


def _added(members: Sequence[MemberFigures]) -> tuple[Figure, ...]:
    totals = dict.fromkeys(household_figures.kinds(), 0)
    for member in members:
        for figure in member.figures:
            totals[figure.kind] += figure.amount
    return tuple(Figure(kind, amount) for kind, amount in totals.items())
