"""Opening hours by weekday, in whole minutes of the day."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.foundation.data import clock

DAY_MINUTES = 24 * 60
_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True, slots=True, order=True)
class OpenHours:
    """Open on a weekday (1 is Monday) from one minute of the day to another, which is not open any more."""

    weekday: int
    opens_min: int
    closes_min: int


def minutes_of(text: str) -> int | None:
    """Return the minute of the day that a clock time names, `24:00` included, or None.

    >>> minutes_of("08:30"), minutes_of("24:00"), minutes_of("24:01"), minutes_of("8:30")
    (510, 1440, None, None)
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    minutes = int(match[1]) * 60 + int(match[2])
    return minutes if minutes <= DAY_MINUTES else None


def moment_of(instant: datetime) -> tuple[int, int]:
    """Return weekday and minute of the day, in the city's time.

    >>> from datetime import UTC
    >>> moment_of(datetime(2026, 3, 12, 0, 30, tzinfo=UTC))
    (4, 510)
    """
    local = instant.astimezone(clock.CITY_ZONE)
    return local.isoweekday(), local.hour * 60 + local.minute


def hours_overlap(hours: Iterable[OpenHours]) -> bool:
    """Return whether two of these hours lie over each other, or one ends before it begins.

    >>> hours_overlap([OpenHours(1, 0, 600), OpenHours(1, 600, 700)]), hours_overlap([OpenHours(1, 0, 600), OpenHours(1, 599, 700)])
    (False, True)
    """
    last: OpenHours | None = None
    for each in sorted(hours):
        if each.opens_min >= each.closes_min:
            return True
        if last is not None and last.weekday == each.weekday and each.opens_min < last.closes_min:
            return True
        last = each
    return False
