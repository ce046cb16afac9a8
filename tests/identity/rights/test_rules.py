"""How long, how fresh, until when."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.identity.rights.print.paper import printable, words
from app.identity.rights.rows import plain
from app.identity.rights.rules import COOLING_OFF, FRESH_WITHIN, Law, days_of, is_fresh, kept_until, retention

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("law", "day", "until"),
    [
        (Law.ACCOUNTING, date(2026, 1, 1), date(2057, 1, 1)),
        (Law.ACCOUNTING, date(2026, 12, 31), date(2057, 1, 1)),
        (Law.TRADE, date(2026, 11, 24), date(2029, 11, 24)),
        (Law.TRADE, date(2024, 2, 29), date(2027, 3, 1)),
        (Law.ANONYMOUS, date(2026, 11, 24), None),
    ],
)
def test_a_law_keeps_until_a_day(law, day, until):
    assert kept_until(law, day) == until


def test_each_law_says_how_well_it_is_known():
    assert {retention(law).status for law in Law} <= {"VERIFIED", "RECALLED"}
    assert all(retention(law).law_zh and retention(law).law_en and retention(law).source for law in Law)


def test_a_session_is_fresh_for_less_than_ten_minutes():
    assert is_fresh(NOW, NOW)
    assert is_fresh(NOW - FRESH_WITHIN + timedelta(seconds=1), NOW)
    assert not is_fresh(NOW - FRESH_WITHIN, NOW)
    assert not is_fresh(NOW + timedelta(seconds=1), NOW)


def test_seven_days_and_the_work_stay_below_fifteen_working_days():
    assert timedelta(days=7) == COOLING_OFF


def test_of_what_is_kept_the_last_day_and_the_next_to_look_count():
    assert days_of([date(2057, 1, 1), None, date(2029, 11, 24)]) == (date(2057, 1, 1), date(2029, 11, 24))
    assert days_of([None]) is None


def test_a_copy_tells_values_as_the_api_does():
    assert plain(UUID(int=33), "plt") == "plt_00000000000000000000000011"
    assert plain(NOW) == "2026-11-24T06:00:00Z"
    assert plain(date(2026, 11, 24)) == "2026-11-24"
    assert plain(b"\x01\xff") == "01ff"
    with pytest.raises(TypeError):
        plain(1.5)


def test_what_cannot_be_printed_is_a_box_and_the_rest_stays():
    assert printable("树🌲\n林") == "树□\n林"


def test_names_of_members_are_chinese_and_english():
    assert all(word.zh and word.en for word in words().values())
