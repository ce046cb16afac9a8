"""What a footprint says, in Chinese and in English, from the numbers that were kept."""

import json

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.footprint import texts
from app.footprint.keeping import line_from, line_json
from app.footprint.rules.calculation import Activity, Caveat, DataGrade, Reported
from app.footprint.schemas.asked import QUANTITY_MAX
from app.rulebook import Status
from tests.engines import app_for
from tests.footprint.shelf import calculated, make_factor, reported, shipped


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application without tables: sentences need none."""
    home = tmp_path_factory.mktemp("texts")
    return app_for(home, f"sqlite:///{home}/lintan.db")


def said(application, language, say, *about):
    with application.test_request_context(headers={"Accept-Language": language}):
        return say(*about)


def in_both(application, say, *about):
    return said(application, "zh-CN", say, *about), said(application, "en", say, *about)


def test_line_reads_as_arithmetic_with_region_year_and_source(application):
    [line] = calculated(reported(Activity.ELECTRICITY, 2_400_000)).lines

    source = shipped()["grid.CN-ZJ.2022"].source
    assert in_both(application, texts.line_text, line) == (
        f"用电 2,400 kWh × 0.5153 kgCO2/kWh = 1,236,720 g，浙江 2022，来源：{source}",
        f"Electricity: 2,400 kWh × 0.5153 kgCO2/kWh = 1,236,720 g; Zhejiang 2022; source: {source}",
    )


def test_line_says_where_it_was_rounded_and_leaves_out_a_year_that_no_source_names(application):
    [line] = calculated(reported(Activity.NATURAL_GAS, 180_000)).lines

    zh, en = in_both(application, texts.line_text, line)

    assert zh.startswith("用天然气 180 m³ × 2.162189 kgCO2/Nm3 = 389,195 g（向上取整），全国，来源：")
    assert en.startswith("Natural gas: 180 m³ × 2.162189 kgCO2/Nm3 = 389,195 g, rounded up; China; source: ")


def test_line_with_a_recalled_factor_says_so_in_the_sentence(application):
    recalled = make_factor("grid.CN.2021", "0.5568", region="CN", year_from=2021, year_to=2021, status=Status.RECALLED)
    [line] = calculated(reported(Activity.ELECTRICITY, 1_000), find={recalled.key: recalled}.get).lines

    zh, en = in_both(application, texts.line_text, line)

    assert zh == "用电 1 kWh × 0.5568 kgCO2/kWh = 557 g（向上取整），全国 2021，来源（凭记忆，未读到原文）：a notice"
    assert en.endswith("557 g, rounded up; China 2021; source, recalled and not read: a notice")


@pytest.mark.parametrize(
    ("quantity", "unit", "shown"),
    [
        (0, "Wh", "0 kWh"),
        (1, "Wh", "0.001 kWh"),
        (1_000, "Wh", "1 kWh"),
        (2_400_500, "Wh", "2,400.5 kWh"),
        (999_999_999, "L", "999,999.999 m³"),
        (20_000, "m", "20 km"),
        (1_200_050, "passenger-m", "1,200.05 passenger-km"),
    ],
)
def test_quantity_is_shown_in_the_unit_of_bills_and_maps(application, quantity, unit, shown):
    assert said(application, "en", texts.quantity_text, quantity, unit) == shown


def choice_said(application, *keys, year):
    held = {key: each for key, each in shipped().items() if key in keys}
    [line] = calculated(reported(Activity.ELECTRICITY, 1), year=year, find=held.get).lines
    return in_both(application, texts.choice_text, line.choice)


def test_choice_of_the_years_own_factor_is_said_in_one_sentence(application):
    assert choice_said(application, "grid.CN-ZJ.2022", year=2022) == (
        "浙江有 2022 年本年的因子。",
        "Zhejiang has a factor for 2022 itself.",
    )


def test_choice_of_an_older_year_names_the_missing_one(application):
    assert choice_said(application, "grid.CN-ZJ.2022", "grid.CN-ZJ.2023", year=2025) == (
        "采用浙江 2022 年的因子：不晚于 2025 年的最近一年。按规则应先用浙江 2023 年，但其数值缺失。",
        (
            "The factor of Zhejiang for 2022 counts: the latest that is not after 2025. "
            "Zhejiang 2023 would come first, but its value is missing."
        ),
    )


def test_choice_of_a_wider_region_says_that_it_is_one(application):
    assert choice_said(application, "grid.east.2023", year=2023) == (
        "华东有 2023 年本年的因子。浙江没有可用数值，改用更大区域。",
        "East China has a factor for 2023 itself. There is none with a value for Zhejiang, so a wider region counts.",
    )


def test_formula_of_natural_gas_shows_its_numbers_and_where_it_was_rounded(application):
    [line] = calculated(reported(Activity.NATURAL_GAS, 1)).lines

    formula = "389.31 GJ/10^4 Nm3 × 0.01530 tC/GJ × 0.99 × 44/12 = 2.162188809 kgCO2/Nm3"
    assert in_both(application, texts.product_text, line.product, line.factor) == (
        f"{formula}，取 2.162189",
        f"{formula}, rounded to 2.162189",
    )


def test_formula_that_comes_out_even_is_not_called_rounded(application):
    numbers = {"n": "12", "c": "0.5", "co2": "22"}
    units = {"n": "GJ/t", "c": "tC/GJ", "co2": "kgCO2/Nm3"}
    held = {key: make_factor(key, value, unit=units[key]) for key, value in numbers.items()}
    gas = make_factor("fuel.natural_gas.co2", "22", unit="kgCO2/Nm3", computed_from=("n", "c"))
    [line] = calculated(reported(Activity.NATURAL_GAS, 1), find={**held, gas.key: gas}.get).lines

    assert (
        said(application, "en", texts.product_text, line.product, gas) == "12 GJ/t × 0.5 tC/GJ × 44/12 = 22 kgCO2/Nm3"
    )


def test_total_of_unlike_things_is_told_from_one_of_a_kind(application):
    power, car = reported(Activity.ELECTRICITY, 1), reported(Activity.CAR, 1)

    mixed, single = calculated(power, car), calculated(power)

    assert in_both(application, texts.total_text, mixed) == (
        "合计把不同口径加在一起：仅二氧化碳和全生命周期。请看分项小计。",
        "The total adds different things: CO2 only and life cycle. Read the sub-totals beside it.",
    )
    assert in_both(application, texts.total_text, single) == (
        "合计的口径：仅二氧化碳。",
        "What the total counts: CO2 only.",
    )


def test_total_beside_a_parked_car_is_that_of_the_lines_that_emit(application):
    power, parked = reported(Activity.ELECTRICITY, 1), reported(Activity.CAR, 0)

    assert said(application, "en", texts.total_text, calculated(power, parked)) == "What the total counts: CO2 only."
    assert said(application, "en", texts.total_text, calculated(parked)) == "What the total counts: life cycle."


def test_boundary_names_what_is_counted_and_what_is_not_known_of(application):
    zh, en = in_both(
        application, texts.boundary_text, calculated(reported(Activity.CAR, 1), reported(Activity.RAIL, 0))
    )

    assert zh.startswith("已计入：开车和乘高铁。未填写，不按零计：用电、用天然气和乘飞机。本方法不含饮食")
    assert en.startswith(
        "Counted: driving and high-speed rail. "
        "Not reported, and not counted as zero: electricity, natural gas, and flying. This method leaves out food"
    )
    whole = calculated(*(reported(activity, 1) for activity in Activity))
    assert "not counted as zero" not in said(application, "en", texts.boundary_text, whole)


def test_uncertainty_is_said_without_a_number_that_nobody_measured(application):
    for sentence in in_both(application, texts.uncertainty_text):
        assert "%" not in sentence


@pytest.mark.parametrize("caveat", Caveat)
def test_every_caveat_is_said_in_both_languages(application, caveat):
    [line] = calculated(reported(Activity.RAIL, 1)).lines

    zh, en = in_both(application, texts.caveat_text, caveat, line, 2025)

    assert zh.endswith("。")
    assert en.endswith(".")


def test_caveat_of_another_year_names_both(application):
    several = make_factor("hsr.CN.full.2019", "0.03", unit="kgCO2/pkm", year_from=2017, year_to=2019)
    [line] = calculated(reported(Activity.RAIL, 1), find={several.key: several}.get).lines

    assert in_both(application, texts.caveat_text, Caveat.OTHER_YEAR, line, 2025) == (
        "因子为 2017—2019 年，活动在 2025 年。",
        "The factor is for 2017–2019, the activity for 2025.",
    )


@given(
    reports=st.lists(
        st.builds(Reported, st.sampled_from(Activity), st.integers(0, QUANTITY_MAX), st.sampled_from(DataGrade)),
        min_size=1,
        max_size=5,
    ),
    year=st.integers(2021, 2026),
    unknown=st.sets(st.sampled_from(["grid.CN-ZJ.2022", "grid.CN-ZJ.2021", "fuel.natural_gas.ncv"])),
)
def test_line_that_is_kept_as_json_reads_as_it_was(reports, year, unknown):
    held = {key: each for key, each in shipped().items() if key not in unknown}
    lines = calculated(*reports, year=year, find=held.get).lines

    assert tuple(line_from(json.loads(json.dumps(line_json(line)))) for line in lines) == lines
