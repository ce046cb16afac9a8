"""Where things stand on the little map of a claim, and how the answers to its questions are numbered.

Plain geometry in metres around one point: good to a few metres within some kilometres, drawn in SVG units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from app.places import Position
from app.review import Question

# Metres of one degree of latitude on the sphere that `places.distance_m` uses: 2 pi x 6,371,008.8 m / 360.
DEGREE_M = 111_195.08
MAP_WIDTH, MAP_HEIGHT = 220, 160
MARGIN = 14
# A bar of a round length that is at most a third of the map.
BAR_LENGTHS_M = (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10)
KEYS_MAX = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the map."""

    x: str
    y: str


@dataclass(frozen=True, slots=True)
class CellMap:
    """What the map draws, as SVG attributes. `ring` is a radius: somewhere on it lies the nearest other record."""

    outline: str
    here: Mark
    photos: tuple[Mark, ...]
    ring: str | None
    bar: str
    bar_m: int


@dataclass(frozen=True, slots=True)
class NumberedOption:
    """An answer with the key that picks it, None beyond nine, and whether it rules an approval out."""

    value: str
    text: str
    key: int | None
    forbids: bool


@dataclass(frozen=True, slots=True)
class NumberedQuestion:
    """A question as the form asks it."""

    id: str
    field: str
    anchor: str
    text: str
    options: tuple[NumberedOption, ...]


def cell_map(
    here: Position, outline: Sequence[Position], photos: Sequence[Position], *, nearest_m: int | None
) -> CellMap:
    """Return the map of a declared place: its cell, where its photos were taken, how far the nearest other record is.

    Args:
        outline: the corners of the cell around `here`.
        nearest_m: metres to the nearest other record; its direction is not known here.
    """
    corners, taken = [_metres(here, each) for each in outline], [_metres(here, each) for each in photos]
    drawn = [*corners, *taken, (float(nearest_m or 0), float(nearest_m or 0))]
    east_m, north_m = max(abs(east) for east, _ in drawn), max(abs(north) for _, north in drawn)
    scale = min((MAP_WIDTH / 2 - MARGIN) / max(east_m, 1), (MAP_HEIGHT / 2 - MARGIN) / max(north_m, 1))
    bar_m = next((each for each in BAR_LENGTHS_M if each * scale <= MAP_WIDTH / 3), BAR_LENGTHS_M[-1])
    points = [_mark(east, north, scale) for east, north in corners]
    return CellMap(
        outline="M" + "L".join(f"{point.x} {point.y}" for point in points) + "z",
        here=_mark(0, 0, scale),
        photos=tuple(_mark(east, north, scale) for east, north in taken),
        ring=None if nearest_m is None else f"{max(nearest_m * scale, 9):.1f}",
        bar=f"{bar_m * scale:.1f}",
        bar_m=bar_m,
    )


def number_questions(questions: Sequence[Question]) -> tuple[NumberedQuestion, ...]:
    """Return the questions with their answers numbered through, so that one key picks one answer."""
    numbered, key = [], 0
    for place, question in enumerate(questions, 1):
        options = []
        for option in question.options:
            key += 1
            picked_by = key if key <= KEYS_MAX else None
            options.append(NumberedOption(option.value, option.text, picked_by, not option.allows_approval))
        numbered.append(
            NumberedQuestion(question.id, f"answer.{question.id}", f"q{place}", question.text, tuple(options))
        )
    return tuple(numbered)


def _metres(origin: Position, point: Position) -> tuple[float, float]:
    """Return how far east and north of `origin` a point lies."""
    north = (point.lat - origin.lat) * DEGREE_M
    return (point.lon - origin.lon) * DEGREE_M * cos(radians(origin.lat)), north


def _mark(east_m: float, north_m: float, scale: float) -> Mark:
    return Mark(f"{MAP_WIDTH / 2 + east_m * scale:.1f}", f"{MAP_HEIGHT / 2 - north_m * scale:.1f}")
