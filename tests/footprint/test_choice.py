"""Which factor of the grid counts: the nearest region that has one, and there the latest year not after the activity's."""

from itertools import product

import pytest

from app.footprint.errors import FactorMissing
from app.footprint.rules.calculation import GRID
from app.footprint.rules.factors import Series, choose
from tests.footprint.shelf import make_factor, shipped

REGIONS = ("CN-ZJ", "east", "CN")
YEARS = (2021, 2022)
PLACES = tuple(product(REGIONS, YEARS))


def shelf(states):
    """Factors by key; each place of the grid holds none, one without a value, or one with."""
    return {
        f"grid.{region}.{year}": make_factor(
            f"grid.{region}.{year}", "0.5" if state == "value" else None, region=region, year_from=year, year_to=year
        )
        for (region, year), state in zip(PLACES, states, strict=True)
        if state != "absent"
    }


def by_the_rule(states, asked):
    """The rule told a second time: of everything in time, the first by region and then by lateness."""
    held = dict(zip(PLACES, states, strict=True))
    in_order = sorted(
        (place for place in PLACES if place[1] <= asked), key=lambda each: (REGIONS.index(each[0]), -each[1])
    )
    first = next((place for place in in_order if held[place] == "value"), None)
    before = in_order if first is None else in_order[: in_order.index(first)]
    return first, [place for place in before if held[place] == "missing"]


@pytest.mark.parametrize("asked", [2020, 2021, 2022, 2023])
def test_every_pattern_of_gaps_leads_to_the_factor_of_the_rule_and_names_what_it_passed_over(asked):
    for states in product(("absent", "missing", "value"), repeat=len(PLACES)):
        first, missing = by_the_rule(states, asked)
        find = shelf(states).get
        if first is None:
            with pytest.raises(FactorMissing) as refusal:
                choose(find, GRID, year=asked)
            nearest = f"grid.{'.'.join(map(str, missing[0]))}" if missing else f"grid.CN-ZJ.{asked}"
            assert refusal.value.params == {"key": nearest, "year": asked}, states
        else:
            choice = choose(find, GRID, year=asked)
            assert choice.factor.key == f"grid.{first[0]}.{first[1]}", states
            assert [(each.region, each.year) for each in choice.passed_over] == missing, states
            assert choice.is_wider_region == (first[0] != "CN-ZJ"), states
            assert (choice.wanted_region, choice.wanted_year) == ("CN-ZJ", asked)


@pytest.mark.parametrize(
    ("year", "key", "passed_over"),
    [
        (2021, "grid.CN-ZJ.2021", []),
        (2022, "grid.CN-ZJ.2022", []),
        (2023, "grid.CN-ZJ.2022", ["grid.CN-ZJ.2023"]),
        (2026, "grid.CN-ZJ.2022", ["grid.CN-ZJ.2023"]),
    ],
)
def test_shipped_factors_serve_zhejiang_and_its_missing_year_is_named(year, key, passed_over):
    choice = choose(shipped().get, GRID, year=year)

    assert choice.factor.key == key
    assert [each.key for each in choice.passed_over] == passed_over


def test_year_before_the_series_is_missing_although_older_numbers_stand_in_the_book():
    with pytest.raises(FactorMissing) as refusal:
        choose(shipped().get, GRID, year=2020)

    assert refusal.value.params["key"] == "grid.CN-ZJ.2020"
    assert shipped()["grid.CN.2020.corporate"].covers(2020)


def test_without_zhejiang_east_china_counts_and_without_it_the_country():
    without_zhejiang = {key: each for key, each in shipped().items() if each.region != "CN-ZJ"}
    without_east = {key: each for key, each in without_zhejiang.items() if each.region != "CN-east"}

    assert choose(without_zhejiang.get, GRID, year=2023).factor.key == "grid.east.2023"
    assert choose(without_east.get, GRID, year=2023).factor.key == "grid.CN.2023"


def test_first_year_of_a_series_is_its_last_resort():
    series = Series(stem="grid", regions=("CN-ZJ",), first_year=2022)
    held = shelf(["value"] * 6)

    assert choose(held.get, series, year=2023).factor.key == "grid.CN-ZJ.2022"
    with pytest.raises(FactorMissing):
        choose({"grid.CN-ZJ.2021": held["grid.CN-ZJ.2021"]}.get, series, year=2023)
