from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.data import clock
from app.ledger import rules
from tests.ledger.conftest import uuid7

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
SMALL = st.integers(0, 100)


def test_id_of_a_transfer_can_be_computed_with_any_sha256_tool():
    # printf 'points.award\0...\0grant' | sha256sum: a40dd117c84cd83139835d3fb8138923...
    assert rules.transfer_id("points.award", UUID(int=1), "grant") == UUID("a40dd117-c84c-8831-b983-5d3fb8138923")


@given(
    kind=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9),
    leg=st.sampled_from(["grant", "grant/debt"]),
)
def test_id_of_a_transfer_is_a_uuid_of_version_8(kind, leg):
    made = rules.transfer_id(kind, uuid4(), leg)

    assert (made.version, made.variant) == (8, "specified in RFC 4122")


def test_parts_of_a_cause_cannot_run_together():
    source = uuid4()

    assert rules.transfer_id("ab", source, "c") != rules.transfer_id("a", source, "bc")
    with pytest.raises(ValueError, match="zero bytes"):
        rules.transfer_id("a\0b", source, "c")


def test_accounts_opened_in_one_minute_spread_over_the_buckets():
    opened = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    counts = Counter(
        rules.bucket_of(uuid7(opened + timedelta(milliseconds=10 * number)), buckets=8) for number in range(800)
    )

    assert set(counts) == set(range(8))
    assert max(counts.values()) < 2 * min(counts.values())


def test_points_earned_on_any_day_of_a_month_expire_together():
    first, last = rules.expires_on(date(2027, 2, 1), months=12), rules.expires_on(date(2027, 2, 28), months=12)

    assert first == last == date(2028, 3, 1)
    assert rules.expires_on(date(2026, 12, 31), months=0) == date(2027, 1, 1)


@given(earned=DAYS, months=st.integers(0, 60))
def test_points_last_at_least_their_months_and_less_than_one_more(earned, months):
    end = rules.expires_on(earned, months=months)

    assert end.day == 1
    assert (end.year - earned.year) * 12 + end.month - earned.month == months + 1


def test_points_are_good_until_midnight_in_lishui():
    expires_on = date(2027, 1, 1)
    before, after = (datetime(2026, 12, 31, hour, minute, tzinfo=UTC) for hour, minute in ((15, 59), (16, 0)))

    assert not rules.is_due(expires_on, today=clock.civil_day(before))
    assert rules.is_due(expires_on, today=clock.civil_day(after))


@given(posted=SMALL, held=SMALL, due=SMALL)
def test_free_held_and_expiring_points_are_all_there_is(posted, held, due):
    expiring = rules.expiring_amount(posted=posted, held=held, due=due)

    assert rules.free_amount(posted=posted, held=held, due=due) + held + expiring == posted
    assert 0 <= expiring <= due


@given(points=st.integers(1, 100), debt=st.integers(-5, 100))
def test_grant_repays_debt_first_and_loses_nothing(points, debt):
    repaid, rest = rules.split_grant(points, debt=debt)

    assert repaid + rest == points
    assert repaid <= max(0, debt)
    assert rest == 0 or repaid == max(0, debt)


@given(
    taken=st.dictionaries(DAYS, st.integers(1, 30), min_size=1, max_size=5),
    share=st.floats(0, 1),
    again=st.floats(0, 1),
)
def test_returned_points_go_back_to_the_days_they_came_from_the_latest_first(taken, share, again):
    whole = sum(taken.values())
    first = int(whole * share)
    second = int((whole - first) * again)

    one = rules.split_return(first, taken=taken, returned={})
    two = rules.split_return(second, taken=taken, returned=one)

    both = Counter(one) + Counter(two)
    assert both.total() == first + second
    assert all(both[day] <= taken[day] for day in taken)
    touched = [day for day in sorted(taken, reverse=True) if both[day]]
    assert all(both[day] == taken[day] for day in touched[:-1])
    with pytest.raises(ValueError, match="more than the spend took"):
        rules.split_return(whole - first + 1, taken=taken, returned=one)
