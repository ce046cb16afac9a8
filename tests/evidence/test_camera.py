"""What a camera wrote, and how it compares with what a resident declares."""

from datetime import UTC, datetime, timedelta

import pytest

from app.evidence.rules.comparison import Agreement, compare_exif
from app.evidence.rules.images import clean_image
from app.places import Crs, Position, position_from
from tests.evidence.pictures import LIANDU_GPS, camera_exif, jpeg, png, webp

LIANDU = Position(284_517_000, 1_199_219_000)
NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)


def notes_of(**exif):
    return clean_image(jpeg(exif=camera_exif(**exif))).notes


@pytest.mark.parametrize("encode", [jpeg, png, webp])
def test_place_and_time_are_read_before_they_are_dropped(encode):
    notes = clean_image(encode(exif=camera_exif())).notes

    assert notes.position == LIANDU
    # 09:30 with no offset is Beijing's.
    assert notes.captured_at == datetime(2026, 3, 12, 1, 30, tzinfo=UTC)


def test_a_time_with_an_offset_is_taken_at_its_word():
    assert notes_of(offset="+09:00").captured_at == datetime(2026, 3, 12, 0, 30, tzinfo=UTC)


def test_south_and_west_are_negative():
    assert notes_of(gps={**LIANDU_GPS, 1: "S", 3: "W"}).position == Position(-284_517_000, -1_199_219_000)


def test_a_photo_without_notes_is_normal():
    notes = clean_image(jpeg()).notes

    assert (notes.position, notes.captured_at, notes.orientation) == (None, None, 1)


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {2: (28.0, 27.0, 6.0)},
        {**LIANDU_GPS, 2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
        {**LIANDU_GPS, 2: (91.0, 0.0, 0.0)},
        {**LIANDU_GPS, 2: (28.0, 27.0)},
    ],
)
def test_a_place_that_is_none_is_absent_and_the_time_still_counts(gps):
    notes = notes_of(gps=gps)

    assert notes.position is None
    assert notes.captured_at is not None


@pytest.mark.parametrize(
    "taken",
    ["0000:00:00 00:00:00", "1970:01:01 00:00:00", "yesterday", "", "2026:02:30 09:30:00", "2026-03-12T09:30:00Z"],
)
def test_a_time_that_is_none_is_absent_and_the_place_still_counts(taken):
    notes = notes_of(taken=taken)

    assert notes.captured_at is None
    assert notes.position == LIANDU


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_does_not_exist_is_upright(orientation):
    assert notes_of(orientation=orientation).orientation == 1


def test_the_same_place_and_time_agree():
    result = compare_exif(declared_position=LIANDU, declared_at=NOON, exif_position=LIANDU, exif_captured_at=NOON)

    assert (result.place, result.apart_m, result.time, result.apart_minutes) == (
        Agreement.AGREES, 0, Agreement.AGREES, 0,
    )  # fmt: skip


def test_silence_of_the_camera_is_absent_not_a_difference():
    result = compare_exif(declared_position=LIANDU, declared_at=NOON, exif_position=None, exif_captured_at=None)

    assert (result.place, result.apart_m) == (Agreement.ABSENT, None)
    assert (result.time, result.apart_minutes) == (Agreement.ABSENT, None)


@pytest.mark.parametrize(
    ("north_e7", "apart_m", "expected"), [(26_984, 300, Agreement.AGREES), (27_070, 301, Agreement.DIFFERS)]
)
def test_three_hundred_metres_agree_and_one_more_differs(north_e7, apart_m, expected):
    there = Position(LIANDU.lat_e7 + north_e7, LIANDU.lon_e7)

    result = compare_exif(declared_position=LIANDU, declared_at=NOON, exif_position=there, exif_captured_at=None)

    assert (result.apart_m, result.place) == (apart_m, expected)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("seconds", "minutes", "expected"),
    [(1, 1, Agreement.AGREES), (7_200, 120, Agreement.AGREES), (7_201, 121, Agreement.DIFFERS)],
)
def test_two_hours_agree_and_a_second_more_differs(sign, seconds, minutes, expected):
    then = NOON + timedelta(seconds=sign * seconds)

    result = compare_exif(declared_position=LIANDU, declared_at=NOON, exif_position=None, exif_captured_at=then)

    assert (result.apart_minutes, result.time) == (minutes, expected)


def test_a_camera_that_writes_gcj02_differs():
    # What Chinese map software calls the declared point, read as if it were WGS-84.
    shown = position_from(28.4517, 119.9219, Crs.GCJ02)

    result = compare_exif(declared_position=LIANDU, declared_at=NOON, exif_position=shown, exif_captured_at=None)

    assert result.place is Agreement.DIFFERS
