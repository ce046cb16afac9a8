"""What stored lines say, in both languages."""

import json
from datetime import date
from pathlib import Path

import pytest
from flask_babel import force_locale

from app.points import rules, texts
from app.points.rules import PeriodKind, Usage, arithmetic_of
from app.points.texts import explain, signed_text

MARCH_12 = date(2026, 3, 12)
SHIPPED = Path(texts.__file__).parent / "data" / "rule_set_lishui_1.json"
CONTENT = json.loads(SHIPPED.read_text(encoding="utf-8"))["documents"][0]["content"]


def planting(**changes):
    content = json.loads(json.dumps(CONTENT))
    content["acts"]["planting.tree"] |= changes
    return rules.read_rule_set(content).acts["planting.tree"]


NOTHING_YET = Usage({})


def said(app, locale, *, trees, usage=NOTHING_YET, today=MARCH_12, act="planting.tree", **changes):
    rule = planting(**changes) if act == "planting.tree" else None
    made = arithmetic_of(rule, quantity=trees, acted_on=MARCH_12, usage=usage)
    with app.test_request_context(), force_locale(locale):
        return [each.text for each in explain(made.lines, act=act, acted_on=MARCH_12, today=today)]


def test_twelve_trees_are_explained_in_chinese(app):
    assert said(app, "zh", trees=12, usage=Usage({PeriodKind.YEAR: 180})) == [
        "12 株 × 10 分 = 120 分",
        "超出单次上限 100 分，减 20 分",
        "今年此前植树已得 180 分，上限 300 分",
        "应得积分 100 分",
        "60 分现在入账，40 分等2027年3月查验成活",
    ]


def test_twelve_trees_are_explained_in_english(app):
    assert said(app, "en", trees=12, usage=Usage({PeriodKind.YEAR: 180})) == [
        "12 trees × 10 points = 120 points",
        "Over the cap of 100 points for one act: 20 points less",
        "Earned this year before this: 180 points for tree planting, of 300 points at most",
        "Points for this act: 100 points",
        "60 points now, 40 points once the trees are found alive in March 2027",
    ]


def test_full_year_is_explained_in_chinese_and_the_trees_still_count(app):
    full = Usage({PeriodKind.YEAR: 300})

    assert said(app, "zh", trees=3, usage=full)[-1] == (
        "0 分：今年植树已得 300 分，到了年上限；这 3 株照样记入植树记录"
    )
    assert said(app, "zh", trees=3, usage=full, today=date(2027, 1, 5))[-1].startswith("0 分：2026年植树已得")


def test_full_year_is_explained_in_english(app):
    assert said(app, "en", trees=1, usage=Usage({PeriodKind.YEAR: 300}))[-1] == (
        "0 points: tree planting has earned 300 points this year, the cap of a year;"
        " the planting record still counts 1 tree"
    )


CASES = {
    "bonus_day": {"trees": 5, "bonus_days": [{"month": 3, "day": 12, "extra_percent": 50}]},
    "cool_down": {"trees": 5, "cool_down_days": 7, "usage": Usage({}, near_on=date(2026, 3, 10))},
    "cap_day": {
        "trees": 5,
        "caps": {"act": None, "day": 20, "month": None, "year": 300},
        "usage": Usage({PeriodKind.DAY: 10}),
    },
    "zero_day": {
        "trees": 5,
        "caps": {"act": None, "day": 20, "month": None, "year": 300},
        "usage": Usage({PeriodKind.DAY: 20}),
    },
    "cap_month": {
        "trees": 5,
        "caps": {"act": None, "day": None, "month": 20, "year": 300},
        "usage": Usage({PeriodKind.MONTH: 10}),
    },
    "zero_month": {
        "trees": 5,
        "caps": {"act": None, "day": None, "month": 20, "year": 300},
        "usage": Usage({PeriodKind.MONTH: 20}),
    },
    "cap_year": {"trees": 5, "usage": Usage({PeriodKind.YEAR: 280})},
    "nothing": {"trees": 0},
    "no_rate": {"trees": 5, "act": "heritage.care"},
}
SENTENCES = {
    "bonus_day": ("加分日多给 50 %，加 25 分", "Bonus day: 50% more, 25 points"),
    "cool_down": (
        "和2026年3月10日的植树相隔不满 7 天，减 50 分",
        "Less than 7 days from tree planting on 10 March 2026: 50 points less",
    ),
    "cap_day": (
        "超出单日上限 20 分（2026年3月12日当天已得 10 分），减 40 分",
        "Over the cap of 20 points a day (10 points earned on 12 March 2026): 40 points less",
    ),
    "zero_day": (
        "0 分：2026年3月12日当天植树已得 20 分，到了日上限；这 5 株照样记入植树记录",
        (
            "0 points: tree planting has earned 20 points on 12 March 2026, the cap of a day;"
            " the planting record still counts 5 trees"
        ),
    ),
    "cap_month": (
        "超出单月上限 20 分（2026年3月内已得 10 分），减 40 分",
        "Over the cap of 20 points a month (10 points earned in March 2026): 40 points less",
    ),
    "zero_month": (
        "0 分：2026年3月内植树已得 20 分，到了月上限；这 5 株照样记入植树记录",
        (
            "0 points: tree planting has earned 20 points in March 2026, the cap of a month;"
            " the planting record still counts 5 trees"
        ),
    ),
    "cap_year": (
        "超出全年上限 300 分（今年已得 280 分），减 30 分",
        "Over the cap of 300 points a year (280 points earned this year): 30 points less",
    ),
    "nothing": ("0 分：没有可计的数量", "0 points: there was nothing to count"),
    "no_rate": (
        "0 分：2026年3月12日施行的规则不给这类行动积分",
        "0 points: the rules of 12 March 2026 give none for this kind of act",
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_step_has_its_sentence(app, case, locale):
    assert SENTENCES[case][locale == "en"] in said(app, locale, **CASES[case])


def test_lines_tell_what_they_add_and_take_away(app):
    made = arithmetic_of(planting(), quantity=12, acted_on=MARCH_12, usage=Usage({PeriodKind.YEAR: 250}))

    with app.test_request_context():
        lines = explain(made.lines, act="planting.tree", acted_on=MARCH_12, today=MARCH_12)

    assert [line.points for line in lines] == [120, -20, -50, None, None, None]
    assert sum(line.points or 0 for line in lines) == made.points


@pytest.mark.parametrize(("points", "text"), [(60, "+60"), (-20, "\u221220"), (-1280, "\u22121,280"), (0, "0")])
def test_signed_points_carry_the_true_minus(points, text):
    assert signed_text(points) == text


def test_every_act_of_the_shipped_rules_has_words_of_its_own():
    assert CONTENT["acts"].keys() <= texts._WORDS.keys()
