"""Coordinates, distance and cells."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.places.errors import PositionOutOfRange, PositionOutsideCity
from app.places.rules import (
    CITY_LAT_E7_MAX,
    CITY_LAT_E7_MIN,
    CITY_LON_E7_MAX,
    CITY_LON_E7_MIN,
    E7,
    PUBLIC_CELL_RESOLUTION,
    Crs,
    Position,
    cell_centre,
    cell_of,
    cell_outline,
    degrees_of,
    distance_m,
    gcj02_to_wgs84,
    position_from,
    public_cell,
    public_position,
    require_near_city,
    wgs84_to_gcj02,
)

LIANDU = Position(284_517_000, 1_199_219_000)

# Sample points of the open library eviltransform (its test files): WGS-84, then GCJ-02; Shanghai, Shenzhen, Beijing.
PUBLISHED_POINTS = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]

lishui_lat = st.floats(CITY_LAT_E7_MIN / E7, CITY_LAT_E7_MAX / E7)
lishui_lon = st.floats(CITY_LON_E7_MIN / E7, CITY_LON_E7_MAX / E7)
lishui_positions = st.builds(
    Position, st.integers(CITY_LAT_E7_MIN, CITY_LAT_E7_MAX), st.integers(CITY_LON_E7_MIN, CITY_LON_E7_MAX)
)
positions = st.builds(Position, st.integers(-90 * E7, 90 * E7), st.integers(-180 * E7, 180 * E7))


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED_POINTS)
def test_published_sample_points_are_met_in_both_directions(wgs, gcj):
    assert wgs84_to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-6)
    assert gcj02_to_wgs84(*gcj) == pytest.approx(wgs, abs=1e-6)


@given(lat=lishui_lat, lon=lishui_lon)
def test_inverse_undoes_the_shift_to_a_millionth_of_a_degree(lat, lon):
    back = gcj02_to_wgs84(*wgs84_to_gcj02(lat, lon))

    assert back == pytest.approx((lat, lon), abs=1e-8)


@given(position=lishui_positions)
def test_a_position_sent_out_in_gcj02_and_back_stays_within_a_tenth_of_a_metre(position):
    lat, lon = degrees_of(position, Crs.GCJ02)

    back = position_from(lat, lon, Crs.GCJ02)

    # 1e-7 degree is 1.1 cm, so 9 steps are less than 0.1 m in either direction.
    assert abs(back.lat_e7 - position.lat_e7) <= 9
    assert abs(back.lon_e7 - position.lon_e7) <= 9


@given(lat=lishui_lat, lon=lishui_lon)
def test_the_two_systems_lie_half_a_kilometre_apart_in_lishui(lat, lon):
    apart_m = distance_m(position_from(lat, lon, Crs.WGS84), position_from(lat, lon, Crs.GCJ02))

    assert 500 < apart_m < 650


@pytest.mark.parametrize(("lat", "lon"), [(48.85, 2.35), (-33.9, 151.2), (0.0, 100.0), (90.0, 180.0), (56.0, 100.0)])
def test_points_outside_china_are_the_same_in_both_systems(lat, lon):
    assert wgs84_to_gcj02(lat, lon) == (lat, lon)
    assert gcj02_to_wgs84(lat, lon) == (lat, lon)


@pytest.mark.parametrize(
    ("lat", "lon"), [(90.0001, 0.0), (-91.0, 0.0), (0.0, 180.5), (math.nan, 119.9), (28.4, math.inf), (1e300, 1e300)]
)
@pytest.mark.parametrize("crs", list(Crs))
def test_numbers_that_are_no_place_on_earth_are_refused(lat, lon, crs):
    with pytest.raises(PositionOutOfRange):
        position_from(lat, lon, crs)


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180), crs=st.sampled_from(Crs))
def test_every_place_on_earth_becomes_a_position(lat, lon, crs):
    position = position_from(lat, lon, crs)

    assert abs(position.lat_e7) <= 90 * E7
    assert abs(position.lon_e7) <= 180 * E7


def test_a_degree_of_latitude_is_as_long_as_the_mean_radius_says():
    one, other = Position(28 * E7, 119 * E7), Position(29 * E7, 119 * E7)

    assert distance_m(one, other) == round(math.radians(1) * 6_371_008.8)


def test_distance_from_shanghai_to_beijing_is_the_published_one():
    # eviltransform, distance test: 1,078,164 m on a sphere of the equatorial radius, 6,378,137 m; ours is the mean one.
    shanghai = position_from(31.17530398364597, 121.531541859215, Crs.WGS84)
    beijing = position_from(39.91334545536069, 116.38404722455657, Crs.WGS84)

    assert distance_m(shanghai, beijing) == pytest.approx(1_078_164 * 6_371_008.8 / 6_378_137, abs=2)


@given(one=positions, other=positions)
def test_distance_is_symmetric_and_never_more_than_half_way_round(one, other):
    apart_m = distance_m(one, other)

    assert apart_m == distance_m(other, one)
    assert 0 <= apart_m <= math.ceil(math.pi * 6_371_008.8)


@given(position=positions)
def test_public_position_has_three_decimals_and_is_at_most_half_a_step_away(position):
    public = public_position(position)

    assert public.lat_e7 % 10_000 == 0
    assert public.lon_e7 % 10_000 == 0
    assert abs(public.lat_e7 - position.lat_e7) <= 5_000
    assert abs(public.lon_e7 - position.lon_e7) <= 5_000


@given(position=lishui_positions, resolution=st.integers(0, 15))
def test_the_middle_of_a_cell_lies_in_the_cell(position, resolution):
    cell = cell_of(position, resolution)

    assert len(cell) == 15
    # At resolution 15 a cell is 0.9 m2, still a hundred steps of 1e-7 degree wide.
    assert cell_of(cell_centre(cell), resolution) == cell


@given(position=lishui_positions)
def test_public_cell_blurs_a_place_by_kilometres_and_no_further(position):
    cell = public_cell(position)

    assert cell == cell_of(position, PUBLIC_CELL_RESOLUTION)
    assert distance_m(position, cell_centre(cell)) < 5_000


def test_two_trees_a_hundred_metres_apart_are_one_place_to_the_public():
    near = Position(LIANDU.lat_e7 + 9_000, LIANDU.lon_e7)

    assert cell_of(LIANDU, 12) != cell_of(near, 12)
    assert public_cell(LIANDU) == public_cell(near)


@pytest.mark.parametrize(
    ("lat_e7", "lon_e7"),
    [(274_000_000, 1_186_000_000), (290_000_000, 1_205_000_000), (284_517_000, 1_199_219_000)],
)
def test_positions_in_and_on_the_rectangle_are_of_the_city(lat_e7, lon_e7):
    require_near_city(Position(lat_e7, lon_e7))


@pytest.mark.parametrize(
    ("lat_e7", "lon_e7"),
    [
        (273_999_999, 1_199_000_000),
        (290_000_001, 1_199_000_000),
        (284_000_000, 1_185_999_999),
        (284_000_000, 1_205_000_001),
    ],
)
def test_positions_one_step_outside_the_rectangle_are_refused(lat_e7, lon_e7):
    with pytest.raises(PositionOutsideCity):
        require_near_city(Position(lat_e7, lon_e7))


def test_the_outline_of_a_cell_runs_around_its_middle():
    cell = cell_of(Position(284_517_000, 1_199_219_000), 9)

    corners = cell_outline(cell)

    assert len(set(corners)) == 6
    distances = [distance_m(cell_centre(cell), corner) for corner in corners]
    assert max(distances) < 1.5 * min(distances)  # Round the middle, not to one side of it.
