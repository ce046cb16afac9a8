"""Places: the city and its nine counties, positions in both coordinate systems, distances, blur, and its working days.

Everything inside the product is WGS-84 in whole 1e-7 degrees; a position that comes in or goes out says which system
it is in.
"""

from app.places.calendar import CountedDay, count_working_days, end_of, is_working_day, working_days_after
from app.places.errors import (
    CalendarInvalid,
    CalendarMissing,
    DivisionNotFound,
    PositionOutOfRange,
    PositionOutsideCity,
)
from app.places.queries import Division, DivisionKind, find_division, get_division, list_divisions
from app.places.routes import register
from app.places.rules import (
    PUBLIC_CELL_RESOLUTION,
    Crs,
    Degrees,
    Position,
    cell_centre,
    cell_of,
    cell_outline,
    degrees_of,
    distance_m,
    is_near_city,
    position_from,
    public_cell,
    public_position,
    require_near_city,
)
from app.places.upkeep import ask_for_calendar

__all__ = [
    "PUBLIC_CELL_RESOLUTION",
    "CalendarInvalid",
    "CalendarMissing",
    "CountedDay",
    "Crs",
    "Degrees",
    "Division",
    "DivisionKind",
    "DivisionNotFound",
    "Position",
    "PositionOutOfRange",
    "PositionOutsideCity",
    "ask_for_calendar",
    "cell_centre",
    "cell_of",
    "cell_outline",
    "count_working_days",
    "degrees_of",
    "distance_m",
    "end_of",
    "find_division",
    "get_division",
    "is_near_city",
    "is_working_day",
    "list_divisions",
    "position_from",
    "public_cell",
    "public_position",
    "register",
    "require_near_city",
    "working_days_after",
]
