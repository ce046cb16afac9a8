"""Pure rules of planting: times, states, conversion, and how alike two records are."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.places import Position, cell_of, distance_m
from app.planting.catalogue import list_duty_forms, list_species
from app.planting.rules.claims import (
    EDITABLE,
    WITHDRAWABLE,
    CaptureFault,
    ClaimState,
    ClaimStatus,
    capture_fault,
    status_of,
    trees_counted,
)
from app.planting.rules.duplicates import (
    CELL_RESOLUTION,
    DISTANCE_NEAR_M,
    SCORE_ASKED_FROM,
    Traits,
    cells_around,
    likeness,
)
from app.review import CaseState

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
HERE = Position(284_517_000, 1_199_219_000)
METRE_E7 = 90  # Of latitude, within a hundredth.


def traits(*, person="a", species="CICA", day=date(2026, 3, 12), metres_north=0):
    return Traits(person, species, day, Position(HERE.lat_e7 + metres_north * METRE_E7, HERE.lon_e7))


def score(other, *, bits=None):
    return likeness(traits(), other, hash_distance=bits).score


@given(age=st.timedeltas(min_value=timedelta(days=-60), max_value=timedelta(days=60)))
def test_a_time_of_capture_is_believed_between_its_two_limits(age):
    fault = capture_fault(NOON - age, received_at=NOON)

    expected = CaptureFault.TOO_OLD if age > timedelta(days=30) else None
    assert fault == (CaptureFault.IN_FUTURE if age < timedelta(minutes=-5) else expected)


@pytest.mark.parametrize(
    ("state", "case", "status"),
    [
        (ClaimState.DRAFT, None, ClaimStatus.DRAFT),
        (ClaimState.SUBMITTED, CaseState.OPEN, ClaimStatus.SUBMITTED),
        (ClaimState.SUBMITTED, CaseState.NEEDS_MORE, ClaimStatus.NEEDS_MORE),
        (ClaimState.SUBMITTED, CaseState.APPROVED, ClaimStatus.APPROVED),
        (ClaimState.SUBMITTED, CaseState.REJECTED, ClaimStatus.REJECTED),
        (ClaimState.WITHDRAWN, CaseState.WITHDRAWN, ClaimStatus.WITHDRAWN),
        (ClaimState.WITHDRAWN, None, ClaimStatus.WITHDRAWN),
    ],
)
def test_where_a_claim_stands_is_read_from_its_case(state, case, status):
    assert status_of(state, case) is status


def test_what_is_decided_or_taken_back_stays_as_it_is():
    assert {ClaimStatus.DRAFT, ClaimStatus.NEEDS_MORE} == EDITABLE
    assert EDITABLE | {ClaimStatus.SUBMITTED} == WITHDRAWABLE


@given(trees=st.integers(1, 500), rate=st.none() | st.decimals(0, 3, places=2))
def test_trees_are_counted_whole_and_never_above_the_rate(trees, rate):
    counted = trees_counted(trees, trees_per_unit=rate)

    assert counted <= trees * (rate or 0) < counted + 1


def test_only_planting_itself_counts_as_trees_as_long_as_no_rate_is_known():
    forms = list_duty_forms()

    assert [form.code for form in forms if form.trees_per_unit is not None] == ["afforest"]
    assert [(form.trees_per_unit, form.rate_status) for form in forms[:2]] == [
        (Decimal(1), "DEFINED"),
        (None, "MISSING"),
    ]
    assert len({form.code for form in forms}) == 8
    assert all(form.source and form.name_zh and form.name_en for form in forms)


def test_every_species_has_names_a_source_and_a_status():
    species = list_species()

    assert len({each.code for each in species}) == len(species) == 40
    assert all(each.name_zh and each.name_la and each.source for each in species)
    assert {each.status for each in species} == {"VERIFIED", "RECALLED"}
    assert {each.group for each in species} == {"conifer", "broadleaf", "shrub", "bamboo"}


def test_the_same_picture_is_doubted_wherever_and_whenever():
    far = traits(person="b", species="SCSU", day=date(2025, 3, 12), metres_north=20_000)

    assert score(far, bits=3) >= SCORE_ASKED_FROM
    assert score(far, bits=4) < SCORE_ASKED_FROM
    assert score(far) == 0


def test_neighbours_of_a_school_outing_are_not_doubted_by_place_day_and_species_alone():
    assert score(traits(person="b")) < SCORE_ASKED_FROM
    assert score(traits(person="b"), bits=11) < SCORE_ASKED_FROM


def test_the_same_scene_at_the_same_place_and_time_is_doubted():
    assert score(traits(person="b", metres_north=29), bits=10) >= SCORE_ASKED_FROM
    assert score(traits(person="b", metres_north=32, day=date(2026, 3, 14)), bits=10) < SCORE_ASKED_FROM


def test_one_person_is_doubted_who_records_the_same_trees_at_the_same_spot_twice_in_two_days():
    assert score(traits(day=date(2026, 3, 13))) >= SCORE_ASKED_FROM
    assert score(traits(day=date(2026, 3, 14))) < SCORE_ASKED_FROM
    assert score(traits(species="SCSU")) < SCORE_ASKED_FROM
    assert score(traits(metres_north=32)) < SCORE_ASKED_FROM
    # Two hillsides look alike to a hash of 64 bits.
    assert score(traits(metres_north=500), bits=10) < SCORE_ASKED_FROM


_any_traits = st.builds(
    traits,
    person=st.sampled_from("ab"),
    species=st.sampled_from(["CICA", "SCSU"]),
    day=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    metres_north=st.integers(-300, 300),
)


@given(one=_any_traits, other=_any_traits, bits=st.none() | st.integers(0, 64))
def test_likeness_is_the_same_from_both_sides_and_stays_on_its_scale(one, other, bits):
    there, back = likeness(one, other, hash_distance=bits), likeness(other, one, hash_distance=bits)

    assert there == back
    assert 0 <= there.score <= 100


@given(
    lat_e7=st.integers(274_000_000, 290_000_000),
    lon_e7=st.integers(1_186_000_000, 1_205_000_000),
    north_m=st.integers(-DISTANCE_NEAR_M, DISTANCE_NEAR_M),
    east_m=st.integers(-DISTANCE_NEAR_M, DISTANCE_NEAR_M),
)
def test_everything_near_a_place_lies_in_the_cells_around_it(lat_e7, lon_e7, north_m, east_m):
    here = Position(lat_e7, lon_e7)
    there = Position(lat_e7 + north_m * METRE_E7, lon_e7 + round(east_m * METRE_E7 / cos(radians(here.lat))))

    around = cells_around(here)

    assert len(around) == 7
    assert distance_m(here, there) > DISTANCE_NEAR_M or cell_of(there, CELL_RESOLUTION) in around
