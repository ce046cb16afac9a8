"""What a credit is called, which serials go first, what they cost, and who may be told about a beneficiary."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import h3

from app.foundation.data import KG_MAX
from app.identity import masked_name

KG_IN_T = 1_000

# Province, number of the prefecture, kind, number of the project, vintage; a letter tells batches of one vintage apart.
CODE_PATTERN = r"^[A-Z]{2}[0-9]{2}-[A-Z]{1,3}-[0-9]{4}-[0-9]{4}[A-Z]?$"
CODE_LENGTH_MAX = 23
VINTAGE_MIN = 2000  # [P] Before it there was no market in China whose credits could come in.
BATCH_KG_MAX = 1_000_000_000  # [P] 1 Mt; the largest Zhejiang project is far below it.
PRICE_FEN_PER_T_MAX = 100_000_000  # [P] 1,000,000 CNY a tonne.

_SERIAL = re.compile(r"([A-Z0-9-]{1,23})-([1-9][0-9]{0,15})")
# 80 random bits in Crockford's base 32; the one spelling, else there is no such retirement (SECURITY 3).
RETIREMENT_PATTERN = r"^ret_[0-9a-hjkmnp-tv-z]{16}$"

# An entry of the log has 65,535 bytes at most, and a range takes up to 85 of them.
RETIREMENT_RANGES_MAX = 750

# [P] A boundary is drawn with cells from 36 km2 down to 0.015 km2 (H3 6 to 10), large ones where they fit.
BOUNDARY_RESOLUTION_MIN, BOUNDARY_RESOLUTION_MAX = 6, 10


class ProjectKind(StrEnum):
    """What a project does."""

    AFFORESTATION = "afforestation"
    FOREST_MANAGEMENT = "forest_management"
    BAMBOO_MANAGEMENT = "bamboo_management"
    WETLAND = "wetland"
    ENERGY = "energy"
    OTHER = "other"


class ProjectState(StrEnum):
    """Whether more can be issued."""

    ACTIVE = "active"
    CLOSED = "closed"


class OwnerKind(StrEnum):
    """Whose a project is."""

    ORGANISATION = "organisation"
    AGENCY = "agency"


class Custody(StrEnum):
    """Where a batch lives: here alone, or also in an outside registry."""

    OWN = "own"
    EXTERNAL = "external"


class HolderKind(StrEnum):
    """Who can hold kilograms; the owner's kind of a ledger account."""

    PROJECT = "project"
    AGENCY = "agency"
    ORGANISATION = "organisation"
    HOUSEHOLD = "household"
    RESIDENT = "resident"


class BeneficiaryKind(StrEnum):
    """In whose name kilograms are retired."""

    RESIDENT = "resident"
    HOUSEHOLD = "household"
    ORGANISATION = "organisation"
    AGENCY = "agency"


class Purpose(StrEnum):
    """What kilograms are retired for."""

    SELF = "self"
    GIFT = "gift"
    HOUSEHOLD = "household"
    EVENT = "event"
    OFFICE = "office"
    PLACE = "place"
    SPONSOR = "sponsor"  # Thanks to residents; the sponsor is the beneficiary, and it counts for nobody's certificate.


_PEOPLE = frozenset({BeneficiaryKind.RESIDENT, BeneficiaryKind.HOUSEHOLD})


class SerialsOutOfStep(Exception):
    """An account has kilograms that no serial block covers. Nothing a caller did can mend it."""


@dataclass(frozen=True, slots=True)
class SerialRange:
    """Serials from `first` to `last`, both included: `last - first + 1` kilograms."""

    first: int
    last: int

    @property
    def kg(self) -> int:
        """Return the number of serials."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Block:
    """An unbroken range of serials on one account, and the transfer that brought it there."""

    range: SerialRange
    transfer_id: UUID


@dataclass(frozen=True, slots=True)
class Take:
    """Serials that leave a block."""

    range: SerialRange
    block: Block


def take_lowest(blocks: Iterable[Block], kg: int) -> list[Take]:
    """Return which serials go when `kg` leave an account, the lowest first.

    Args:
        blocks: the account's, in ascending order; read no further than needed.
    Raises:
        SerialsOutOfStep: the blocks hold fewer.
    """
    takes: list[Take] = []
    for block in blocks:
        last = min(block.range.last, block.range.first + kg - 1)
        takes.append(Take(SerialRange(block.range.first, last), block))
        kg -= takes[-1].range.kg
        if kg == 0:
            return takes
    raise SerialsOutOfStep(f"{kg} kg without serials")


def joined(ranges: Iterable[SerialRange]) -> list[SerialRange]:
    """Return the same serials in as few ranges as can be, ascending.

    >>> joined([SerialRange(8, 9), SerialRange(1, 3), SerialRange(4, 7)])
    [SerialRange(first=1, last=9)]
    """
    whole: list[SerialRange] = []
    for part in sorted(ranges, key=lambda each: each.first):
        if whole and part.first == whole[-1].last + 1:
            whole[-1] = SerialRange(whole[-1].first, part.last)
        else:
            whole.append(part)
    return whole


def printed_serial(code: str, number: int) -> str:
    """Return how a serial is printed: the code of its batch and its number in the whole register."""
    return f"{code}-{number}"


def parse_serial(text: str) -> tuple[str, int] | None:
    """Return code and number of a printed serial, or None when it is not the one spelling of any.

    >>> parse_serial("LS33-F-0007-2024-120001"), parse_serial("LS33-F-0007-2024-0120001")
    (('LS33-F-0007-2024', 120001), None)
    """
    match = _SERIAL.fullmatch(text)
    if match is None or not re.fullmatch(CODE_PATTERN, match[1]) or int(match[2]) > KG_MAX:
        return None
    return match[1], int(match[2])


def vintage_of(code: str) -> int:
    """Return the year that a block code names.

    >>> vintage_of("LS33-F-0007-2024"), vintage_of("LS33-F-0007-2024B")
    (2024, 2024)
    """
    return int(code.rpartition("-")[2][:4])


def price_fen(kg: int, *, price_fen_per_t: int) -> int:
    """Return what kilograms cost in fen, rounded up once, on the whole amount.

    >>> price_fen(1, price_fen_per_t=7_519), price_fen(1_000, price_fen_per_t=7_519)
    (8, 7519)
    """
    return -(-kg * price_fen_per_t // KG_IN_T)


def kg_for(amount_fen: int, *, price_fen_per_t: int) -> int:
    """Return the most kilograms that cost no more than an amount in fen.

    >>> kg_for(8, price_fen_per_t=7_519), kg_for(7, price_fen_per_t=7_519)
    (1, 0)
    """
    return amount_fen * KG_IN_T // price_fen_per_t


def is_boundary_cell(cell: str) -> bool:
    """Return whether a text is an H3 cell of a size that boundaries are drawn with, in its one spelling."""
    if not re.fullmatch(r"8[0-9a-f]{14}", cell) or not h3.is_valid_cell(cell):
        return False
    size: int = h3.get_resolution(cell)
    return BOUNDARY_RESOLUTION_MIN <= size <= BOUNDARY_RESOLUTION_MAX


def cells_around(finest_cell: str) -> Sequence[str]:
    """Return a cell of the finest size and all larger cells it lies in: whichever of them a boundary names, it is inside."""
    sizes = range(BOUNDARY_RESOLUTION_MIN, BOUNDARY_RESOLUTION_MAX + 1)
    return [str(h3.cell_to_parent(finest_cell, size)) for size in sizes]


def tonnes(kg: int) -> str:
    """Return kilograms as tonnes with three decimals, as the log and certificates write them: text, never a float.

    >>> tonnes(13), tonnes(13_000), tonnes(1_234_567)
    ('0.013', '13.000', '1234.567')
    """
    return f"{kg // KG_IN_T}.{kg % KG_IN_T:03}"


def shown_name(kind: BeneficiaryKind, name: str | None) -> str | None:
    """Return a beneficiary's name as strangers see it: masked where it is a person's or a family's."""
    if name is None:
        return None
    return masked_name(name) if kind in _PEOPLE else name
