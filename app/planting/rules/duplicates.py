"""How alike two planting records are: a score that asks a verifier a question and refuses nothing (SECURITY D3).

Every number here is a product choice [P]; no official rule against double claims was found (DOMAIN 3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import h3

from app.places import Position, cell_of, distance_m

# An H3 cell of resolution 9 has edges of about 170 to 200 m: a point and everything within DISTANCE_NEAR_M of it lie in its
# cell or one of the six around.
CELL_RESOLUTION = 9
DISTANCE_SAME_M = 30  # Phones under trees err by that much: it may be the same hole.
DISTANCE_NEAR_M = 150  # The same slope.
DAYS_SAME_OUTING = 1
DAYS_NEAR = 30
HASH_SAME_MAX = 3  # Of 64 bits: the same picture, scaled or compressed again.
HASH_NEAR_MAX = 10  # The same scene, photographed again.

SCORE_ASKED_FROM = 60
SCORE_MAX = 100
_HASH_SAME, _HASH_NEAR = 60, 30
_DISTANCE_SAME, _DISTANCE_NEAR = 25, 15
_DAYS_SAME, _DAYS_NEAR = 10, 5
_SPECIES_SAME = 5
_PERSON_SAME = 20


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a claim is compared."""

    person: str
    species_code: str
    planted_on: date
    position: Position


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near two claims are, and the score that follows."""

    distance_m: int
    days_apart: int
    hash_distance: int | None  # The nearest pair of photos; None where there was no pair.
    score: int


def likeness(one: Traits, other: Traits, *, hash_distance: int | None) -> Likeness:
    """Return how alike two claims are, 0 to 100; from `SCORE_ASKED_FROM` on a verifier must say what it is.

    The same picture is enough by itself, wherever and whenever. Place, day and species alone are not, or every claim of a
    school on Arbor Day would be doubted; with the same person, or a similar picture, they are.
    """
    apart_m = distance_m(one.position, other.position)
    days_apart = abs((one.planted_on - other.planted_on).days)
    score = _step(hash_distance, (HASH_SAME_MAX, _HASH_SAME), (HASH_NEAR_MAX, _HASH_NEAR))
    score += _step(apart_m, (DISTANCE_SAME_M, _DISTANCE_SAME), (DISTANCE_NEAR_M, _DISTANCE_NEAR))
    score += _step(days_apart, (DAYS_SAME_OUTING, _DAYS_SAME), (DAYS_NEAR, _DAYS_NEAR))
    score += _SPECIES_SAME if one.species_code == other.species_code else 0
    # Somebody who plants at the same place again is not suspicious by that alone; far away it says nothing.
    score += _PERSON_SAME if one.person == other.person and apart_m <= DISTANCE_SAME_M else 0
    return Likeness(apart_m, days_apart, hash_distance, min(score, SCORE_MAX))


def _step(value: int | None, *steps: tuple[int, int]) -> int:
    """Return the points of the first step that a value does not go beyond, 0 if it goes beyond all of them."""
    return next((points for limit, points in steps if value is not None and value <= limit), 0)


def cells_around(position: Position) -> list[str]:
    """Return the cell of a position and its six neighbours: they hold every point within `DISTANCE_NEAR_M`."""
    return sorted(h3.grid_disk(cell_of(position, CELL_RESOLUTION), 1))


def nearest_hash(distances: Iterable[int]) -> int | None:
    """Return the smallest of the distances between photos, None without any."""
    return min(distances, default=None)
