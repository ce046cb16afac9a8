"""Who counts when: intervals of civil days, half-open, and the limits of a household."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

# Product choice: three generations under one roof; above it, a circle of friends would be taken for a household.
MEMBERS_MAX = 12
# Product choice: people enter a move within a month; a longer reach would let figures be chosen afterwards.
JOIN_BACK_DAYS_MAX = 31
# Product choice: a wedding or the end of a lease is known two months ahead.
LEAVE_AHEAD_DAYS_MAX = 60
INVITATION_LIFE = timedelta(days=7)
INVITATIONS_OPEN_MAX = 20
FIGURES_DAYS_MAX = 731  # Two years, one of them a leap year.


@dataclass(frozen=True, slots=True)
class MemberInterval:
    """From which day to which a person counts in a household: `joined_on` is the first day, `left_on` the first day no more."""

    person_id: UUID
    joined_on: date
    left_on: date | None

    @property
    def until(self) -> date:
        """The first day no more, far ahead for who stays."""
        return self.left_on or date.max


@dataclass(frozen=True, slots=True)
class Span:
    """Days of one person, half-open."""

    person_id: UUID
    first: date
    until: date


def spans_within(intervals: Iterable[MemberInterval], first: date, until: date) -> list[Span]:
    """Return the days of each interval that lie in [first, until), without empty ones.

    >>> lin = MemberInterval(UUID(int=1), date(2026, 3, 1), date(2026, 7, 1))
    >>> [(str(s.first), str(s.until)) for s in spans_within([lin], date(2026, 1, 1), date(2027, 1, 1))]
    [('2026-03-01', '2026-07-01')]
    """
    cut = [Span(each.person_id, max(each.joined_on, first), min(each.until, until)) for each in intervals]
    return [span for span in cut if span.first < span.until]


def last_day_taken(own: Iterable[MemberInterval], joined_on: date) -> date | None:
    """Return until when a person counts elsewhere on or after `joined_on`; None when they are free from then on.

    Who stays has no such day, and `date.max` is returned.
    """
    taken = [each.until for each in own if each.joined_on < each.until and each.until > joined_on]
    return max(taken, default=None)


def crowd_max(intervals: Collection[MemberInterval], joined_on: date) -> int:
    """Return how many members count on the fullest day from `joined_on` on."""
    days = {joined_on, *(each.joined_on for each in intervals if each.joined_on > joined_on)}
    return max(sum(each.joined_on <= day < each.until for each in intervals) for day in days)


def join_days(opened_on: date, *, today: date) -> tuple[date, date]:
    """Return the first and the last day that can be given as the day of joining."""
    return max(opened_on, today - timedelta(days=JOIN_BACK_DAYS_MAX)), today


def leave_days(joined_on: date, *, today: date) -> tuple[date, date]:
    """Return the first and the last day that can be given as the day of leaving."""
    return joined_on, today + timedelta(days=LEAVE_AHEAD_DAYS_MAX)


def stay_after(intervals: Iterable[MemberInterval], left_on: date, *, today: date) -> list[MemberInterval]:
    """Return who still counts when somebody has left. Who has left by today stays nowhere, however far back the day lies."""
    return [each for each in intervals if each.until > max(left_on, today)]


def may_head(candidate: MemberInterval, others: Iterable[MemberInterval]) -> bool:
    """Return whether a member stays as long as all others, as a head must."""
    return all(candidate.until >= each.until for each in others)


def closes_on(intervals: Sequence[MemberInterval]) -> date | None:
    """Return the first day without a member, None while somebody stays."""
    days = [each.left_on for each in intervals]
    return None if None in days else max(day for day in days if day is not None)


def seen_until(own: Sequence[MemberInterval], *, today: date) -> date | None:
    """Return up to which day somebody sees a household: None for a member, the day they left for a past one."""
    last = max(each.until for each in own)
    return last if last <= today else None
