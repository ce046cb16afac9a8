"""Differences, exact content, and where a role reaches."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.approvals import ABSENT, Change, changes_between, inexact_members, pointer_of
from app.approvals.rules import covers
from app.foundation.proof import EVERY_COUNTY, Actor, ActorKind, Grant

FORESTRY, ECOLOGY = UUID(int=1), UUID(int=2)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab/~", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text("ab/~", max_size=2), values, max_size=3)


def words(before, after):
    return {each.member: each.word for each in changes_between(before, after)}


def test_difference_names_each_member_by_its_pointer():
    before = {"caps": {"day": 3, "year": 40}, "bonus": [1, 2], "gone": "x"}
    after = {"caps": {"day": 3, "year": 50}, "bonus": [1, 5, 6], "a/b": None}

    assert words(before, after) == {
        "/a~1b": "added",
        "/bonus/0": "unchanged",
        "/bonus/1": "changed",
        "/bonus/2": "added",
        "/caps/day": "unchanged",
        "/caps/year": "changed",
        "/gone": "removed",
    }


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ({"cap": 1}, {"cap": True}, "changed"),
        ({"cap": None}, {"cap": None}, "unchanged"),
        ({}, {"cap": None}, "added"),
        ({"cap": None}, {}, "removed"),
        ({"cap": []}, {"cap": {}}, "changed"),
    ],
)
def test_values_that_only_look_alike_are_told_apart(before, after, word):
    assert words(before, after) == {"/cap": word}


def test_first_version_of_something_adds_all_its_members():
    assert changes_between(None, {"price_fen": 1}) == [Change("/price_fen", ABSENT, 1)]


@given(objects, objects)
def test_two_objects_differ_exactly_when_a_member_does(before, after):
    changed = {word for word in words(before, after).values() if word != "unchanged"}

    # repr tells true from 1, and the order of members is no difference.
    assert bool(changed) == (repr(canonical(before)) != repr(canonical(after)))


def canonical(value):
    if isinstance(value, dict):
        return sorted((name, canonical(inner)) for name, inner in value.items())
    return [canonical(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("content", "pointers"),
    [
        ({"a": 1, "b": "0.5153", "c": [True, None]}, []),
        ({"a": {"b": [1, 0.5]}}, ["/a/b/1"]),
        ({"most": 2**53 - 1, "more": 2**53, "less": -(2**53)}, ["/less", "/more"]),
        ({"id": FORESTRY}, ["/id"]),
        ({"a": {1: 2}}, ["/a"]),
    ],
)
def test_content_that_has_no_exact_spelling_is_found(content, pointers):
    assert sorted(inexact_members(content)) == pointers


def test_pointer_escapes_tilde_and_slash():
    assert pointer_of(["a~/b", 0]) == "/a~0~1b/0"


@pytest.mark.parametrize(
    ("agency_id", "county", "reaches"),
    [
        (None, None, True),
        (FORESTRY, None, True),
        (FORESTRY, "331102", True),
        (FORESTRY, "331181", False),
        (ECOLOGY, None, False),
        (ECOLOGY, "331102", False),
    ],
)
def test_role_reaches_its_agency_and_its_counties(agency_id, county, reaches):
    actor = staff(Grant("registrar", FORESTRY, ("331102",)))

    assert covers(actor, "registrar", agency_id=agency_id, county=county) is reaches


def test_role_in_every_county_reaches_each_county_of_its_agency_only():
    actor = staff(Grant("registrar", FORESTRY, (EVERY_COUNTY,)))

    assert covers(actor, "registrar", agency_id=FORESTRY, county="331181")
    assert not covers(actor, "registrar", agency_id=ECOLOGY, county="331181")


def test_another_role_in_the_right_place_does_not_count():
    actor = staff(Grant("verifier", FORESTRY, ("331102",)), Grant("registrar", ECOLOGY, ("331102",)))

    assert not covers(actor, "registrar", agency_id=FORESTRY, county="331102")


def staff(*grants):
    return Actor(id=UUID(int=9), kind=ActorKind.STAFF, roles=frozenset({grant.role for grant in grants}), grants=grants)
