"""Where a ticket goes from where, until when it opens again, and by when it is answered. No database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.help.canned import KIND, NAME
from app.help.rules import AFTER, Act, TicketState, due, may_reopen, state_after
from app.help.usecases.moving import _DONE

# A line a state, a column an act; `-` is refused. Written apart from the table of the product.
STATES = """
             write    end     take   release  answer    hand_over    settle
waiting      waiting  closed  taken  -        -         -            -
taken        taken    closed  -      waiting  answered  handed_over  closed
answered     waiting  closed  taken  -        -         -            -
handed_over  waiting  closed  -      -        answered  -            closed
closed       waiting  -       -      -        -         -            -
"""
_HEAD, *_LINES = [line.split() for line in STATES.strip().splitlines()]
PAIRS = [(line[0], act, told) for line in _LINES for act, told in zip(_HEAD, line[1:], strict=True)]
NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(("state", "act", "told"), PAIRS, ids=[f"{state}-{act}" for state, act, _ in PAIRS])
def test_each_act_takes_a_ticket_where_the_table_says_or_nowhere(state, act, told):
    after = state_after(TicketState(state), Act(act))

    assert after == (None if told == "-" else TicketState(told))


def test_the_table_above_names_every_state_and_every_act():
    assert {state for state, _, _ in PAIRS} == set(TicketState)
    assert set(_HEAD) == set(Act) == set(_DONE)
    assert len(AFTER) == sum(told != "-" for *_, told in PAIRS)


@pytest.mark.parametrize(("extra", "opens"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_a_closed_ticket_opens_again_for_fourteen_days(extra, opens):
    assert may_reopen(NOON, NOON + timedelta(days=14) + extra) is opens


@pytest.mark.parametrize(
    ("asked_on", "answered_by"),
    [
        (date(2026, 3, 12), "2026-03-16T15:59:59+00:00"),  # Thursday: Friday, Monday.
        (date(2026, 3, 14), "2026-03-17T15:59:59+00:00"),  # Saturday: Monday, Tuesday.
        (date(2026, 9, 30), "2026-10-09T15:59:59+00:00"),  # Before the National Day holiday of 2026 (1 to 7 October).
    ],
)
def test_an_answer_is_due_at_the_end_of_the_second_working_day(app, asked_on, answered_by):
    assert due(asked_on).at.isoformat() == answered_by
    assert due(asked_on).missing_year is None


def test_a_year_without_a_calendar_makes_the_date_provisional(app):
    assert due(date(2071, 3, 13)).missing_year == 2071


def test_the_kind_of_the_canned_answers_is_the_rooms():
    assert (KIND.partition(".")[0], NAME) == ("help", "lishui")
