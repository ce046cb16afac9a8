"""What the product brings along is put into the book once, and never edited there."""

import json
from datetime import date, timedelta

import pytest

from app.foundation.data import reading
from app.rulebook import (
    Origin,
    ShippedDocumentDiffers,
    ShippedDocumentRefused,
    document_in_force,
    documents_in_force,
)
from tests.rulebook.conftest import CONTENT, KIND, TODAY, shipped


def in_force(on=TODAY, name="planting"):
    with reading() as session:
        return document_in_force(session, KIND, name, on)


def test_shipped_documents_are_in_the_book_after_set_up_however_often_it_runs(ship_file):
    documents = [shipped(), shipped(version=2, effective_from="2026-06-01"), shipped(name="care", status="RECALLED")]

    ship_file(*documents)
    before = in_force()
    ship_file(*documents)

    assert (before.version, before.origin, before.source) == (2, Origin.SHIPPED, "product")
    assert in_force() == before
    with reading() as session:
        assert [each.name for each in documents_in_force(session, KIND, TODAY)] == ["care", "planting"]
    assert in_force(date(2026, 5, 31)).version == 1


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("content", CONTENT | {"points_per_tree": 21}),
        ("source", "another source"),
        ("status", "VERIFIED"),
        ("effective_from", "2026-01-02"),
        ("title_zh", "另一个名字"),
        ("title_en", "Another"),
    ],
)
def test_edited_version_stops_the_set_up_and_says_what_differs(ship_file, member, value):
    ship_file(shipped())

    with pytest.raises(ShippedDocumentDiffers, match=f"planting version 1 differs .* in {member}:"):
        ship_file(shipped(**{member: value}))

    assert in_force().content == CONTENT


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        ([shipped(version=2)], "version 2 comes where 1 is next"),
        ([shipped(), shipped(version=3)], "version 3 comes where 2 is next"),
        ([shipped(), shipped(version=2, effective_from="2025-12-31")], "starts before"),
        ([shipped(content={"points_per_tree": -1})], "/content/caps: missing; /content/points_per_tree: out_of_range"),
        ([{**shipped(), "colour": "green"}], "the members are"),
    ],
)
def test_file_that_is_not_in_order_stops_the_set_up_and_leaves_nothing_behind(ship_file, documents, told):
    with pytest.raises(ShippedDocumentRefused, match=told):
        ship_file(*documents)

    with reading() as session:
        assert documents_in_force(session, KIND, TODAY) == []


def test_number_with_a_fraction_in_a_file_is_found(ship_file):
    raw = '{"kind": "test.rules", "documents": [' + json.dumps(shipped()).replace("20,", "20.5,") + "]}"

    with pytest.raises(ShippedDocumentRefused, match="/content/points_per_tree: not_exact"):
        ship_file(raw=raw)


def test_file_of_an_undeclared_kind_stops_the_set_up(ship_file):
    with pytest.raises(ShippedDocumentRefused, match=r"no room has declared the kind test\.none"):
        ship_file(shipped(), kind="test.none")


def test_name_that_people_have_taken_over_is_theirs(ship_file, add_version):
    ship_file(shipped())
    add_version(content=CONTENT | {"points_per_tree": 30})

    ship_file(
        shipped(),
        shipped(version=2, content=CONTENT | {"points_per_tree": 50}),
        shipped(version=3, content=CONTENT | {"points_per_tree": 60}),
    )

    assert (in_force().version, in_force().content["points_per_tree"]) == (2, 30)
    assert in_force(TODAY - timedelta(days=1)).origin == Origin.SHIPPED


def test_taken_over_name_still_shows_an_edited_release(ship_file, add_version):
    ship_file(shipped())
    add_version()

    with pytest.raises(ShippedDocumentDiffers):
        ship_file(shipped(source="edited"))
