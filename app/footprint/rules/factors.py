"""Emission factors: what one is, which one a region and a year call for, and how a fuel's factor is computed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from app.footprint.errors import FactorMissing
from app.rulebook import Status

# kg CO2 for a kg of carbon: molar masses 44 and 12, IPCC 2006 Guidelines, vol. 2, ch. 1.
CO2_PER_CARBON = Fraction(44, 12)
# (calorific value, carbon content) -> what their product times CO2_PER_CARBON is to be multiplied with for kg CO2
# a kg, or a Nm3: t/t are kg/kg; t CO2 for 10^4 Nm3 are 0.1 kg a Nm3; kgC/GJ are a thousandth of tC/GJ.
_SCALE = {
    ("GJ/t", "tC/GJ"): Fraction(1),
    ("GJ/10^4 Nm3", "tC/GJ"): Fraction(1, 10),
    ("GJ/t", "kgC/GJ"): Fraction(1, 1_000),
}


class GasScope(StrEnum):
    """What a factor counts. Figures of two scopes are added only under a label."""

    CO2 = "co2"
    CO2E = "co2e"
    LIFE_CYCLE = "life_cycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One version of one factor: a document of the rulebook, read. `value` is None where no number is known."""

    id: UUID  # The document's.
    key: str
    version: int
    title_zh: str
    title_en: str
    value: Decimal | None
    unit: str
    gas_scope: GasScope | None  # None: a quantity that is no emission, such as a calorific value.
    region: str
    year_from: int | None
    year_to: int | None
    source: str
    status: Status
    note: str
    effective_from: date  # First civil day on which this version is the one that counts.
    computed_from: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        """Return the name in `en`, or in Chinese for every other language."""
        return self.title_en if language == "en" else self.title_zh

    def covers(self, year: int) -> bool:
        """Return whether the source gives the number for this year."""
        return self.year_from is not None and self.year_to is not None and self.year_from <= year <= self.year_to


@dataclass(frozen=True, slots=True)
class Series:
    """Factors that differ by region and year, under keys of the form `stem.region.year`.

    Args:
        regions: as they stand in the keys, the nearest first.
        first_year: the series has no year before it.
    """

    stem: str
    regions: tuple[str, ...]
    first_year: int

    def key(self, region: str, year: int) -> str:
        """Return the key of a region's factor for a year."""
        return f"{self.stem}.{region}.{year}"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A factor that comes first by the rule and has no value."""

    key: str
    region: str
    year: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which factor of a series was taken, and what came before it in the order of the rule."""

    factor: Factor
    wanted_region: str
    wanted_year: int
    is_wider_region: bool
    passed_over: tuple[PassedOver, ...]


# What finds a factor by its key, None where there is none.
Find = Callable[[str], Factor | None]


def choose(find: Find, series: Series, *, year: int) -> Choice:
    """Return the factor of the nearest region that has one for a year not after `year`, and there the latest.

    Source: DESIGN 5, Footprint; DOMAIN, design consequence 2: Zhejiang, else East China, else national.

    Raises:
        FactorMissing: no region has one; names the key that would have answered first.
    """
    passed_over: list[PassedOver] = []
    nearest = series.regions[0]
    for region in series.regions:
        for past in range(year, series.first_year - 1, -1):
            factor = find(series.key(region, past))
            if factor is None:
                continue
            if factor.value is not None:
                return Choice(factor, nearest, year, region != nearest, tuple(passed_over))
            passed_over.append(PassedOver(factor.key, factor.region, past))
    raise FactorMissing(key=passed_over[0].key if passed_over else series.key(nearest, year), year=year)


def value_of(factor: Factor) -> Decimal:
    """Return the number of a factor.

    Raises:
        FactorMissing: it has none.
    """
    if factor.value is None:
        raise FactorMissing(key=factor.key)
    return factor.value


@dataclass(frozen=True, slots=True)
class Product:
    """How a fuel's factor follows from its calorific value, its carbon content and the share of it that burns."""

    inputs: tuple[Factor, ...]
    value: Decimal  # To 12 decimals at most; the factor is this, rounded to its own digits.


def product_of(factor: Factor, find: Find) -> Product | None:
    """Return the product that a factor was computed as, None where it was not, or where the inputs now give another number.

    Source: IPCC 2006 Guidelines, vol. 2, ch. 1 and 2: calorific value x carbon content x share oxidised x 44/12.
    """
    inputs = tuple(each for key in factor.computed_from if (each := find(key)) is not None)
    values = [each.value for each in inputs if each.value is not None]
    if factor.value is None or len(values) < 2 or len(values) != len(factor.computed_from):
        return None
    scale = _SCALE.get((inputs[0].unit, inputs[1].unit))
    if scale is None:
        return None
    exact = scale * CO2_PER_CARBON
    for value in values:
        exact *= Fraction(value)
    if rounded(exact, -int(factor.value.as_tuple().exponent)) != factor.value:
        return None
    return Product(inputs, rounded(exact, 12).normalize())


def rounded(number: Fraction, places: int) -> Decimal:
    """Return a number of at least 0 with so many decimals, halves upwards.

    >>> rounded(Fraction(2, 3), 4), rounded(Fraction(1, 8), 2)
    (Decimal('0.6667'), Decimal('0.13'))
    """
    return Decimal((number * 10**places + Fraction(1, 2)).__floor__()).scaleb(-places)
