"""The one clock of the product. Tests and the demo city set it; nothing else asks the machine for the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# Civil days, months and years of limits and statistics are Beijing's (DESIGN 6). China has had no summer time since 1991.
CITY_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that can say which instant it is."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        """Stand at `at`, which must carry a time zone."""
        self._now = as_utc(at)

    def now(self) -> datetime:
        """Return the instant the clock was set to."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Move the hands by `by`, backwards too."""
        self._now += by

    def set(self, at: datetime) -> None:
        """Set the hands to `at`."""
        self._now = as_utc(at)


_clock: Clock = SystemClock()


def now() -> datetime:
    """Return the present instant, aware and in UTC."""
    return _clock.now()


def use(clock: Clock) -> None:
    """Make `clock` the product's clock from here on."""
    global _clock
    _clock = clock


def system() -> None:
    """Go back to the machine's clock."""
    use(SystemClock())


@contextmanager
def standing_at(at: datetime) -> Iterator[FixedClock]:
    """Let the clock stand at `at` inside a `with` block."""
    before, fixed = _clock, FixedClock(at)
    use(fixed)
    try:
        yield fixed
    finally:
        use(before)


def as_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC.

    Raises:
        ValueError: the instant carries no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError("a naive time names no instant")
    return instant.astimezone(UTC)


def civil_day(instant: datetime) -> date:
    """Return the day on Lishui's calendars.

    >>> civil_day(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    datetime.date(2027, 1, 1)
    """
    return as_utc(instant).astimezone(CITY_ZONE).date()


def day_start(day: date) -> datetime:
    """Return the first instant of a civil day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE).astimezone(UTC)
