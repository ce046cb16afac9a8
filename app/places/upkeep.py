"""Seeing to it that somebody adds the next year's working days: a task for an admin, and a warning in the log."""

from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.foundation.proof import logger
from app.foundation.work import end_task, open_task
from app.places import calendar

CALENDAR_TASK = "places.calendar_missing"
_SUBJECT = "places.calendar"
# [P] The notice of a year has come in the first half of November (2024-11-12, 2025-11-04): after that it can be entered.
WARNED_BEFORE = timedelta(days=60)
LOOKED_AFTER_EVERY = timedelta(hours=6)
# An admin's task of a year long past or far ahead is nobody's: these many years around today are looked at.
_YEARS_AROUND = 2

log = logger(__name__)


def ask_for_calendar(session: Session, year: int, *, due_at: datetime | None = None) -> None:
    """Open the task "add the working days of this year"; once for each year, however often it is asked for."""
    open_task(session, kind=CALENDAR_TASK, subject_kind=_SUBJECT, subject_id=_id_of(year), role="admin", due_at=due_at)


def look_after_calendars(session: Session, due_at: datetime) -> None:
    """Close the tasks of years that are there now; ask for a year that is missing 60 days before it begins."""
    today = clock.civil_day(clock.now())
    known = calendar.years()
    for year in range(today.year - _YEARS_AROUND, today.year + _YEARS_AROUND + 1):
        if year in known:
            end_task(session, kind=CALENDAR_TASK, subject_kind=_SUBJECT, subject_id=_id_of(year))
    missing = soon_missing(today)
    if missing is not None:
        log.warning("places.calendar.ends", missing_year=missing)
        ask_for_calendar(session, missing, due_at=calendar.end_of(max(today, date(missing - 1, 12, 31))))


def soon_missing(today: date) -> int | None:
    """Return the first year without a calendar that has begun or begins within 60 days, or None."""
    last = calendar.last_known_year(today.year)
    if last is None:
        return today.year
    return last + 1 if date(last + 1, 1, 1) - today <= WARNED_BEFORE else None


def _id_of(year: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"lintan:working-days:{year}")
