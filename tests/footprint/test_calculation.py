"""Grams: exact, rounded up line by line, the same in any order, and apart by gas scope."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.footprint.errors import FactorMissing, FactorUnfit, NothingReported, YearNotBegun
from app.footprint.rules.calculation import Activity, Caveat, DataGrade, Reported, emission_g
from app.footprint.rules.factors import GasScope, product_of
from app.footprint.schemas.asked import QUANTITY_MAX
from app.rulebook import Status
from tests.footprint.shelf import calculated, make_factor, reported, shipped

quantities = st.integers(0, QUANTITY_MAX)
values = st.decimals("0", "9999999", places=12)
reports = st.lists(
    st.builds(Reported, st.sampled_from(Activity), quantities, st.sampled_from(DataGrade)), min_size=1, max_size=8
)


@pytest.mark.parametrize(
    ("activity", "quantity", "grams"),
    [
        # DOMAIN 9: 12 km x 0.19567 = 2.34804 kg, the one chain that was found published.
        (Activity.CAR, 12_000, 2_349),
        (Activity.CAR, 12_000_000, 2_348_040),
        (Activity.ELECTRICITY, 1_000, 516),
        (Activity.ELECTRICITY, 2_400_000, 1_236_720),
        (Activity.NATURAL_GAS, 1_000, 2_163),
        (Activity.NATURAL_GAS, 1_000_000, 2_162_189),
        (Activity.RAIL, 100_000, 3_048),
        (Activity.RAIL, 100_001, 3_049),
        (Activity.FLIGHT, 10_000, 1_129),
        (Activity.FLIGHT, 9_999, 1_129),
        (Activity.FLIGHT, 10_001, 1_130),
        (Activity.FLIGHT, 1, 1),
        (Activity.FLIGHT, 0, 0),
    ],
)
def test_line_is_activity_times_factor_rounded_up_to_the_gram(activity, quantity, grams):
    [line] = calculated(reported(activity, quantity)).lines

    assert line.emission_g == grams


def test_natural_gas_follows_from_its_three_rows():
    [line] = calculated(reported(Activity.NATURAL_GAS, 1)).lines

    assert [each.key for each in line.product.inputs] == list(line.factor.computed_from)
    assert line.product.value == Decimal("2.162188809")


def test_product_is_not_told_once_an_input_gives_another_number():
    moved = shipped() | {"fuel.natural_gas.ncv": make_factor("fuel.natural_gas.ncv", "389.32", unit="GJ/10^4 Nm3")}
    gas = moved["fuel.natural_gas.co2"]

    assert product_of(gas, shipped().get) is not None
    assert product_of(gas, moved.get) is None
    assert calculated(reported(Activity.NATURAL_GAS, 1_000), find=moved.get).total_g == 2_163


@pytest.mark.parametrize("absent", ["fuel.natural_gas.ncv", "fuel.natural_gas.carbon", "fuel.natural_gas.oxidation"])
def test_product_is_not_told_while_an_input_is_missing(absent):
    without = {key: each for key, each in shipped().items() if key != absent}
    unknown = shipped() | {absent: make_factor(absent, None)}

    assert product_of(shipped()["fuel.natural_gas.co2"], without.get) is None
    assert product_of(shipped()["fuel.natural_gas.co2"], unknown.get) is None


def test_product_is_not_told_of_two_inputs_where_three_are_named():
    held = {"n": make_factor("n", "12", unit="GJ/t"), "c": make_factor("c", "0.5", unit="tC/GJ")}
    fuel = make_factor("fuel.x.co2", "22", computed_from=("n", "c", "oxidation"))

    assert product_of(fuel, held.get) is None
    assert product_of(fuel, {**held, "oxidation": make_factor("oxidation", None)}.get) is None
    assert product_of(fuel, {**held, "oxidation": make_factor("oxidation", "1")}.get).value == 22


def test_product_of_quantities_in_strange_units_is_not_told():
    strange = shipped() | {"fuel.natural_gas.ncv": make_factor("fuel.natural_gas.ncv", "389.31", unit="kcal/m3")}

    assert product_of(strange["fuel.natural_gas.co2"], strange.get) is None


@given(quantity=quantities, value=values)
def test_rounding_up_never_loses_and_never_adds_a_whole_gram(quantity, value):
    exact = Fraction(value) * quantity

    assert exact <= emission_g(quantity, value) < exact + 1


@given(quantity=quantities, more=quantities, value=values, dearer=values)
def test_more_activity_or_a_higher_factor_never_emits_less(quantity, more, value, dearer):
    assert emission_g(quantity + more, value) >= emission_g(quantity, value)
    assert emission_g(quantity, max(value, dearer)) >= emission_g(quantity, min(value, dearer))


@given(activities=reports, seed=st.randoms(use_true_random=False))
def test_order_of_what_is_reported_changes_nothing(activities, seed):
    shuffled = seed.sample(activities, len(activities))

    assert calculated(*shuffled) == calculated(*activities)


@given(activities=reports)
def test_subtotals_and_lines_add_up_to_the_total(activities):
    made = calculated(*activities)

    assert sum(each.emission_g for each in made.subtotals) == made.total_g == sum(x.emission_g for x in made.lines)
    assert {each.gas_scope for each in made.subtotals} == {line.gas_scope for line in made.lines}
    assert made.mixed_scopes == (len({line.gas_scope for line in made.lines if line.emission_g}) > 1)


@given(activities=reports)
def test_buying_covers_every_line_by_itself_and_less_than_a_kilogram_over(activities):
    made = calculated(*activities)

    assert all(0 <= line.kg_to_cover * 1_000 - line.emission_g < 1_000 for line in made.lines)
    assert made.kg_to_cover == sum(line.kg_to_cover for line in made.lines)


def test_buying_two_lines_of_a_gram_each_takes_two_kilograms():
    made = calculated(reported(Activity.FLIGHT, 1), reported(Activity.RAIL, 1))

    assert (made.total_g, made.kg_to_cover) == (2, 2)


def test_total_of_two_scopes_is_called_mixed_and_a_zero_line_mixes_nothing():
    power, car, parked = (
        reported(Activity.ELECTRICITY, 1_000),
        reported(Activity.CAR, 1_000),
        reported(Activity.CAR, 0),
    )

    assert calculated(power, car).mixed_scopes
    assert [(each.gas_scope, each.emission_g) for each in calculated(power, car).subtotals] == [
        (GasScope.CO2, 516),
        (GasScope.LIFE_CYCLE, 196),
    ]
    assert not calculated(power, parked).mixed_scopes
    assert not calculated(power, reported(Activity.RAIL, 1_000)).mixed_scopes


def test_total_has_the_grade_of_its_weakest_line():
    measured, calculated_, guessed = (reported(Activity.CAR, 1, grade) for grade in DataGrade)

    assert calculated(measured).data_grade is DataGrade.MEASURED
    assert calculated(calculated_, measured).data_grade is DataGrade.CALCULATED
    assert calculated(measured, guessed, calculated_).data_grade is DataGrade.ESTIMATED


def test_activities_that_nobody_reported_are_named_and_a_reported_zero_is_not_one_of_them():
    made = calculated(reported(Activity.CAR, 0), reported(Activity.ELECTRICITY, 5))

    assert made.not_reported == (Activity.NATURAL_GAS, Activity.RAIL, Activity.FLIGHT)


def test_year_of_nothing_is_refused():
    with pytest.raises(NothingReported):
        calculated()


def test_running_year_can_be_calculated_and_the_next_cannot():
    assert calculated(reported(Activity.CAR, 1), year=2026).total_g == 1
    with pytest.raises(YearNotBegun):
        calculated(reported(Activity.CAR, 1), year=2027)


@pytest.mark.parametrize("missing", [None, make_factor("cpcd.car.petrol.medium", None, unit="kgCO2e/vehicle-km")])
def test_factor_without_a_value_stops_the_calculation_and_is_named(missing):
    find = {**shipped(), "cpcd.car.petrol.medium": missing}.get

    with pytest.raises(FactorMissing) as refusal:
        calculated(reported(Activity.ELECTRICITY, 1), reported(Activity.CAR, 0), find=find)

    assert refusal.value.params == {"key": "cpcd.car.petrol.medium"}
    assert calculated(reported(Activity.ELECTRICITY, 1), find=find).total_g == 1


@pytest.mark.parametrize(
    "changes", [{"unit": "gCO2/pkm"}, {"unit": "kgCO2/km"}, {"unit": "kgCO2/"}, {"gas_scope": None}]
)
def test_factor_in_another_unit_is_refused_not_multiplied(changes):
    wrong = make_factor("hsr.CN.full.2019", "0.03", **{"unit": "kgCO2/pkm"} | changes)

    with pytest.raises(FactorUnfit):
        calculated(reported(Activity.RAIL, 1), find={"hsr.CN.full.2019": wrong}.get)


def test_scope_is_the_factors_own_and_not_read_from_its_unit():
    low = make_factor("hsr.CN.full.2019", "0.03", unit="kgCO2e/pkm", gas_scope=GasScope.LIFE_CYCLE)

    [line] = calculated(reported(Activity.RAIL, 1), find={low.key: low}.get).lines

    assert line.gas_scope is GasScope.LIFE_CYCLE


def caveats(*activities, **more):
    return [set(line.caveats) for line in calculated(*activities, **more).lines]


def test_line_says_what_is_to_be_known_of_its_factor():
    everything = [reported(activity, 1) for activity in Activity]

    assert caveats(*everything, year=2022) == [
        set(),
        {Caveat.NO_YEAR, Caveat.STANDARD_VOLUME},
        {Caveat.OTHER_YEAR, Caveat.PETROL_CAR},
        {Caveat.OTHER_YEAR, Caveat.RESEARCH_VALUE},
        {Caveat.OTHER_YEAR, Caveat.RESEARCH_VALUE, Caveat.UPPER_END},
    ]


def test_fallback_to_a_wider_region_and_a_recalled_value_are_said():
    national = {key: each for key, each in shipped().items() if each.region == "CN"}

    assert shipped()["grid.CN.2021"].status is Status.RECALLED
    assert caveats(reported(Activity.ELECTRICITY, 1), year=2021, find=national.get) == [
        {Caveat.RECALLED, Caveat.WIDER_REGION}
    ]
    assert caveats(reported(Activity.ELECTRICITY, 1), year=2025, find=national.get) == [
        {Caveat.WIDER_REGION, Caveat.OTHER_YEAR}
    ]
