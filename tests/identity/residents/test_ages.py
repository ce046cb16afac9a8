"""Ages are counted to the birthday, and a child does not grow older by typing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.identity.people.rules.ages import (
    CORRECTION_TIME,
    birthday,
    is_plausible,
    is_under,
    may_change_own,
)

NOW = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
TODAY = date(2026, 3, 12)
CHILD, ADULT = date(2016, 9, 1), date(1986, 5, 4)


def may(born_on=None, *, given_ago=timedelta(0), guarded_until=None):
    first = NOW - given_ago if born_on is not None else None
    return may_change_own(born_on, first_given_at=first, guarded_until=guarded_until, today=TODAY, now=NOW)


def test_somebody_is_14_on_the_birthday_and_not_the_day_before():
    assert is_under(14, date(2012, 3, 13), TODAY)
    assert not is_under(14, date(2012, 3, 12), TODAY)


def test_a_child_of_29_february_is_a_year_older_on_1_march():
    assert birthday(date(2012, 2, 29), 14) == date(2026, 3, 1)
    assert birthday(date(2012, 2, 29), 16) == date(2028, 2, 29)


@given(born_on=st.dates() | st.dates(date(9870, 1, 1)), age=st.integers(0, 125), today=st.dates())
@example(born_on=date(9999, 12, 31), age=14, today=TODAY)
@example(born_on=date(9996, 2, 29), age=3, today=TODAY)
def test_every_day_of_the_calendar_has_an_answer(born_on, age, today):
    assert born_on <= birthday(born_on, age) <= date.max
    assert is_plausible(born_on, today) == (born_on <= today < birthday(born_on, 125))
    assert not is_plausible(date(9999, 12, 31), TODAY)


@given(born_on=st.dates(date(1900, 1, 1), date(2026, 3, 12)), age=st.integers(0, 125))
def test_nobody_is_under_an_age_from_that_birthday_on(born_on, age):
    day = birthday(born_on, age)

    assert not is_under(age, born_on, day)
    assert is_under(age, born_on, day - timedelta(days=1))


@pytest.mark.parametrize(
    ("born_on", "plausible"),
    [
        (TODAY, True),
        (TODAY + timedelta(days=1), False),
        (date(1901, 3, 13), True),
        (date(1901, 3, 12), False),
    ],
)
def test_a_birth_date_is_that_of_a_living_person(born_on, plausible):
    assert is_plausible(born_on, TODAY) is plausible


def test_whoever_has_given_no_date_or_is_14_changes_it_as_they_like():
    assert may()
    assert may(ADULT, given_ago=timedelta(days=900))


def test_a_date_under_14_can_be_corrected_for_a_day_only():
    assert may(CHILD, given_ago=CORRECTION_TIME)
    assert not may(CHILD, given_ago=CORRECTION_TIME + timedelta(seconds=1))


def test_a_date_that_a_guardian_rested_on_stays_until_the_14th_birthday_even_after_the_guardian_is_gone():
    assert not may(CHILD, guarded_until=date(2030, 9, 1))
    assert not may(ADULT, guarded_until=TODAY + timedelta(days=1), given_ago=timedelta(days=900))
    assert may(ADULT, guarded_until=TODAY, given_ago=timedelta(days=900))
