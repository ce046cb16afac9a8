"""The form of contents, and the days on which a version may start."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from app.rulebook.kinds import add_kind
from app.rulebook.rules import Document, Origin, Status, content_faults, earliest_start, latest_start
from tests.rulebook.conftest import CONTENT, SCHEMA, TODAY

VALIDATOR = Draft202012Validator(SCHEMA)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"points_per_tree": "20"}, ("/content/points_per_tree", "not_whole")),
        ({"points_per_tree": True}, ("/content/points_per_tree", "not_whole")),
        ({"points_per_tree": 1_001}, ("/content/points_per_tree", "out_of_range")),
        ({"points_per_tree": Decimal("20.5")}, ("/content/points_per_tree", "not_exact")),
        ({"points_per_tree": Decimal("20.0")}, ("/content/points_per_tree", "not_exact")),
        ({"caps": {}}, ("/content/caps/year", "missing")),
        ({"caps": {"year": 1, "a/b": 2}}, ("/content/caps/a~1b", "unknown")),
        ({"caps": {"year": 1, "day": "x"}}, ("/content/caps/day", "invalid")),
        ({"caps": []}, ("/content/caps", "not_object")),
        ({"rate": "1,5"}, ("/content/rate", "bad_pattern")),
        ({"forms": ["planting", "felling"]}, ("/content/forms/1", "not_choice")),
        ({"forms": ["planting", "care", "care"]}, ("/content/forms", "bad_length")),
        ({"forms": "planting"}, ("/content/forms", "not_list")),
        ({"note": "longer than ten"}, ("/content/note", "bad_length")),
        ({"note": 1}, ("/content/note", "not_text")),
        ({"is_open": 1}, ("/content/is_open", "not_boolean")),
    ],
)
def test_fault_of_a_content_is_named_with_its_place(app, change, fault):
    faults = content_faults(CONTENT | change, VALIDATOR)

    assert [(each.pointer, each.code) for each in faults] == [fault]
    assert all(each.detail for each in faults)


def test_all_faults_are_told_at_once_and_good_content_has_none(app):
    faults = content_faults({"colour": "green"}, VALIDATOR)

    assert [(each.pointer, each.code) for each in faults] == [
        ("/content/caps", "missing"),
        ("/content/colour", "unknown"),
        ("/content/points_per_tree", "missing"),
    ]
    assert content_faults(CONTENT, VALIDATOR) == ()


def test_flood_of_faults_is_cut(app):
    assert len(content_faults({f"m{n}": n for n in range(500)}, VALIDATOR)) == 50


def version_from(day: date) -> Document:
    return Document(
        id=UUID(int=1), kind="test.rules", name="planting", version=1, title_zh="一", title_en="One", content={},
        content_sha256="0" * 64, source="s", status=Status.DECIDED, effective_from=day, origin=Origin.SHIPPED,
        proposal_id=None, created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("former", "earliest", "latest"),
    [
        (None, TODAY, TODAY + timedelta(days=366)),
        (date(2026, 1, 1), TODAY, TODAY + timedelta(days=366)),
        (date(2027, 1, 1), date(2027, 1, 1), TODAY + timedelta(days=366)),
        # The product shipped a rule for a day far ahead: it can still be replaced on that day.
        (date(2030, 1, 1), date(2030, 1, 1), date(2030, 1, 1)),
    ],
)
def test_version_starts_neither_in_the_past_nor_before_the_former_one(former, earliest, latest):
    before = version_from(former) if former is not None else None

    assert (earliest_start(before, TODAY), latest_start(before, TODAY)) == (earliest, latest)


@pytest.mark.parametrize(
    ("kind", "schema", "error"),
    [
        ("rules", SCHEMA, ValueError),
        ("Points.rules", SCHEMA, ValueError),
        ("points.rules", {"type": "array"}, ValueError),
        ("points.rules", {**SCHEMA, "$schema": "http://json-schema.org/draft-07/schema#"}, ValueError),
        ("points.rules", {"type": "object", "required": "year"}, SchemaError),
    ],
)
def test_kind_with_a_bad_name_or_schema_stops_the_start(kind, schema, error):
    with pytest.raises(error):
        add_kind(Flask("house"), kind=kind, schema=schema, proposer_role="registrar", approver_role="issuer")


def test_kind_is_declared_once():
    house = Flask("house")
    add_kind(house, kind="points.rules", schema=SCHEMA, proposer_role="registrar", approver_role="issuer")

    with pytest.raises(ValueError, match="two kinds"):
        add_kind(house, kind="points.rules", schema=SCHEMA, proposer_role="registrar", approver_role="issuer")
