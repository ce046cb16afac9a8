"""What a verdict does to a case, and what has to be said with it. Knows neither database nor clock."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.places import count_working_days, end_of

# [P] Product choice; the day on which a round begins does not count, as for every term in days (Civil Code, art. 201).
REVIEW_WORKING_DAYS = 5
APPROVALS_WITH_SECOND = 2
TAKEN_FOR = timedelta(days=2)  # [P] After that a colleague may take a case over, with a reason.
OTHER = "other"  # The reason that says nothing by itself.


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    NEEDS_MORE = "needs_more"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What a verifier says."""

    APPROVE = "approve"
    NEEDS_MORE = "needs_more"
    REJECT = "reject"


def may_take_over(taken_at: datetime, now: datetime, *, can_decide: bool) -> bool:
    """Return whether a colleague may take a case from who has it: after two days, or at once when they can decide no more."""
    return not can_decide or now - taken_at >= TAKEN_FOR


def goes_to_city(target: UUID, agencies_before: Collection[UUID]) -> bool:
    """Return whether a case goes to the city's agency instead: two counties that each call it the other's would pass it for ever.

    Args:
        target: the agency of the county that was named.
        agencies_before: every agency that has had the case.
    """
    return target in agencies_before


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question. Some answers, such as "the same trees", do not go together with an approval."""

    value: str
    text: str
    allows_approval: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt that the rules of the subject found. `id` names what it is about, so that an answer cannot slip to another."""

    id: str
    flag: str
    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class AnswerFaults:
    """What is wrong with the answers, by question id."""

    unknown: tuple[str, ...]
    open: tuple[str, ...]
    forbidding: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """By when a round should be decided. With a missing year the date is provisional: counted Monday to Friday there."""

    at: datetime
    missing_year: int | None


def due(opened_on: date) -> Due:
    """Return by when a round that begins on a day should be decided: the end of its fifth working day."""
    counted = count_working_days(opened_on, REVIEW_WORKING_DAYS)
    return Due(end_of(counted.day), next(iter(counted.missing_years), None))


def state_after(verdict: Verdict, *, approvals_before: int, needs_second: bool) -> CaseState:
    """Return where a case stands after a verdict; the first of two approvals leaves it open for another person.

    >>> state_after(Verdict.APPROVE, approvals_before=0, needs_second=True)
    <CaseState.OPEN: 'open'>
    """
    if verdict is Verdict.REJECT:
        return CaseState.REJECTED
    if verdict is Verdict.NEEDS_MORE:
        return CaseState.NEEDS_MORE
    wanted = APPROVALS_WITH_SECOND if needs_second else 1
    return CaseState.APPROVED if approvals_before + 1 >= wanted else CaseState.OPEN


def answer_faults(questions: Sequence[Question], answers: Mapping[str, str], verdict: Verdict) -> AnswerFaults:
    """Return what is wrong with the answers to the questions of a case.

    Only an approval has to answer everything; whoever refuses or asks for more has said why.
    """
    options = {question.id: {option.value: option for option in question.options} for question in questions}
    unknown = tuple(id for id, value in answers.items() if value not in options.get(id, {}))
    if verdict is not Verdict.APPROVE:
        return AnswerFaults(unknown, (), ())
    known = {id: options[id][value] for id, value in answers.items() if id not in unknown}
    return AnswerFaults(
        unknown=unknown,
        open=tuple(question.id for question in questions if question.id not in answers),
        forbidding=tuple(id for id, option in known.items() if not option.allows_approval),
    )
