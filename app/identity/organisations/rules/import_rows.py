"""A table of organisations as an agency keeps it: its columns, and how a line becomes the facts that the API would be sent.

Cells with several values separate them by semicolons. A cell that a spreadsheet would run as a formula is refused, whoever opens
the table later; the apostrophe with which exports disarm such cells is taken off.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.identity.organisations.rules.kinds import OrganisationKind

LINES_MAX = 1_000
_COMMON = ("uscc", "name", "county_code")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PHONE = re.compile(r"\+[0-9][0-9 -]*")
_HOURS = re.compile(r"([1-7])(?:-([1-7]))? ([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})")


class ImportKind(StrEnum):
    """What an agency imports: the parts of which it keeps registers."""

    STATION = "station"
    MERCHANT = "merchant"
    EVALUATOR = "evaluator"

    @property
    def part(self) -> OrganisationKind:
        """Return the kind of organisation."""
        return OrganisationKind(self.value)


class ImportAct(StrEnum):
    """What becomes of a line."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


# The columns of each kind after the common ones; all of them stand in the first line, in any order.
COLUMNS: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.STATION: ("groups", "hours", "counties", "phone", "duty_phone", "capacity"),
    ImportKind.MERCHANT: ("shops", "settlement_name", "settlement_phone"),
    ImportKind.EVALUATOR: ("accreditation_number", "scope", "valid_until"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line: in which column, empty for the whole line."""

    column: str
    code: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A line of a table, as texts by column, and as the facts that the API would be sent."""

    number: int
    uscc: str
    name: str
    county_code: str
    facts: dict[str, Any]
    faults: tuple[Fault, ...] = field(default=())


def read_rows(kind: ImportKind, text: str) -> list[ImportRow] | None:
    """Return the lines of a table without the empty ones, or None when it is no table with just the columns of its kind.

    More than a thousand lines are no table that somebody has looked through: None too.
    """
    # Excel leads UTF-8 with a mark and ends lines in its own way.
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    wanted = {*_COMMON, *COLUMNS[kind]}
    rows: list[ImportRow] = []
    try:
        header = [name.strip() for name in next(lines, [])]
        if len(header) != len(wanted) or set(header) != wanted:
            return None
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            rows.append(_row(kind, lines.line_num, header, cells))
            if len(rows) > LINES_MAX:
                return None
    except csv.Error:
        return None
    return rows


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet would run a cell. A telephone number with its country is none.

    >>> [is_formula(cell) for cell in ("=1+1", "@sum", "-2", "+86 578 2000000", "林")]
    [True, True, True, False, False]
    """
    return cell.startswith(_FORMULA) and _PHONE.fullmatch(cell) is None


def _row(kind: ImportKind, number: int, header: list[str], cells: list[str]) -> ImportRow:
    if len(cells) != len(header):
        return ImportRow(number, "", "", "", {}, (Fault("", "bad_length"),))
    texts = {name: _disarmed(cell) for name, cell in zip(header, cells, strict=True)}
    faults = [Fault(name, "formula") for name, cell in texts.items() if is_formula(cell)]
    facts: dict[str, Any] = {}
    if not faults:
        facts, faults = _FACTS[kind](texts)
    return ImportRow(number, texts["uscc"], texts["name"], texts["county_code"], facts, tuple(faults))


def _disarmed(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split("[;；]", cell) if part.strip()]


def _station(texts: dict[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    faults: list[Fault] = []
    hours = list(_hours(texts["hours"]))
    if None in hours:
        faults.append(Fault("hours", "not_hours"))
    if not (texts["capacity"].isascii() and texts["capacity"].isdecimal() and len(texts["capacity"]) < 10):
        faults.append(Fault("capacity", "not_whole"))
    facts = {
        "groups": _parts(texts["groups"]),
        "hours": hours,
        "county_codes": _parts(texts["counties"]),
        "phone": texts["phone"],
        "duty_phone": texts["duty_phone"] or None,
        "capacity": int(texts["capacity"]) if not faults or faults[-1].column != "capacity" else 0,
    }
    return facts, faults


def _hours(cell: str) -> Iterator[dict[str, Any] | None]:
    """Read `1-5 08:30-17:30; 6 09:00-12:00`."""
    for part in _parts(cell):
        match = _HOURS.fullmatch(part)
        if match is None or (match[2] is not None and match[2] < match[1]):
            yield None
            continue
        for weekday in range(int(match[1]), int(match[2] or match[1]) + 1):
            yield {"weekday": weekday, "opens": match[3], "closes": match[4]}


def _merchant(texts: dict[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    """Read shops as `name|address|county; name|address|county`."""
    shops = [tuple(each.strip() for each in part.split("|")) for part in _parts(texts["shops"])]
    if any(len(shop) != 3 for shop in shops):
        return {}, [Fault("shops", "not_shops")]
    facts = {
        "shops": [{"name": name, "address": address, "county_code": county} for name, address, county in shops],
        "settlement_contact": {"name": texts["settlement_name"], "phone": texts["settlement_phone"]},
    }
    return facts, []


def _evaluator(texts: dict[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    facts = {
        "accreditation_number": texts["accreditation_number"],
        "scope": _parts(texts["scope"]),
        "valid_until": texts["valid_until"],
    }
    return facts, []


_FACTS = {ImportKind.STATION: _station, ImportKind.MERCHANT: _merchant, ImportKind.EVALUATOR: _evaluator}
