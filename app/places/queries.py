"""The divisions of Lishui, read once from the data file."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from app.places.errors import DivisionNotFound

DIVISIONS_FILE = Path(__file__).parent / "data" / "divisions.csv"


class DivisionKind(StrEnum):
    """What a division is in the state's order."""

    CITY = "city"
    COUNTY = "county"


# The words of the file's unit column. Liandu is a district, Longquan a county-level city and Jingning an autonomous
# county; all nine are of one level, and what they are called is in their names.
_KIND_OF_UNIT = {"prefecture-level city": DivisionKind.CITY, "county level": DivisionKind.COUNTY}


@dataclass(frozen=True, slots=True)
class Division:
    """The city or one of its nine counties, under its six-digit code of the state's list of divisions."""

    code: str
    kind: DivisionKind
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        """Return the name in `en`, or in Chinese for every other language."""
        return self.name_en if language == "en" else self.name_zh


@cache
def _divisions_by_code() -> dict[str, Division]:
    with DIVISIONS_FILE.open(encoding="utf-8", newline="") as file:
        divisions = [
            Division(row["key"], _KIND_OF_UNIT[row["unit"]], name_zh=row["value"], name_en=row["name_en"])
            for row in csv.DictReader(file)
        ]
    return {division.code: division for division in divisions}


def list_divisions() -> tuple[Division, ...]:
    """Return the city and its counties, in the order of their codes."""
    return tuple(_divisions_by_code().values())


def find_division(code: str) -> Division | None:
    """Return the division with this code, or None."""
    return _divisions_by_code().get(code)


def get_division(code: str) -> Division:
    """Return the division with this code.

    Raises:
        DivisionNotFound: Lishui has none.
    """
    division = find_division(code)
    if division is None:
        raise DivisionNotFound
    return division
