"""When a notice may leave, and what it may hold."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.data import clock
from app.notices import rules
from app.notices.rules import Channel, NoticeGroup, ParamNotPlain

NIGHT = {"quiet_from": time(22, 0), "quiet_until": time(7, 0)}


def lishui(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, 12, hour, minute, second, tzinfo=clock.CITY_ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "free"),
    [
        (lishui(21, 59, 59), lishui(21, 59, 59)),
        (lishui(22), lishui(7) + timedelta(days=1)),
        (lishui(23, 30), lishui(7) + timedelta(days=1)),
        (lishui(0), lishui(7)),
        (lishui(6, 59, 59), lishui(7)),
        (lishui(7), lishui(7)),
    ],
)
def test_the_night_ends_at_seven_of_the_next_morning(now, free):
    assert rules.free_at(now, **NIGHT) == free


def test_quiet_hours_by_day_and_none_at_all():
    noon = {"quiet_from": time(12, 0), "quiet_until": time(14, 0)}
    none = {"quiet_from": time(9, 0), "quiet_until": time(9, 0)}

    assert rules.free_at(lishui(13), **noon) == lishui(14)
    assert rules.free_at(lishui(14), **noon) == lishui(14)
    assert rules.free_at(lishui(9), **none) == lishui(9)


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    start=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    end=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_what_waits_leaves_within_a_day_and_outside_the_quiet_hours(minutes, start, end):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    free = rules.free_at(now, quiet_from=start, quiet_until=end)

    assert now <= free < now + timedelta(days=1)
    assert rules.free_at(free, quiet_from=start, quiet_until=end) == free


@pytest.mark.parametrize(
    ("now", "at"), [(lishui(7, 59), lishui(8)), (lishui(8), lishui(8) + timedelta(days=1)), (lishui(0), lishui(8))]
)
def test_a_digest_leaves_at_the_next_full_hour_and_tells_of_the_day_before(now, at):
    due = rules.digest_at(now, hour=8)

    since, until = rules.digest_window(due)
    assert due == at
    assert since <= now < until


def test_six_waits_follow_six_failures_and_none_the_seventh():
    waits = [rules.wait_after(tries) for tries in range(1, rules.TRIES_MAX + 1)]

    assert waits[-1] is None
    assert waits[:-1] == sorted(waits[:-1])
    assert timedelta(hours=12) < sum(waits[:-1], timedelta()) < rules.STALE_AFTER


def test_security_reaches_the_inbox_whatever_is_switched():
    switched = {"security": {"inbox": False, "sms": False}, "points": {"inbox": False}}

    assert rules.is_on(NoticeGroup.SECURITY, Channel.INBOX, switched)
    assert not rules.is_on(NoticeGroup.SECURITY, Channel.SMS, switched)
    assert not rules.is_on(NoticeGroup.POINTS, Channel.INBOX, switched)
    assert rules.is_on(NoticeGroup.POINTS, Channel.PUSH, switched)


@pytest.mark.parametrize("value", [0, -5, 9_999_999_999, "planting.tree", "2026-03-12", "cap_year"])
def test_numbers_days_and_codes_are_plain(value):
    rules.check_params({"it": value})


@pytest.mark.parametrize(
    "value", [10_000_000_000, "13800138000", "+8613800138000", "王敏", "Wang Min", "", True, None, 1.0, ["a"], "a" * 61]
)
def test_names_telephone_numbers_and_what_may_hold_them_are_not(value):
    with pytest.raises(ParamNotPlain, match=r"\Ait\Z"):
        rules.check_params({"it": value})


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        (3, "3"),
        ("019c2a44-0000-7000-8000-000000000001", "019c2a44-0000-7000-8000-000000000001"),
        ("019c2a44-0000-7000-8000-000000000001:4", "019c2a44-0000-7000-8000-000000000001:4"),
        ("2026-03-12", "2026-03-12"),
    ],
)
def test_a_step_is_a_number_a_day_or_the_id_of_what_happened(step, kept):
    assert rules.step_of({"step": step}) == kept
    assert rules.step_of({}) == ""


def test_a_step_is_no_telephone_number():
    with pytest.raises(ParamNotPlain):
        rules.step_of({"step": "13800138000"})
