"""Decisions about copies and erasures: how long, how fresh, until when."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

# What the app makes its user type or confirm; the same in every language, as it is no text to read but a mark of intent.
CONFIRMATION = "erase my account"
# Days in which an erasure can be called off. With the work after it the whole stays far below 15 working days.
COOLING_OFF = timedelta(days=7)
# Of the session that asks: whoever picks up an unlocked telephone has no fresh code.
FRESH_WITHIN = timedelta(minutes=10)
# Between two looks whether what was open has ended.
LOOKED_AGAIN_AFTER = timedelta(days=1)
# Longer than any request is served: whoever was let in before the door was closed has committed or failed by then.
LONGEST_REQUEST = timedelta(minutes=5)
# Between two looks whether what came in before the door was closed has ended: a reservation ends within minutes by itself.
ENDED_AGAIN_AFTER = timedelta(minutes=10)
EXPORT_KEPT = timedelta(days=7)
LINK_LASTS = timedelta(minutes=10)
EXPORT_TRIES_MAX = 5
EXPORTS_A_DAY = 5
_MONTH_OF_FISCAL_YEAR, _DAY_OF_FISCAL_YEAR = 1, 1


class Law(StrEnum):
    """The rows of `retention.csv`."""

    ACCOUNTING = "accounting"
    TRADE = "trade"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Retention:
    """A law that keeps something, in years, with how well we know it."""

    key: Law
    years: int | None
    counted_from: str
    law_zh: str
    law_en: str
    status: str
    source: str


@cache
def retention(law: Law) -> Retention:
    """Return what a law says."""
    with (Path(__file__).parent / "data" / "retention.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    row = rows[law.value]
    return Retention(law, int(row["years"]) if row["years"] else None, *(row[name] for name in list(row)[2:]))


def kept_until(law: Law, day: date) -> date | None:
    """Return the first day on which what happened on `day` is no longer kept, or None where no term runs.

    >>> kept_until(Law.ACCOUNTING, date(2026, 11, 24)), kept_until(Law.TRADE, date(2024, 2, 29))
    (datetime.date(2057, 1, 1), datetime.date(2027, 3, 1))
    """
    said = retention(law)
    if said.years is None:
        return None
    if said.counted_from == "fiscal_year_end":
        return date(day.year + 1 + said.years, _MONTH_OF_FISCAL_YEAR, _DAY_OF_FISCAL_YEAR)
    try:
        return day.replace(year=day.year + said.years)
    except ValueError:  # 29 February: ending on the 28th would cut a day of the term.
        return date(day.year + said.years, 3, 1)


def is_fresh(opened_at: datetime, now: datetime) -> bool:
    """Return whether a session is young enough to ask for an erasure."""
    return timedelta(0) <= now - opened_at < FRESH_WITHIN


def days_of(until: Iterable[date | None]) -> tuple[date, date] | None:
    """Return the latest and the earliest of the days on which something kept ends, or None when nothing is kept for a term."""
    days = [day for day in until if day is not None]
    return (max(days), min(days)) if days else None
