"""Who takes part in giving somebody a role, and for how long one person may stand in for another. Knows no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.identity.staffing.rules.roles import Role, ScopeProblem, scope_problem

# Product choice: the longest absence that is covered without asking again.
DEPUTY_MAX = timedelta(days=90)
CODE_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; `until` is the first instant after it, None for one without an end."""

    start: datetime
    until: datetime | None

    def meets(self, other: "Span") -> bool:
        """Return whether the two have an instant in common."""
        is_before = self.until is not None and self.until <= other.start
        return not is_before and not (other.until is not None and other.until <= self.start)


def up_to(since: datetime, now: datetime) -> Span:
    """Return the time from an instant to now, now included."""
    return Span(since, now + timedelta.resolution)


@dataclass(frozen=True, slots=True)
class Standing:
    """That one member of staff stands in for another for a time."""

    deputy_id: UUID
    for_staff_id: UUID
    span: Span


def are_three(holder_id: UUID, *, proposer_id: UUID, approver_id: UUID) -> bool:
    """Return whether a role comes to somebody from two other people."""
    return len({holder_id, proposer_id, approver_id}) == 3


def places_filled(staff_id: UUID, standings: Iterable[Standing], *, within: Span) -> set[UUID]:
    """Return whose places somebody filled at some instant of `within`: their own, and those of whom they stood in for."""
    return {staff_id} | {
        each.for_staff_id for each in standings if each.deputy_id == staff_id and each.span.meets(within)
    }


def count_as_one(one: UUID, other: UUID, standings: Sequence[Standing], *, within: Span) -> bool:
    """Return whether two people filled one place, so that together they are one pair of eyes.

    A deputy and the person in whose place they act are one; so are two deputies of the same person. Two people who have the
    same deputy are still two: each only ever filled their own place.
    """
    return not places_filled(one, standings, within=within).isdisjoint(places_filled(other, standings, within=within))


def roles_problem(roles: Sequence[Role]) -> ScopeProblem | None:
    """Return why one person may not hold these roles at the same time, wherever they hold them, or None."""
    return scope_problem(roles, has_agency=True, counties=("*",))
