"""What a footprint says to people, in the language of the request. Only numbers and codes are kept."""

from collections.abc import Iterable
from decimal import Decimal

from babel.lists import format_list
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from app.footprint.rules.calculation import Activity, Calculation, Caveat, DataGrade, Line
from app.footprint.rules.factors import Choice, Factor, GasScope, Product
from app.foundation.http import language
from app.rulebook import Status

_ACTIVITIES = {
    Activity.ELECTRICITY: _("electricity"),
    Activity.NATURAL_GAS: _("natural gas"),
    Activity.CAR: _("driving"),
    Activity.RAIL: _("high-speed rail"),
    Activity.FLIGHT: _("flying"),
}
_SCOPES = {
    GasScope.CO2: _("CO2 only"),
    GasScope.CO2E: _("CO2 equivalent"),
    GasScope.LIFE_CYCLE: _("life cycle"),
}
_REGIONS = {"CN": _("China"), "CN-ZJ": _("Zhejiang"), "CN-east": _("East China")}
_GRADES = {
    DataGrade.MEASURED: _("measured"),
    DataGrade.CALCULATED: _("calculated"),
    DataGrade.ESTIMATED: _("estimated"),
}
_CAVEATS = {
    Caveat.RECALLED: _("The factor's value is recalled; it was not read in its source."),
    Caveat.NO_YEAR: _("The factor's source names no year."),
    Caveat.STANDARD_VOLUME: _("Cubic metres of the meter are taken as standard cubic metres (Nm3)."),
    Caveat.PETROL_CAR: _("Counted as a medium petrol car over its whole life, with one person in it."),
    Caveat.RESEARCH_VALUE: _("A value from research, not an official one."),
    Caveat.UPPER_END: _("The upper end of a published range; neither cabin class nor the effect of height is counted."),
}
# A thousandth of each is what quantities are counted in.
_SHOWN_UNITS = {"Wh": "kWh", "L": "m³", "m": "km", "passenger-m": _("passenger-km")}


def line_text(line: Line) -> str:
    """Return the sentence of a line: activity data × factor = grams, region and year, source."""
    factor = line.factor
    value = factor.value if factor.value is not None else Decimal(0)
    grams = f"{line.emission_g:,} g"
    if Decimal(line.quantity) * value != line.emission_g:
        grams = gettext("%(grams)s, rounded up", grams=grams)
    numbers = {
        "activity": activity_name(line.activity),
        "quantity": quantity_text(line.quantity, line.unit),
        "factor": f"{value:f} {factor.unit}",
        "grams": grams,
        "where": _where(factor.region, years_text(factor)),
        "source": factor.source,
    }
    if factor.status is Status.RECALLED:
        said = gettext(
            "%(activity)s: %(quantity)s × %(factor)s = %(grams)s; %(where)s; source, recalled and not read: %(source)s",
            **numbers,
        )
    else:
        said = gettext("%(activity)s: %(quantity)s × %(factor)s = %(grams)s; %(where)s; source: %(source)s", **numbers)
    return said[:1].upper() + said[1:]


def activity_name(activity: Activity) -> str:
    """Return how an activity is called."""
    return str(_ACTIVITIES[activity])


def scope_name(scope: GasScope) -> str:
    """Return what a gas scope counts."""
    return str(_SCOPES[scope])


def region_name(region: str) -> str:
    """Return the name of a region from which a factor of a footprint can come; the code itself for another."""
    return str(_REGIONS.get(region, region))


def quantity_text(quantity: int, unit: str) -> str:
    """Return a quantity in the unit of bills and maps: 2,400.5 kWh."""
    whole, thousandths = divmod(quantity, 1_000)
    fraction = f".{thousandths:03d}".rstrip("0").rstrip(".")
    return f"{whole:,}{fraction} {_SHOWN_UNITS[unit]}"


def years_text(factor: Factor) -> str:
    """Return the years that a factor is for, nothing where its source names none."""
    if factor.year_from is None or factor.year_to is None:
        return ""
    if factor.year_from == factor.year_to:
        return str(factor.year_to)
    return gettext("%(first)s–%(last)s", first=factor.year_from, last=factor.year_to)


def choice_text(choice: Choice) -> str:
    """Return why this factor of its series counts."""
    region, year = region_name(choice.factor.region), choice.factor.year_to
    if choice.factor.covers(choice.wanted_year):
        said = [gettext("%(region)s has a factor for %(year)s itself.", region=region, year=choice.wanted_year)]
    else:
        said = [
            gettext(
                "The factor of %(region)s for %(year)s counts: the latest that is not after %(wanted)s.",
                region=region,
                year=year,
                wanted=choice.wanted_year,
            )
        ]
    if choice.is_wider_region:
        said.append(
            gettext(
                "There is none with a value for %(wanted)s, so a wider region counts.",
                wanted=region_name(choice.wanted_region),
            )
        )
    said += [
        gettext(
            "%(region)s %(year)s would come first, but its value is missing.",
            region=region_name(each.region),
            year=each.year,
        )
        for each in choice.passed_over
    ]
    return _sentences(said)


def product_text(product: Product, factor: Factor) -> str:
    """Return how a fuel's factor was computed: calorific value × carbon content × share oxidised × 44/12."""
    parts = [f"{each.value:f}" if each.unit == "ratio" else f"{each.value:f} {each.unit}" for each in product.inputs]
    formula = f"{' × '.join([*parts, '44/12'])} = {product.value:f} {factor.unit}"
    if product.value == factor.value:
        return formula
    return gettext("%(formula)s, rounded to %(value)s", formula=formula, value=f"{factor.value:f}")


def caveat_text(caveat: Caveat, line: Line, year: int) -> str:
    """Return what a reader should know of a line."""
    if caveat is Caveat.WIDER_REGION:
        return gettext("The factor is that of a wider region: %(region)s.", region=region_name(line.factor.region))
    if caveat is Caveat.OTHER_YEAR:
        return gettext(
            "The factor is for %(years)s, the activity for %(year)s.", years=years_text(line.factor), year=year
        )
    return str(_CAVEATS[caveat])


def total_text(calculation: Calculation) -> str:
    """Return what the total adds up."""
    emitting = [each for each in calculation.subtotals if each.emission_g]
    scopes = _list(scope_name(each.gas_scope) for each in emitting or calculation.subtotals)
    if calculation.mixed_scopes:
        return gettext("The total adds different things: %(scopes)s. Read the sub-totals beside it.", scopes=scopes)
    return gettext("What the total counts: %(scopes)s.", scopes=scopes)


def grade_text(calculation: Calculation) -> str:
    """Return how good the activity data are, and who says so."""
    return gettext(
        "The weakest quantity is %(grade)s. You gave all quantities yourself; nobody has checked them.",
        grade=str(_GRADES[calculation.data_grade]),
    )


def uncertainty_text() -> str:
    """Return what is known of how far the figures may be off: no percentage that nobody has measured."""
    return gettext(
        "No percentage is given: none is known for the factors or for your quantities. "
        "Rounding up adds less than 1 g to each line."
    )


def boundary_text(calculation: Calculation) -> str:
    """Return what was counted, what was not reported, and what the method leaves out."""
    counted = dict.fromkeys(activity_name(line.activity) for line in calculation.lines)
    said = [gettext("Counted: %(activities)s.", activities=_list(counted))]
    if calculation.not_reported:
        left_out = _list(activity_name(activity) for activity in calculation.not_reported)
        said.append(gettext("Not reported, and not counted as zero: %(activities)s.", activities=left_out))
    said.append(gettext("This method leaves out food, goods, services, water, waste, heat and other ways to travel."))
    return _sentences(said)


def _where(region: str, years: str) -> str:
    return f"{region_name(region)} {years}".strip()


def _list(texts: Iterable[str]) -> str:
    return format_list(list(texts), locale=get_locale())


def _sentences(texts: Iterable[str]) -> str:
    # Chinese puts no space behind its full stop.
    return ("" if language() != "en" else " ").join(texts)
