"""Shape of what is told about divisions."""

from dataclasses import dataclass
from datetime import date

from marshmallow import fields

from app.foundation.http import Choice, Day, Schema, WholeNumber
from app.places.calendar import ShiftKind, ShiftStatus, YearCalendar
from app.places.queries import Division, DivisionKind


@dataclass(frozen=True, slots=True)
class DivisionView:
    """A division with its name in the caller's language."""

    code: str
    kind: DivisionKind
    name: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class DivisionList:
    """All divisions; they fit on one page, so `next_cursor` is always null."""

    items: tuple[DivisionView, ...]
    next_cursor: None = None


def division_view(division: Division, *, language: str) -> DivisionView:
    """Return a division as a caller of this language sees it."""
    return DivisionView(
        code=division.code,
        kind=division.kind,
        name=division.name(language),
        name_zh=division.name_zh,
        name_en=division.name_en,
    )


class DivisionSchema(Schema):
    """The city or one of its counties."""

    code = fields.String(required=True, metadata={"example": "331102"})
    kind = Choice(DivisionKind, required=True)
    name = fields.String(required=True, metadata={"description": "In the language of the answer.", "example": "莲都区"})
    name_zh = fields.String(required=True, metadata={"example": "莲都区"})
    name_en = fields.String(required=True, metadata={"example": "Liandu District"})


class DivisionListSchema(Schema):
    """All divisions."""

    items = fields.List(fields.Nested(DivisionSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata={"example": None})


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A day of a year's notice with its name in the caller's language."""

    date: date
    kind: ShiftKind
    name: str
    name_zh: str
    name_en: str
    source: str
    status: ShiftStatus


@dataclass(frozen=True, slots=True)
class CalendarView:
    """The notice of a year, day by day."""

    year: int
    status: ShiftStatus
    shifts: tuple[ShiftView, ...]


def calendar_view(calendar: YearCalendar, *, language: str) -> CalendarView:
    """Return a year's calendar as a caller of this language sees it."""
    shifts = tuple(
        ShiftView(each.day, each.kind, each.name(language), each.name_zh, each.name_en, each.source, each.status)
        for each in calendar.shifts
    )
    return CalendarView(calendar.year, calendar.status, shifts)


class CalendarShiftSchema(Schema):
    """A day that is no plain day of its week."""

    date = Day(required=True)
    kind = Choice(ShiftKind, required=True)
    name = fields.String(required=True, metadata={"description": "In the language of the answer.", "example": "春节"})
    name_zh = fields.String(required=True, metadata={"example": "春节"})
    name_en = fields.String(required=True, metadata={"example": "Spring Festival"})
    source = fields.String(required=True, metadata={"description": "Number and address of the notice."})
    status = Choice(ShiftStatus, required=True)


class CalendarSchema(Schema):
    """Every other day follows the week: Monday to Friday is worked."""

    year = WholeNumber(min=1, max=9999, required=True, metadata={"example": 2026})
    status = Choice(ShiftStatus, required=True, metadata={"description": "VERIFIED if every day is."})
    shifts = fields.List(fields.Nested(CalendarShiftSchema), required=True)
