"""The arithmetic of an award, without a database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.points import rules
from app.points.rules import ActRule, BonusDay, PeriodKind, Usage, arithmetic_of

MARCH_12 = date(2026, 3, 12)
NOTHING_YET = Usage({})

PLANTING = ActRule(
    points_per_unit=10,
    cap_act=100,
    cap_by_period={PeriodKind.DAY: None, PeriodKind.MONTH: None, PeriodKind.YEAR: 300},
    cool_down_days=0,
    bonus_days=(),
    later_percent=40,
    later_after_months=12,
)


def of(quantity: int, *, rule: ActRule | None = PLANTING, usage: Usage = NOTHING_YET, on: date = MARCH_12):
    return arithmetic_of(rule, quantity=quantity, acted_on=on, usage=usage)


def codes(arithmetic) -> list[str]:
    return [line["code"] for line in arithmetic.lines]


def year(points: int) -> Usage:
    return Usage({PeriodKind.YEAR: points})


def test_five_trees_earn_fifty_points_thirty_of_them_now():
    made = of(5)

    assert (made.points, made.points_now, made.points_later, made.later_on) == (50, 30, 20, date(2027, 3, 12))
    assert made.lines == (
        {"code": "units", "quantity": 5, "points_per_unit": 10, "points": 50},
        {"code": "year_so_far", "used": 0, "limit": 300},
        {"code": "total", "points": 50},
        {"code": "split", "points_now": 30, "points_later": 20, "later_on": "2027-03-12"},
    )


@pytest.mark.parametrize(("trees", "points", "bit"), [(10, 100, False), (11, 100, True), (12, 100, True)])
def test_cap_of_an_act_bites_above_a_hundred_points_only(trees, points, bit):
    made = of(trees)

    assert made.points == points
    assert ({"code": "cap_act", "limit": 100, "before": trees * 10, "after": 100} in made.lines) is bit


@pytest.mark.parametrize(("used", "points"), [(199, 100), (200, 100), (201, 99), (299, 1)])
def test_cap_of_the_year_leaves_what_is_left_of_it(used, points):
    made = of(12, usage=year(used))

    assert made.points == points
    assert ("cap_year" in codes(made)) is (points < 100)


@pytest.mark.parametrize("used", [300, 301])
def test_full_year_earns_nothing_and_says_so(used):
    made = of(3, usage=year(used))

    assert (made.points, made.points_now, made.points_later) == (0, 0, 0)
    assert made.lines[-1] == {"code": "zero", "reason": "cap_year", "quantity": 3, "used": used, "limit": 300}


def test_narrow_caps_bite_before_wide_ones_and_each_tells_what_it_took():
    rule = replace(PLANTING, cap_by_period={PeriodKind.DAY: 80, PeriodKind.MONTH: 70, PeriodKind.YEAR: 60})
    usage = Usage({PeriodKind.DAY: 10, PeriodKind.MONTH: 20, PeriodKind.YEAR: 30})

    made = of(12, rule=rule, usage=usage)

    assert [(line["before"], line["after"]) for line in made.lines if line["code"].startswith("cap_")] == [
        (120, 100),
        (100, 70),
        (70, 50),
        (50, 30),
    ]
    assert made.points == 30


def test_bonus_day_gives_more_on_that_day_only_and_no_fraction():
    rule = replace(PLANTING, points_per_unit=3, bonus_days=(BonusDay(month=3, day=12, extra_percent=50),))

    assert of(3, rule=rule).points == 13  # 9 and half of 9, rounded down.
    assert of(3, rule=rule, on=MARCH_12 + timedelta(days=1)).points == 9


def test_act_within_the_cool_down_earns_nothing_and_names_the_other_act():
    rule = replace(PLANTING, cool_down_days=7)

    made = of(5, rule=rule, usage=Usage({}, near_on=date(2026, 3, 8)))

    assert made.points == 0
    assert made.lines[-1] == {
        "code": "zero",
        "reason": "cool_down",
        "quantity": 5,
        "days": 7,
        "near_on": "2026-03-08",
    }


def test_act_that_the_rule_set_does_not_know_earns_nothing_and_says_so():
    assert of(5, rule=None).lines == ({"code": "zero", "reason": "no_rate", "quantity": 5},)


def test_nothing_counted_earns_nothing_and_says_so():
    assert of(0).lines[-1] == {"code": "zero", "reason": "nothing_counted", "quantity": 0}


def test_negative_quantity_is_a_programming_error():
    with pytest.raises(ValueError, match="-1 units"):
        of(-1)


@pytest.mark.parametrize(
    ("days", "window"), [(0, None), (1, (MARCH_12, MARCH_12)), (7, (date(2026, 3, 6), date(2026, 3, 18)))]
)
def test_cool_down_of_n_days_reaches_n_less_one_to_both_sides(days, window):
    assert rules.cool_down_window(MARCH_12, days=days) == window


caps = st.none() | st.integers(1, 2_000)
act_rules = st.builds(
    ActRule,
    points_per_unit=st.integers(1, 500),
    cap_act=caps,
    cap_by_period=st.fixed_dictionaries(
        {PeriodKind.DAY: caps, PeriodKind.MONTH: caps, PeriodKind.YEAR: st.integers(1, 5_000)}
    ),
    cool_down_days=st.integers(0, 30),
    bonus_days=st.lists(
        st.builds(BonusDay, month=st.just(3), day=st.sampled_from([11, 12]), extra_percent=st.integers(1, 300)),
        max_size=2,
    ).map(tuple),
    later_percent=st.integers(0, 100),
    later_after_months=st.integers(1, 60),
)
usages = st.builds(
    Usage,
    points=st.fixed_dictionaries({}, optional={kind: st.integers(0, 6_000) for kind in PeriodKind}),
    near_on=st.none() | st.just(MARCH_12),
)


@given(rule=act_rules, usage=usages, quantity=st.integers(0, 1_000))
def test_no_cap_is_ever_exceeded(rule, usage, quantity):
    made = of(quantity, rule=rule, usage=usage)

    assert made.points <= (rule.cap_act if rule.cap_act is not None else made.points)
    for kind, limit in rule.cap_by_period.items():
        if limit is not None and made.points:
            assert usage.points.get(kind, 0) + made.points <= limit


@given(rule=act_rules, usage=usages, quantity=st.integers(0, 1_000))
def test_parts_add_up_to_the_points(rule, usage, quantity):
    made = of(quantity, rule=rule, usage=usage)

    assert made.points_now + made.points_later == made.points
    assert min(made.points_now, made.points_later) >= 0
    assert (made.later_on is None) == (made.points_later == 0)


@given(rule=act_rules, usage=usages, quantity=st.integers(0, 1_000), more=st.integers(0, 1_000))
def test_more_units_never_earn_less(rule, usage, quantity, more):
    assert of(quantity + more, rule=rule, usage=usage).points >= of(quantity, rule=rule, usage=usage).points


@given(rule=st.none() | act_rules, usage=usages, quantity=st.integers(0, 1_000))
def test_zero_has_a_reason_and_anything_else_has_none(rule, usage, quantity):
    made = of(quantity, rule=rule, usage=usage)

    assert (made.lines[-1]["code"] == "zero") is (made.points == 0)
    assert codes(made).count("zero") <= 1


@given(rule=act_rules, usage=usages, quantity=st.integers(1, 1_000))
def test_lines_lead_from_the_units_to_the_total_without_a_gap(rule, usage, quantity):
    standing = None
    for line in of(quantity, rule=rule, usage=usage).lines:
        if line["code"] == "units":
            standing = line["points"]
        elif "before" in line:
            assert line["before"] == standing
            standing = line["after"]
        elif line["code"] == "total":
            assert line["points"] == standing
    assert standing is not None


@given(points=st.integers(0, 10**12), later_percent=st.integers(0, 100))
def test_split_is_exact_and_no_share_is_off_by_a_whole_point(points, later_percent):
    now, later = rules.split_points(points, later_percent=later_percent)

    assert now + later == points
    assert abs(later * 100 - points * later_percent) < 100


@given(points=st.integers(0, 1_000))
def test_left_over_point_goes_to_the_larger_share_and_in_a_tie_to_now(points):
    assert rules.split_points(points, later_percent=50) == (points - points // 2, points // 2)
    assert rules.split_points(points, later_percent=60)[0] == points * 40 // 100
    assert rules.split_points(points, later_percent=40)[1] == points * 40 // 100


@given(amounts=st.lists(st.integers(1, 100)), room=st.integers(0, 1_000))
def test_those_who_are_served_fit_and_the_next_one_does_not(amounts, room):
    served = rules.served_in_turn(amounts, room=room)

    assert sum(amounts[:served]) <= room
    assert served == len(amounts) or sum(amounts[: served + 1]) > room
