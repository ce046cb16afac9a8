"""A person's year: activity data times emission factors, each line rounded up to the gram, totals by gas scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal, Inexact
from enum import StrEnum

from app.footprint.errors import FactorMissing, FactorUnfit, NothingReported, YearNotBegun
from app.footprint.rules.factors import Choice, Factor, Find, GasScope, Product, Series, choose, product_of, value_of
from app.foundation.data import ceil_kg
from app.rulebook import Status

METHOD = "person_year"
METHOD_VERSION = 1

# Sixteen digits of activity data times twenty of a factor fit; a product that did not would stop, not round.
_EXACT = Context(prec=60, traps=[Inexact])

# DESIGN 5: Zhejiang, else East China, else national. All nine counties lie in Zhejiang.
# The ministry's present series of average grid factors begins with 2021; earlier numbers belong to another one (DOMAIN 2).
GRID = Series(stem="grid", regions=("CN-ZJ", "east", "CN"), first_year=2021)


class Activity(StrEnum):
    """What is counted in a person's year, in the order in which it is told."""

    ELECTRICITY = "electricity"
    NATURAL_GAS = "natural_gas"
    CAR = "car"
    RAIL = "rail"
    FLIGHT = "flight"


class DataGrade(StrEnum):
    """How somebody came by a quantity, the best first."""

    MEASURED = "measured"  # Read from a meter, a bill or an odometer.
    CALCULATED = "calculated"  # From other records, such as tickets or payments.
    ESTIMATED = "estimated"


class Caveat(StrEnum):
    """What a reader should know of a line beside its number."""

    RECALLED = "recalled"  # The factor's value was not read in its source.
    WIDER_REGION = "wider_region"
    OTHER_YEAR = "other_year"
    NO_YEAR = "no_year"
    STANDARD_VOLUME = "standard_volume"
    PETROL_CAR = "petrol_car"
    RESEARCH_VALUE = "research_value"
    UPPER_END = "upper_end"


@dataclass(frozen=True, slots=True)
class Counting:
    """How an activity is counted.

    Args:
        factor: the key of its factor, or the series that holds it.
        per: the unit in which the factor counts the activity.
        unit: the unit of the quantity, a thousandth of `per`: so grams are the quantity times the factor in kilograms.
        caveats: what is always to be known of such a line.
    """

    factor: str | Series
    per: str
    unit: str
    caveats: tuple[Caveat, ...] = ()


# The defaults of issue part 1c. Why the upper end for flights and the life cycle for cars: docs/decisions/footprint-*.md.
COUNTED = {
    Activity.ELECTRICITY: Counting(GRID, per="kWh", unit="Wh"),
    Activity.NATURAL_GAS: Counting("fuel.natural_gas.co2", per="Nm3", unit="L", caveats=(Caveat.STANDARD_VOLUME,)),
    Activity.CAR: Counting("cpcd.car.petrol.medium", per="vehicle-km", unit="m", caveats=(Caveat.PETROL_CAR,)),
    Activity.RAIL: Counting("hsr.CN.full.2019", per="pkm", unit="passenger-m", caveats=(Caveat.RESEARCH_VALUE,)),
    Activity.FLIGHT: Counting(
        "flight.CN.full.high", per="pkm", unit="passenger-m", caveats=(Caveat.RESEARCH_VALUE, Caveat.UPPER_END)
    ),
}
_ORDER = {activity: place for place, activity in enumerate(Activity)}
_GRADES = tuple(DataGrade)


@dataclass(frozen=True, slots=True)
class Reported:
    """Activity data as somebody gave it: Wh, litres, metres or passenger-metres, never negative."""

    activity: Activity
    quantity: int
    data_grade: DataGrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One activity with its emission, and everything that the emission follows from."""

    activity: Activity
    quantity: int
    unit: str
    data_grade: DataGrade
    gas_scope: GasScope
    emission_g: int
    factor: Factor
    choice: Choice | None = None
    product: Product | None = None
    caveats: tuple[Caveat, ...] = ()

    @property
    def kg_to_cover(self) -> int:
        """Whole kilograms that buying would take (LEDGER 1); never the footprint itself."""
        return ceil_kg(self.emission_g)


@dataclass(frozen=True, slots=True)
class Subtotal:
    """What the lines of one gas scope emit together."""

    gas_scope: GasScope
    emission_g: int


@dataclass(frozen=True, slots=True)
class Calculation:
    """A year's footprint. All figures follow from its lines."""

    year: int
    lines: tuple[Line, ...]

    @property
    def total_g(self) -> int:
        """The sum of all lines, whatever their scope: `mixed_scopes` says when that is not one kind of thing."""
        return sum(line.emission_g for line in self.lines)

    @property
    def subtotals(self) -> tuple[Subtotal, ...]:
        """A sum for each gas scope that has a line."""
        present = {line.gas_scope for line in self.lines}
        return tuple(Subtotal(scope, self.of_scope(scope)) for scope in GasScope if scope in present)

    @property
    def mixed_scopes(self) -> bool:
        """Whether the total adds grams of more than one scope."""
        return sum(1 for each in self.subtotals if each.emission_g) > 1

    @property
    def kg_to_cover(self) -> int:
        """Whole kilograms that buying would take: each line rounded up by itself (LEDGER 1)."""
        return sum(line.kg_to_cover for line in self.lines)

    @property
    def data_grade(self) -> DataGrade:
        """The weakest grade of any line."""
        return max((line.data_grade for line in self.lines), key=_GRADES.index)

    @property
    def not_reported(self) -> tuple[Activity, ...]:
        """The activities that the method knows and nobody gave a quantity for: left out, which is not zero."""
        return tuple(activity for activity in Activity if activity not in {line.activity for line in self.lines})

    def of_scope(self, scope: GasScope) -> int:
        """Return the grams of all lines of a scope."""
        return sum(line.emission_g for line in self.lines if line.gas_scope == scope)


def calculate(reported: Iterable[Reported], *, year: int, current_year: int, find: Find) -> Calculation:
    """Return the footprint of a person's year.

    Args:
        reported: what was reported, in any order.
        current_year: the civil year in which this is calculated.
        find: finds a factor of the rulebook by its key.

    Raises:
        NothingReported: there is no activity.
        YearNotBegun: the year lies ahead.
        FactorMissing: a factor that is needed has no value.
        FactorUnfit: a factor has another unit than its activity.
    """
    activities = sorted(reported, key=lambda each: (_ORDER[each.activity], each.quantity, each.data_grade))
    if not activities:
        raise NothingReported()
    if year > current_year:
        raise YearNotBegun(year=year)
    return Calculation(year, tuple(_line(each, year=year, find=find) for each in activities))


def emission_g(quantity: int, kg_per_unit: Decimal) -> int:
    """Return a quantity's emission in grams, rounded up: an emission is never told too small.

    Args:
        quantity: in thousandths of the unit, so that kilograms a unit are grams a thousandth.
        kg_per_unit: the factor's value.

    Source: activity data x emission factor, IPCC 2006 Guidelines, vol. 1, ch. 1.
    >>> emission_g(12_000, Decimal("0.19567"))
    2349
    """
    return int(_EXACT.multiply(Decimal(quantity), kg_per_unit).to_integral_value(rounding=ROUND_CEILING))


def _line(reported: Reported, *, year: int, find: Find) -> Line:
    counting = COUNTED[reported.activity]
    choice = choose(find, counting.factor, year=year) if isinstance(counting.factor, Series) else None
    factor = choice.factor if choice is not None else find(str(counting.factor))
    if factor is None:
        raise FactorMissing(key=str(counting.factor))
    value = value_of(factor)
    # The scope is the row's own: a life-cycle factor, too, is written in kgCO2e.
    if factor.gas_scope is None or factor.unit not in (f"kgCO2/{counting.per}", f"kgCO2e/{counting.per}"):
        raise FactorUnfit(key=factor.key, unit=factor.unit, unit_needed=f"kgCO2/{counting.per}")
    return Line(
        activity=reported.activity,
        quantity=reported.quantity,
        unit=counting.unit,
        data_grade=reported.data_grade,
        gas_scope=factor.gas_scope,
        emission_g=emission_g(reported.quantity, value),
        factor=factor,
        choice=choice,
        product=product_of(factor, find),
        caveats=(*_caveats(factor, choice, year), *counting.caveats),
    )


def _caveats(factor: Factor, choice: Choice | None, year: int) -> Iterable[Caveat]:
    if factor.status is Status.RECALLED:
        yield Caveat.RECALLED
    if choice is not None and choice.is_wider_region:
        yield Caveat.WIDER_REGION
    if factor.year_to is None:
        yield Caveat.NO_YEAR
    elif not factor.covers(year):
        yield Caveat.OTHER_YEAR
