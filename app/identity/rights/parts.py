"""The hook by which each room answers for the personal data it keeps.

A room registers one part from its `register(app)`; the order of registration is the staircase, and erasure goes down it. Rooms
below identity cannot register: `below.py` does it for them, through their front doors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from sqlalchemy.orm import Session

from app.foundation.proof import Hook
from app.identity.rights.rules import ENDED_AGAIN_AFTER

# Rows that one step changes at most: what a step locks, it locks for milliseconds.
ROWS_A_STEP = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A table with personal data, as the inventory of processing lists it (PIPL art. 55: what, what for, how long)."""

    table: str
    what: str
    purpose: str
    kept: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What an erasure leaves, and the law that says so.

    Args:
        what: a constant such as `payments`.
        until: the first day on which it is no longer kept; None where what stays tells of nobody any more.
        law: a key of `retention.csv`.
    """

    what: str
    until: date | None
    law: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """A step of an erasure: whose, seen at which instant, and how many rows it may change."""

    person_id: UUID
    at: datetime
    limit: int = ROWS_A_STEP


@dataclass(frozen=True, slots=True)
class Progress:
    """What a step has reached. A part that is not done is called again after a while; `kept` counts when it is."""

    is_done: bool
    kept: tuple[Kept, ...] = ()
    again_after: timedelta = timedelta(0)


# Of a part in which something still has to end that came in before the door was closed.
NOT_YET = Progress(is_done=False, again_after=ENDED_AGAIN_AFTER)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Something open that must end before its person can go.

    Args:
        code: a constant such as `order_open`.
        text: says who does what, in the caller's language.
    """

    code: str
    text: LazyString


def nothing_open(_: Session, __: UUID, ___: datetime) -> tuple[Blocked, ...]:
    """Return that nothing stands in the way."""
    return ()


def nothing_to_export(_: Session, __: UUID) -> dict[str, Any]:
    """Return an empty copy: for a part that holds nothing its person could read."""
    return {}


def nothing_to_erase(_: Session, __: Erasure) -> Progress:
    """Be done at once: for a part that holds nothing of residents."""
    return Progress(is_done=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData:
    """What one room keeps of people.

    Args:
        held: its tables with personal data.
        export: gives everything of a person, as lists of objects by name; read only.
        erase: lets go of at most `limit` rows a call, may be called again at any time, also years later for what was kept.
        blocks: what is open and must end first.
        not_personal: tables of the room with a column that looks like a person's, and why nothing of it is a resident's own.
    """

    held: tuple[Held, ...]
    export: Callable[[Session, UUID], dict[str, Any]]
    erase: Callable[[Session, Erasure], Progress]
    blocks: Callable[[Session, UUID, datetime], tuple[Blocked, ...]] = nothing_open
    not_personal: Mapping[str, str] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables with personal data."""
        return tuple(each.table for each in self.held)


person_data: Hook[PersonData] = Hook("identity.person_data")


def parts_upwards() -> list[tuple[str, PersonData]]:
    """Return all parts with their names, in the order of the staircase, identity's own first."""
    return person_data.in_order()


def parts_downwards() -> list[tuple[str, PersonData]]:
    """Return all parts in the order of an erasure: down the staircase, and who the person was last of all."""
    return parts_upwards()[::-1]
