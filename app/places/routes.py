"""Divisions and the working-day calendar over HTTP."""

from pathlib import Path

from flask import Flask

from app.foundation.http import ANYONE, Blueprint, add_operations, language, requires
from app.foundation.work import schedule
from app.places import calendar, queries
from app.places.cli import places_commands
from app.places.errors import CalendarMissing, DivisionNotFound
from app.places.schemas import (
    CalendarSchema,
    CalendarView,
    DivisionList,
    DivisionListSchema,
    DivisionSchema,
    DivisionView,
    calendar_view,
    division_view,
)
from app.places.upkeep import LOOKED_AFTER_EVERY, look_after_calendars

blp = Blueprint("places", __name__, description="The city and its nine counties, and its working days.")


@blp.get("/places")
@requires(ANYONE)
@blp.response(200, DivisionListSchema)
def list_places() -> DivisionList:
    """List the city and its counties.

    In the order of their codes, all on one page, each with its name in the language of the answer and in both.
    """
    return DivisionList(tuple(division_view(each, language=language()) for each in queries.list_divisions()))


@blp.get("/places/<code>")
@requires(ANYONE)
@blp.response(200, DivisionSchema)
@blp.problems(DivisionNotFound)
def get_place(code: str) -> DivisionView:
    """Read the city or a county.

    The code is the six digits of the state's list of divisions.
    """
    return division_view(queries.get_division(code), language=language())


@blp.get("/calendar/<int:year>")
@requires(ANYONE)
@blp.response(
    200,
    CalendarSchema,
    example={
        "year": 2026,
        "status": "VERIFIED",
        "shifts": [
            {
                "date": "2026-02-28",
                "kind": "shifted_workday",
                "name": "春节",
                "name_zh": "春节",
                "name_en": "Spring Festival",
                "source": "国办发明电〔2025〕7号 https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
                "status": "VERIFIED",
            }
        ],
    },
)
@blp.problems(CalendarMissing)
def get_calendar(year: int) -> CalendarView:
    """Read a year's holidays and shifted working days, by which deadlines in working days are counted.

    All other days follow the week. A year whose notice is not out, or not entered, is not there.
    """
    return calendar_view(calendar.year_calendar(year), language=language())


def register(app: Flask) -> None:
    """Serve the room's operations and commands, and look after the calendar.

    Raises:
        CalendarInvalid: a calendar of the operator is not as it should be.
    """
    calendar.refuse_invalid(Path(app.config["LINTAN_CALENDARS"]))
    add_operations(app, blp)
    app.cli.add_command(places_commands)
    schedule(app, name="places.calendars", period=LOOKED_AFTER_EVERY, run=look_after_calendars)
