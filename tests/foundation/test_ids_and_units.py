from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.data import MalformedId, ceil_kg, clock, new_id, parse_public_id, public_id
from app.foundation.data.ids import PREFIXES


@given(value=st.uuids())
def test_an_id_comes_back_from_its_public_spelling(value):
    assert parse_public_id("plt", public_id("plt", value)) == value


@pytest.mark.parametrize(
    "spelling",
    [
        "cas_00000000000000000000000011",  # another kind
        "plt_0000000000000000000000001",  # too short
        "plt_000000000000000000000000110",  # too long
        "plt_0000000000000000000000001A",  # a capital
        "plt_0000000000000000000000001l",  # a letter that looks like 1
        "plt_zzzzzzzzzzzzzzzzzzzzzzzzzz",  # 130 bits
        "plt00000000000000000000000011",
        "",
    ],
)
def test_an_id_has_one_accepted_spelling(spelling):
    with pytest.raises(MalformedId):
        parse_public_id("plt", spelling)


def test_ids_tell_the_products_clock_and_sort_by_it():
    with clock.standing_at(datetime(2024, 2, 29, tzinfo=UTC)) as fixed:
        first = new_id()
        fixed.move(timedelta(milliseconds=1))
        second = new_id()

    assert first < second
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first.int >> 80 == int(datetime(2024, 2, 29, tzinfo=UTC).timestamp() * 1000)


def test_ten_thousand_ids_of_one_instant_differ():
    with clock.standing_at(datetime(2026, 3, 12, tzinfo=UTC)):
        assert len({new_id() for _ in range(10_000)}) == 10_000


def test_prefixes_are_short_and_an_unknown_one_is_refused():
    assert all(prefix.isascii() and prefix.islower() and 2 <= len(prefix) <= 4 for prefix in PREFIXES)
    with pytest.raises(MalformedId):
        public_id("xyz", UUID(int=1))


@given(grams=st.integers(0, 10**15))
def test_kilograms_cover_the_grams_with_less_than_one_to_spare(grams):
    assert 0 <= ceil_kg(grams) * 1_000 - grams < 1_000


def test_a_negative_emission_is_refused():
    with pytest.raises(ValueError, match="negative"):
        ceil_kg(-1)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2024, 2, 28, 16, 0, tzinfo=UTC), date(2024, 2, 29)),
    ],
)
def test_the_citys_day_begins_at_sixteen_hours_utc(instant, day):
    assert clock.civil_day(instant) == day
    assert clock.day_start(day) <= instant < clock.day_start(day + timedelta(days=1))


def test_a_naive_time_names_no_instant():
    with pytest.raises(ValueError, match="naive"):
        clock.FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
