"""What the database refuses, whatever the application does."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.foundation.data import transaction
from app.foundation.work import work_until_idle
from app.points.models import AwardRow, PartRow
from tests.points.conftest import count


def refused(statement, **values):
    with pytest.raises(DBAPIError) as caught, transaction() as session:
        session.execute(text(statement), values)
    return str(caught.value.orig)


@pytest.mark.parametrize(
    "column", ["points = points + 1", "quantity = 9", "arithmetic = '[]'", "person_id = subject_id"]
)
def test_award_never_changes(person, decide, column):
    decide(person, 5)

    told = refused(f"UPDATE points_award SET {column}")

    assert "append_only" in told or "permission denied" in told


@pytest.mark.parametrize("table", ["points_award", "points_part"])
def test_awards_and_their_parts_are_never_deleted(person, decide, table):
    decide(person, 5)

    refused(f"DELETE FROM {table}")

    assert (count(AwardRow), count(PartRow)) == (1, 2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("points = points + 1, state = 'decided'", "points_part_kept"),
        ("points = 1, state = 'posted'", "points_part"),
        ("state = 'posted'", "points_part"),
        ("state = 'waiting_budget'", "points_part_state"),
        ("state = state", "points_part_state"),
    ],
)
def test_later_part_skips_no_state_and_never_grows(person, decide, change, told):
    decide(person, 5)

    assert told in refused(f"UPDATE points_part SET {change} WHERE kind = 'later'")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'decided'",
        "state = 'waiting_budget'",
        "points = 1, state = 'reversed'",
        "posted_at = NULL, transfer_id = NULL, state = 'reversed'",
        "transfer_id = NULL, repayment_id = transfer_id, repaid_points = points, state = 'reversed'",
    ],
)
def test_posted_part_is_neither_posted_again_nor_rewritten(person, decide, change):
    decide(person, 5)
    work_until_idle()

    assert "points_part" in refused(f"UPDATE points_part SET {change} WHERE kind = 'now'")


def test_part_cannot_go_to_somebody_else(person, make_person, decide):
    decide(person, 5)

    told = refused("UPDATE points_part SET person_id = award_id, state = 'waiting_budget' WHERE kind = 'now'")

    assert "points_part_kept" in told or "permission denied" in told


@pytest.mark.parametrize(
    ("points", "state"),
    [("50", "'decided'"), ("award.points_now", "'waiting_budget'"), ("award.points_now", "'posted'")],
)
def test_part_is_born_as_its_award_says(person, decide, points, state):
    decide(person, 5)
    decide(person, 0)

    # The zero award has no part yet; whatever is inserted for it is wrong, and so is another amount for the other one.
    told = refused(
        "INSERT INTO points_part (award_id, kind, person_id, points, state, repaid_points)"
        f" SELECT award.id, 'now', award.person_id, {points}, {state}, 0 FROM points_award award WHERE points = 0"
    )

    assert "points_part" in told


def test_same_subject_is_awarded_to_a_person_once(person, decide):
    decide(person, 5)

    told = refused(
        "INSERT INTO points_award SELECT document_id, person_id, act, subject_kind, subject_id, acted_on, quantity,"
        " document_id, rule_version, points, points_now, points_later, later_on, expires_after_months, arithmetic,"
        " decided_at, decided_by FROM points_award"
    )

    assert "points_award_once" in told or "points_award.subject_kind" in told


def test_budget_is_never_overdrawn(person, decide):
    decide(person, 5)
    work_until_idle()

    assert "points_budget_kept" in refused("UPDATE points_budget SET used = budget + 1")


def test_counter_never_goes_below_zero(person, decide):
    decide(person, 5)

    assert "points_usage_not_negative" in refused("UPDATE points_usage SET points = points - 51")


def test_nobody_deletes_counters_or_budgets_on_postgresql(person, decide, engine_name):
    if engine_name == "sqlite":
        return  # SQLite has no roles.
    decide(person, 5)

    for table in ("points_usage", "points_budget"):
        assert "permission denied" in refused(f"DELETE FROM {table}")


def test_day_of_the_award_is_kept_as_a_civil_day(person, decide):
    assert decide(person, 5, on=date(2026, 3, 12)).acted_on == date(2026, 3, 12)
