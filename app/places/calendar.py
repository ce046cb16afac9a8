"""The working-day calendar: Monday to Friday, without the holidays and with the shifted working days of each year's notice.

The State Council's office announces a year in the November before it. A year is one file: what the product ships, and what
the operator adds in the folder `LINTAN_CALENDARS` without a release. A year without a file is missing, never guessed.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from flask import current_app

from app.foundation.data import clock
from app.foundation.proof import logger
from app.places.errors import CalendarInvalid, CalendarMissing

SHIPPED = Path(__file__).parent / "data"
_FILE_NAME = re.compile(r"working_days_(\d{4})\.csv")
_COLUMNS = ["date", "kind", "name_zh", "name_en", "source", "status"]
_TEXT_MAX = 300
_ROWS_MAX = 100
# 全国年节及纪念日放假办法 (State Council order 795, in force 2025-01-01) gives these by date every year; the other festivals
# follow the moon. A file without one of them is not the whole notice.
_FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
# A notice may let the New Year holiday begin, or shift a working day, in the last days of the December before.
_DAYS_OF_DECEMBER_BEFORE = 7
_FRIDAY = 4
COUNT_MAX = 366

log = logger(__name__)


class ShiftKind(StrEnum):
    """What a notice makes of a day."""

    HOLIDAY = "holiday"
    SHIFTED_WORKDAY = "shifted_workday"


class ShiftStatus(StrEnum):
    """Whether the day was read in the notice or is remembered."""

    VERIFIED = "VERIFIED"
    RECALLED = "RECALLED"


@dataclass(frozen=True, slots=True)
class Shift:
    """A day that a notice takes out of the plain week, or puts to work in it."""

    day: date
    kind: ShiftKind
    name_zh: str
    name_en: str
    source: str
    status: ShiftStatus

    def name(self, language: str) -> str:
        """Return the holiday's name in `en`, or in Chinese for every other language."""
        return self.name_en if language == "en" else self.name_zh


@dataclass(frozen=True, slots=True)
class YearCalendar:
    """The shifts of one year, in the order of their days."""

    year: int
    shifts: tuple[Shift, ...]

    @property
    def status(self) -> ShiftStatus:
        """VERIFIED if every day of it is."""
        is_verified = all(shift.status is ShiftStatus.VERIFIED for shift in self.shifts)
        return ShiftStatus.VERIFIED if is_verified else ShiftStatus.RECALLED


@dataclass(frozen=True, slots=True)
class CountedDay:
    """The day a count of working days leads to, and the years that had no calendar and were counted Monday to Friday."""

    day: date
    missing_years: tuple[int, ...]


def is_working_day(day: date) -> bool:
    """Return whether offices in China work on a day.

    Raises:
        CalendarMissing: the year has no calendar.
    """
    known = _known()
    if day.year not in known.years:
        raise CalendarMissing(year=day.year)
    return known.works(day)


def working_days_after(day: date, count: int) -> date:
    """Return the last of the `count` working days that follow a day, which does not count itself.

    Raises:
        CalendarMissing: the count reaches into a year that has no calendar.
        ValueError: the count is below 0 or above 366.
    """
    counted = count_working_days(day, count)
    if counted.missing_years:
        raise CalendarMissing(year=counted.missing_years[0])
    return counted.day


def count_working_days(day: date, count: int) -> CountedDay:
    """Return what `working_days_after` does, with Monday to Friday where a year is missing, and say so.

    Raises:
        ValueError: the count is below 0 or above 366.
    """
    if not 0 <= count <= COUNT_MAX:
        raise ValueError(f"{count} working days are not counted")
    known, missing = _known(), set[int]()
    while count:
        day += timedelta(days=1)
        if day.year not in known.years:
            missing.add(day.year)
        count -= known.works(day)
    return CountedDay(day, tuple(sorted(missing)))


def end_of(day: date) -> datetime:
    """Return the last second of a civil day, in UTC: a deadline that is still this day wherever it is shown.

    >>> end_of(date(2026, 3, 19)).isoformat()
    '2026-03-19T15:59:59+00:00'
    """
    return clock.day_start(day + timedelta(days=1)) - timedelta(seconds=1)


def year_calendar(year: int) -> YearCalendar:
    """Return the calendar of a year.

    Raises:
        CalendarMissing: there is none.
    """
    found = years().get(year)
    if found is None:
        raise CalendarMissing(year=year)
    return found


def last_known_year(from_year: int) -> int | None:
    """Return the last year up to which calendars are known without a gap, or None if not even this one is."""
    known = years()
    last = None
    while from_year in known:
        last, from_year = from_year, from_year + 1
    return last


def years() -> Mapping[int, YearCalendar]:
    """Return the known calendars by year; the operator's file of a year replaces the shipped one.

    A new or changed file is read as soon as it lies there. One that turns out invalid while the product runs is logged
    and left out: the days of its year are then missing, or those of the shipped file.
    """
    return _known().years


def refuse_invalid(folder: Path) -> None:
    """Refuse a folder that holds anything but valid calendars.

    Raises:
        CalendarInvalid: names the file, the line and what is wrong.
    """
    for path, _, _ in _seen(folder):
        read_calendar(Path(path))


def read_calendar(path: Path) -> YearCalendar:
    """Return the calendar in a file.

    Raises:
        CalendarInvalid: the name, a line or the whole is not as it should be.
    """
    named = _FILE_NAME.fullmatch(path.name)
    if named is None:
        raise CalendarInvalid(f"{path.name}: a calendar is called working_days_YEAR.csv")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if rows.fieldnames != _COLUMNS:
                raise CalendarInvalid(f"{path.name}: the first line must be {','.join(_COLUMNS)}")
            shifts = [_shift(row, int(named[1]), f"{path.name}, line {rows.line_num}") for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CalendarInvalid(f"{path.name}: it cannot be read as UTF-8 text in columns ({error})") from error
    return _whole_year(int(named[1]), shifts, path.name)


def _shift(row: Mapping[str | None, str], year: int, where: str) -> Shift:
    if None in row or None in row.values():
        raise CalendarInvalid(f"{where}: there must be {len(_COLUMNS)} values")
    if not all(value.strip() and len(value) <= _TEXT_MAX for value in row.values()):
        raise CalendarInvalid(f"{where}: every value must be filled in, with {_TEXT_MAX} characters at most")
    try:
        day, kind, status = date.fromisoformat(row["date"]), ShiftKind(row["kind"]), ShiftStatus(row["status"])
    except ValueError as error:
        raise CalendarInvalid(f"{where}: {error}") from error
    if day.year != year and not timedelta() < date(year, 1, 1) - day <= timedelta(days=_DAYS_OF_DECEMBER_BEFORE):
        raise CalendarInvalid(f"{where}: {day} is not in {year}")
    if kind is ShiftKind.SHIFTED_WORKDAY and day.weekday() <= _FRIDAY:
        raise CalendarInvalid(f"{where}: {day} is no Saturday or Sunday and so is worked on anyway")
    return Shift(day, kind, row["name_zh"], row["name_en"], row["source"], status)


def _whole_year(year: int, shifts: list[Shift], name: str) -> YearCalendar:
    by_day = {shift.day: shift for shift in shifts}
    if len(by_day) != len(shifts) or len(shifts) > _ROWS_MAX:
        raise CalendarInvalid(f"{name}: each day stands there once, {_ROWS_MAX} days at most")
    for month, of_month in _FIXED_HOLIDAYS:
        day = date(year, month, of_month)
        if day not in by_day or by_day[day].kind is not ShiftKind.HOLIDAY:
            raise CalendarInvalid(f"{name}: {day} is a holiday by law and must stand there")
    return YearCalendar(year, tuple(by_day[day] for day in sorted(by_day)))


@dataclass(frozen=True, slots=True)
class _Calendars:
    years: Mapping[int, YearCalendar]
    kind_of: Mapping[date, ShiftKind]

    def works(self, day: date) -> bool:
        kind = self.kind_of.get(day)
        return day.weekday() <= _FRIDAY if kind is None else kind is ShiftKind.SHIFTED_WORKDAY


def _known() -> _Calendars:
    return _calendars(_seen(Path(current_app.config["LINTAN_CALENDARS"])))


def _seen(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return the operator's files with time and size: what has not changed is not read again."""
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        return tuple((str(path), (found := path.stat()).st_mtime_ns, found.st_size) for path in paths)
    except FileNotFoundError:
        return ()


@lru_cache(maxsize=4)
def _calendars(files: tuple[tuple[str, int, int], ...]) -> _Calendars:
    found = {each.year: each for each in map(read_calendar, SHIPPED.glob("working_days_*.csv"))}
    for path, _, _ in files:
        try:
            calendar = read_calendar(Path(path))
        except CalendarInvalid as error:
            log.error("places.calendar.invalid", reason=str(error))
            continue
        found[calendar.year] = calendar
    shifts = [shift for year in sorted(found) for shift in found[year].shifts]
    return _Calendars(found, {shift.day: shift.kind for shift in shifts})
