"""The rule set as a document: the form it must have, and the version that is shipped."""

import json
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app import points
from app.foundation.data import reading
from app.points import rules
from app.points.rule_sets import KIND, NAME, rule_set_on
from app.rulebook import Status, document_in_force

DATA = Path(points.__file__).parent / "data"
SCHEMA = json.loads((DATA / "rule_set.schema.json").read_text(encoding="utf-8"))
SHIPPED = json.loads((DATA / "rule_set_lishui_1.json").read_text(encoding="utf-8"))["documents"][0]["content"]


def changed(path, value):
    content = deepcopy(SHIPPED)
    *way, last = path
    place = content
    for step in way:
        place = place[step]
    if value is None and last not in {"act", "day", "month", "year"}:
        del place[last]
    else:
        place[last] = value
    return content


def is_good(content):
    return Draft202012Validator(SCHEMA).is_valid(content)


ACT = ("acts", "planting.tree")


def test_shipped_rule_set_is_in_force_from_the_start_of_2026_and_says_that_it_was_chosen(app):
    with reading() as session:
        document = document_in_force(session, KIND, NAME, date(2026, 1, 1))

    assert (document.version, document.status) == (1, Status.DECIDED)
    assert document.source.startswith("Product choice.")


def test_shipped_numbers_are_those_of_the_pages(app):
    with reading() as session:
        in_force = rule_set_on(session, date(2026, 3, 12))

    rule = in_force.rule_set.acts["planting.tree"]
    assert (rule.points_per_unit, rule.cap_act, rule.cap_by_period[rules.PeriodKind.YEAR]) == (10, 100, 300)
    assert rules.split_points(100, later_percent=rule.later_percent) == (60, 40)
    assert in_force.rule_set.expires_after_months == 24


def test_shipped_content_has_the_form():
    Draft202012Validator.check_schema(SCHEMA)
    assert is_good(SHIPPED)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*ACT, "caps", "act"), 0),
        ((*ACT, "caps", "act"), -1),
        ((*ACT, "caps", "act"), "100"),
        ((*ACT, "caps", "act"), True),
        ((*ACT, "caps", "year"), None),
        ((*ACT, "caps", "year"), 0),
        ((*ACT, "caps", "week"), 100),
        ((*ACT, "caps"), {"act": 100, "year": 300}),
        ((*ACT, "points_per_unit"), 0),
        ((*ACT, "points_per_unit"), 1.5),
        ((*ACT, "cool_down_days"), -1),
        ((*ACT, "cool_down_days"), 367),
        ((*ACT, "vesting", "later_percent"), 101),
        ((*ACT, "vesting", "later_percent"), -1),
        ((*ACT, "vesting", "later_after_months"), 0),
        ((*ACT, "bonus_days"), [{"month": 13, "day": 1, "extra_percent": 50}]),
        ((*ACT, "bonus_days"), [{"month": 3, "day": 12, "extra_percent": 0}]),
        ((*ACT, "bonus_days"), [{"month": 3, "day": 12, "extra_percent": 50}] * 2),
        ((*ACT, "rate"), 10),
        ((*ACT, "vesting"), None),
        (("acts",), {}),
        (("acts", "Planting Tree"), SHIPPED["acts"]["planting.tree"]),
        (("expires_after_months",), 0),
        (("second_verifier_over_points",), -1),
        (("second_verifier_over_points",), None),
        (("budget_points_year",), -1),
        (("budget_points_year",), None),
        (("kilograms_per_point",), 1),
    ],
)
def test_rule_set_without_the_form_is_refused(path, value):
    assert not is_good(changed(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*ACT, "caps", "day"), 50),
        ((*ACT, "caps", "act"), None),
        ((*ACT, "cool_down_days"), 366),
        ((*ACT, "vesting", "later_percent"), 0),
        ((*ACT, "vesting", "later_percent"), 100),
        (("second_verifier_over_points",), 0),
        (("budget_points_year",), 0),
    ],
)
def test_rule_set_at_the_edges_of_the_form_is_accepted_and_can_be_read(path, value):
    content = changed(path, value)

    assert is_good(content)
    rules.read_rule_set(content)
