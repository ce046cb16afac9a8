"""Where a ticket can stand, who moves it where, and by when somebody answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.places import count_working_days, end_of

# Product choices. A ticket is answered by the end of the second working day; after that it stands first in the queue.
ANSWER_WORKING_DAYS = 2
REOPENABLE = timedelta(days=14)
MESSAGES_MAX = 200
TICKETS_OPEN_MAX = 20


class Topic(StrEnum):
    """What somebody needs help with."""

    ACCOUNT = "account"
    PLANTING = "planting"
    PAYMENT = "payment"
    CERTIFICATE = "certificate"
    PRIVACY = "privacy"
    OTHER = "other"


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"  # For anybody of the help desk.
    TAKEN = "taken"  # By one of them.
    ANSWERED = "answered"
    HANDED_OVER = "handed_over"  # To the 12345 hotline, which answers from there.
    CLOSED = "closed"


class Side(StrEnum):
    """The two sides of a ticket."""

    OWNER = "owner"
    SUPPORT = "support"


class Act(StrEnum):
    """What somebody does to a ticket. The first two are its owner's, the others the help desk's."""

    WRITE = "write"
    END = "end"
    TAKE = "take"
    RELEASE = "release"
    ANSWER = "answer"
    HAND_OVER = "hand_over"
    SETTLE = "settle"


# What is not here is refused. A closed ticket is written to again only for a while (`may_reopen`).
AFTER: Mapping[tuple[TicketState, Act], TicketState] = {
    (TicketState.WAITING, Act.WRITE): TicketState.WAITING,
    (TicketState.WAITING, Act.END): TicketState.CLOSED,
    (TicketState.WAITING, Act.TAKE): TicketState.TAKEN,
    (TicketState.TAKEN, Act.WRITE): TicketState.TAKEN,
    (TicketState.TAKEN, Act.END): TicketState.CLOSED,
    (TicketState.TAKEN, Act.RELEASE): TicketState.WAITING,
    (TicketState.TAKEN, Act.ANSWER): TicketState.ANSWERED,
    (TicketState.TAKEN, Act.HAND_OVER): TicketState.HANDED_OVER,
    (TicketState.TAKEN, Act.SETTLE): TicketState.CLOSED,
    (TicketState.ANSWERED, Act.WRITE): TicketState.WAITING,
    (TicketState.ANSWERED, Act.END): TicketState.CLOSED,
    (TicketState.ANSWERED, Act.TAKE): TicketState.TAKEN,
    # What an owner adds has to be read here: the hotline does not see it.
    (TicketState.HANDED_OVER, Act.WRITE): TicketState.WAITING,
    (TicketState.HANDED_OVER, Act.END): TicketState.CLOSED,
    (TicketState.HANDED_OVER, Act.ANSWER): TicketState.ANSWERED,
    (TicketState.HANDED_OVER, Act.SETTLE): TicketState.CLOSED,
    (TicketState.CLOSED, Act.WRITE): TicketState.WAITING,
}


def state_after(state: TicketState, act: Act) -> TicketState | None:
    """Return where an act takes a ticket, or None when it cannot be done there.

    >>> state_after(TicketState.TAKEN, Act.ANSWER)
    <TicketState.ANSWERED: 'answered'>
    """
    return AFTER.get((state, act))


def may_reopen(closed_at: datetime, now: datetime) -> bool:
    """Return whether a new message still opens a closed ticket again: for 14 days, the last instant included."""
    return now - closed_at <= REOPENABLE


@dataclass(frozen=True, slots=True)
class Due:
    """By when somebody answers. With a missing year the day is provisional: counted Monday to Friday there."""

    at: datetime
    missing_year: int | None


def due(day: date) -> Due:
    """Return by when a ticket that waits since a day is answered."""
    counted = count_working_days(day, ANSWER_WORKING_DAYS)
    return Due(end_of(counted.day), next(iter(counted.missing_years), None))
