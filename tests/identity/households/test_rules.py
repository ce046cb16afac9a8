"""Intervals of civil days, and who may be head."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.households import rules
from app.identity.households.rules import MemberInterval

LIN, WANG, XU = (UUID(int=number) for number in (1, 2, 3))
JAN, MAR, JUL, YEAR_END = date(2026, 1, 1), date(2026, 3, 1), date(2026, 7, 1), date(2027, 1, 1)

days = st.dates(min_value=date(2024, 1, 1), max_value=date(2028, 12, 31))


def interval(joined_on, left_on=None, person=LIN):
    return MemberInterval(person, joined_on, left_on)


@given(days, st.none() | days, days, days)
def test_span_is_just_the_days_that_count(joined_on, left_on, first, until):
    member = interval(joined_on, left_on)

    spans = rules.spans_within([member], first, until)

    counted = {day for span in spans for day in every_day(span.first, span.until)}
    assert counted == {day for day in every_day(first, until) if joined_on <= day < member.until}


def every_day(first, until):
    return [first + timedelta(days=n) for n in range(max(0, (until - first).days))]


@given(days, days)
def test_parts_of_a_year_add_up_to_the_year(joined_on, cut):
    whole = rules.spans_within([interval(joined_on)], JAN, YEAR_END)
    parts = [
        span
        for member in (interval(joined_on, max(joined_on, cut)), interval(max(joined_on, cut)))
        for span in rules.spans_within([member], JAN, YEAR_END)
    ]

    assert sum((s.until - s.first).days for s in parts) == sum((s.until - s.first).days for s in whole)


@pytest.mark.parametrize(
    ("own", "joined_on", "taken"),
    [
        ([], MAR, None),
        ([interval(JAN, MAR)], MAR, None),
        ([interval(JAN, MAR)], MAR - timedelta(days=1), MAR),
        ([interval(JAN)], MAR, date.max),
        ([interval(JUL, YEAR_END)], MAR, YEAR_END),
        ([interval(JUL, JUL)], MAR, None),
    ],
)
def test_person_is_free_from_the_day_they_left(own, joined_on, taken):
    assert rules.last_day_taken(own, joined_on) == taken


def test_fullest_day_is_looked_for_from_the_day_of_joining_on():
    members = [interval(JAN, MAR), interval(MAR), interval(MAR, JUL), interval(JUL)]

    assert rules.crowd_max(members, JAN) == 2
    assert rules.crowd_max([*members, interval(JAN)], JAN) == 3
    assert rules.crowd_max(members, YEAR_END) == 2


def test_joining_reaches_back_a_month_and_not_before_the_household():
    assert rules.join_days(JAN, today=JUL) == (date(2026, 5, 31), JUL)
    assert rules.join_days(MAR, today=date(2026, 3, 5)) == (MAR, date(2026, 3, 5))


def test_leaving_can_be_announced_sixty_days_ahead():
    assert rules.leave_days(JAN, today=MAR) == (JAN, date(2026, 4, 30))


def test_who_left_by_today_stays_nowhere_however_far_back_the_day_lies():
    gone, announced, staying = interval(JAN, MAR), interval(JAN, YEAR_END, WANG), interval(JAN, person=XU)

    assert rules.stay_after([gone, announced, staying], JAN, today=JUL) == [announced, staying]
    assert rules.stay_after([gone, announced, staying], YEAR_END, today=JUL) == [staying]
    assert rules.may_head(staying, [announced, staying])
    assert not rules.may_head(announced, [announced, staying])


def test_household_closes_with_its_last_member():
    assert rules.closes_on([interval(JAN, MAR), interval(JAN, JUL)]) == JUL
    assert rules.closes_on([interval(JAN, MAR), interval(JAN)]) is None


def test_past_member_sees_up_to_the_day_they_left_last():
    assert rules.seen_until([interval(JAN, MAR), interval(MAR, JUL)], today=JUL) == JUL
    assert rules.seen_until([interval(JAN, JUL)], today=MAR) is None
    assert rules.seen_until([interval(JAN, MAR), interval(MAR)], today=JUL) is None
