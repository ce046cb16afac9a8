"""The factors that the product ships: in their form, honest about what is missing, and consistent among themselves."""

import json
from collections import Counter
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from app.footprint.rules.calculation import COUNTED, Activity
from app.footprint.rules.factors import GasScope, Series, product_of
from app.rulebook import Status
from tests.footprint.shelf import DATA, documents, shipped

PRODUCTS = sorted(key for key, each in shipped().items() if each.computed_from)


def test_every_document_has_the_form_of_its_kind_and_a_key_of_its_own():
    validator = Draft202012Validator(json.loads((DATA / "factor.schema.json").read_text(encoding="utf-8")))

    assert [error.message for each in documents() for error in validator.iter_errors(each["content"])] == []
    assert [key for key, times in Counter(each["name"] for each in documents()).items() if times > 1] == []


@pytest.mark.parametrize("value", ["1e3", "-1", ".5", "0,5", "1.1234567890123", "12345678", "", 0.5])
def test_number_that_is_not_plain_digits_is_refused_by_the_form(value):
    schema = json.loads((DATA / "factor.schema.json").read_text(encoding="utf-8"))
    content = documents()[0]["content"] | {"value": value}

    assert not Draft202012Validator(schema).is_valid(content)


def test_missing_factors_and_only_those_have_no_value():
    assert {key for key, each in shipped().items() if each.value is None} == {
        key for key, each in shipped().items() if each.status is Status.MISSING
    }
    assert {key for key, each in shipped().items() if each.value is None} == {
        "grid.CN-ZJ.2023",
        "meal.per_person",
        "hsr.CN",
        "ebike.CN",
    }


def test_every_factor_names_its_source_and_its_unit_says_its_scope():
    for key, each in shipped().items():
        assert each.source, key
        if each.gas_scope is GasScope.CO2:
            assert each.unit.startswith(("kgCO2/", "tCO2/")), key
        elif each.gas_scope is None:
            assert "CO2" not in each.unit, key
        else:
            assert each.unit.startswith("kgCO2e/"), key


def test_everything_that_a_year_counts_is_shipped_with_a_value_in_the_right_unit():
    for activity in Activity:
        counting = COUNTED[activity]
        key = "grid.CN-ZJ.2022" if isinstance(counting.factor, Series) else counting.factor
        assert shipped()[key].value is not None
        assert shipped()[key].unit.endswith(f"/{counting.per}")


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("grid.CN.2023", "0.5306", "VERIFIED"),
        ("grid.CN.2022", "0.5366", "VERIFIED"),
        ("grid.CN.2021", "0.5568", "RECALLED"),
        ("grid.east.2023", "0.5500", "VERIFIED"),
        ("grid.east.2022", "0.5617", "VERIFIED"),
        ("grid.CN-ZJ.2022", "0.5153", "VERIFIED"),
        ("grid.CN-ZJ.2021", "0.5422", "VERIFIED"),
        ("cpcd.car.petrol.medium", "0.19567", "VERIFIED"),
        ("hsr.CN.full.2019", "0.03048", "VERIFIED"),
        ("flight.CN.full.low", "0.1083", "VERIFIED"),
        ("flight.CN.full.high", "0.1129", "VERIFIED"),
        ("fuel.natural_gas.co2", "2.162189", "VERIFIED"),
        ("fuel.lpg.co2", "2.953847", "VERIFIED"),
        ("heat.purchased", "0.11", "RECALLED"),
        ("defra2025.rail.national", "0.03546", "VERIFIED"),
    ],
)
def test_factor_stands_digit_by_digit_as_it_was_found(key, value, status):
    assert (str(shipped()[key].value), shipped()[key].status) == (value, status)


@pytest.mark.parametrize("key", PRODUCTS)
def test_fuel_factor_is_the_product_of_its_inputs(key):
    product = product_of(shipped()[key], shipped().get)

    assert product is not None
    assert abs(product.value - shipped()[key].value) <= Decimal("0.0000005")


def test_every_fuel_with_the_inputs_has_its_product():
    assert len(PRODUCTS) == 23
    assert all(key.endswith(".co2") for key in PRODUCTS)
