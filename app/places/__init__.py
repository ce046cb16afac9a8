"""Places: the city and its nine counties, positions in the two coordinate systems, distances, and cells that blur.

Everything inside the product is WGS-84 in whole 1e-7 degrees; a position that comes in or goes out says which system
it is in.
"""

from app.places.errors import DivisionNotFound, PositionOutOfRange, PositionOutsideCity
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

__all__ = [
    "PUBLIC_CELL_RESOLUTION",
    "Crs",
    "Degrees",
    "Division",
    "DivisionKind",
    "DivisionNotFound",
    "Position",
    "PositionOutOfRange",
    "PositionOutsideCity",
    "cell_centre",
    "cell_of",
    "cell_outline",
    "degrees_of",
    "distance_m",
    "find_division",
    "get_division",
    "is_near_city",
    "list_divisions",
    "position_from",
    "public_cell",
    "public_position",
    "register",
    "require_near_city",
]
