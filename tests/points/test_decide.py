"""Deciding what an act earns."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from app.foundation.data import reading, run_in_transaction
from app.foundation.proof.audit import AuditRow
from app.foundation.work.models import OutboxRow
from app.points import AwardDiffers, award_for, awards_for, preview_award, second_verifier_over
from app.points.models import AwardRow, PartKind, PartRow, PartState, UsageRow
from app.points.rules import PeriodKind
from app.rulebook import DocumentMissing
from tests.points.conftest import MARCH_12, NOON, VERIFIER, count, rows


def usage(person_id, on=MARCH_12):
    starts = {PeriodKind.DAY: on, PeriodKind.MONTH: on.replace(day=1), PeriodKind.YEAR: date(on.year, 1, 1)}
    found = {(row.period_kind, row.period): row.points for row in rows(UsageRow, UsageRow.person_id == person_id)}
    return {kind: found.get((kind, start), 0) for kind, start in starts.items()}


def test_approved_trees_earn_an_award_in_two_parts_with_rule_version_and_arithmetic(person, decide):
    award = decide(person, 5)

    assert (award.points, award.points_now, award.points_later, award.rule_version) == (50, 30, 20, 1)
    assert award.arithmetic[0] == {"code": "units", "quantity": 5, "points_per_unit": 10, "points": 50}
    assert [(part.kind, part.points, part.state) for part in award.parts] == [
        (PartKind.NOW, 30, PartState.DECIDED),
        (PartKind.LATER, 20, PartState.WAITING_RESULT),
    ]
    assert (award.decided_at, award.decided_by) == (NOON, VERIFIER.id)
    assert usage(person) == {PeriodKind.DAY: 50, PeriodKind.MONTH: 50, PeriodKind.YEAR: 50}


def test_award_is_written_with_its_audit_row_and_a_message_for_the_worker(person, decide):
    award = decide(person, 5)

    [audit_row] = rows(AuditRow, AuditRow.object_id == award.id)
    assert (audit_row.action, audit_row.actor_id) == ("points.award_decided", VERIFIER.id)
    [message] = rows(OutboxRow, OutboxRow.topic == "points.award_decided")
    assert (message.key, message.payload) == (str(award.id), {"award_id": str(award.id), "points": 50})


def test_zero_is_an_award_too_without_parts_and_without_use_of_a_cap(person, decide):
    for _ in range(3):
        decide(person, 10)

    award = decide(person, 3)

    assert (award.points, award.parts) == (0, ())
    assert award.arithmetic[-1]["reason"] == "cap_year"
    assert usage(person)[PeriodKind.YEAR] == 300


def test_caps_of_the_year_begin_anew_on_new_years_day(person, decide):
    for _ in range(3):
        decide(person, 10, on=date(2026, 12, 31))

    assert decide(person, 10, on=date(2026, 12, 31)).points == 0
    assert decide(person, 10, on=date(2027, 1, 1)).points == 100


def test_caps_are_each_persons_own(make_person, decide):
    first, second = make_person(), make_person()
    for _ in range(3):
        decide(first, 10)

    assert decide(second, 10).points == 100


def test_caps_of_day_and_month_count_their_own_period(person, decide, set_rules):
    set_rules(act={"caps": {"act": None, "day": 60, "month": 100, "year": 300}})

    assert [decide(person, 5, on=MARCH_12 + timedelta(days=after)).points for after in (0, 0, 1, 20)] == [
        50,
        10,
        40,
        50,
    ]


def test_older_acts_keep_the_older_rules(person, decide, set_rules):
    set_rules(effective_from=date(2026, 3, 12), act={"points_per_unit": 7})

    before, on_the_day = decide(person, 2, on=date(2026, 3, 11)), decide(person, 2, on=date(2026, 3, 12))

    assert (before.points, before.rule_version) == (20, 1)
    assert (on_the_day.points, on_the_day.rule_version) == (14, 2)


@pytest.mark.parametrize(("days_apart", "points"), [(6, 0), (7, 50), (-6, 0), (-7, 50)])
def test_cool_down_holds_to_both_sides_whatever_is_decided_first(person, decide, set_rules, days_apart, points):
    set_rules(act={"cool_down_days": 7})
    decide(person, 1)

    assert decide(person, 5, on=MARCH_12 + timedelta(days=days_apart)).points == points


def test_cool_down_reaches_over_new_year(person, decide, set_rules):
    set_rules(act={"cool_down_days": 7})
    decide(person, 1, on=date(2026, 12, 30))

    award = decide(person, 5, on=date(2027, 1, 2))

    assert award.arithmetic[-1]["near_on"] == "2026-12-30"


def test_act_that_earned_nothing_starts_no_cool_down(person, decide, set_rules):
    set_rules(act={"cool_down_days": 7})
    decide(person, 0)

    assert decide(person, 5).points == 50


def test_deciding_the_same_again_returns_what_was_decided(person, decide):
    subject_id = uuid4()
    first = decide(person, 5, subject_id=subject_id)

    assert decide(person, 5, subject_id=subject_id) == first
    assert (count(AwardRow), count(PartRow), usage(person)[PeriodKind.YEAR]) == (1, 2, 50)


def test_deciding_otherwise_for_the_same_subject_is_refused(person, decide):
    subject_id = uuid4()
    decide(person, 5, subject_id=subject_id)

    with pytest.raises(AwardDiffers):
        decide(person, 6, subject_id=subject_id)
    assert usage(person)[PeriodKind.YEAR] == 50


def test_two_people_may_earn_with_one_subject(make_person, decide):
    subject_id, first, second = uuid4(), make_person(), make_person()
    decide(first, 2, subject_id=subject_id)
    decide(second, 3, subject_id=subject_id)

    with reading() as session:
        both = awards_for(session, "planting.claim", [subject_id])[subject_id]
    assert [(each.person_id, each.points) for each in both] == [(first, 20), (second, 30)]


def test_subject_without_an_award_has_none(app):
    with reading() as session:
        assert award_for(session, "planting.claim", uuid4()) is None


def test_act_of_a_day_without_rules_is_not_decided(person, decide):
    with pytest.raises(DocumentMissing):
        decide(person, 5, on=date(2025, 12, 31))
    assert count(AwardRow) == 0


def test_act_that_the_rules_do_not_know_earns_zero_and_says_so(person, decide):
    assert decide(person, 5, act="heritage.care").arithmetic == ({"code": "zero", "reason": "no_rate", "quantity": 5},)


def test_preview_says_what_the_decision_then_says_and_writes_nothing(person, decide):
    decide(person, 10)
    decide(person, 10)
    with reading() as session:
        preview = preview_award(session, person_id=person, act="planting.tree", acted_on=MARCH_12, quantity=12)
    assert (count(AwardRow), usage(person)[PeriodKind.YEAR]) == (2, 200)

    award = decide(person, 12)

    assert (preview.points, preview.points_now, preview.points_later) == (100, 60, 40)
    assert (preview.points, preview.arithmetic, preview.rule_version, preview.later_on) == (
        award.points,
        award.arithmetic,
        award.rule_version,
        award.later_on,
    )


@pytest.mark.parametrize(("trees", "needed"), [(8, False), (9, True)])
def test_second_verifier_is_needed_above_the_threshold_of_the_rule_set_only(person, trees, needed):
    with reading() as session:
        preview = preview_award(session, person_id=person, act="planting.tree", acted_on=MARCH_12, quantity=trees)
        assert second_verifier_over(session, MARCH_12) == 80

    assert preview.second_verifier_needed is needed


def test_threshold_is_that_of_the_day_of_the_act(app, set_rules):
    set_rules(effective_from=MARCH_12, second_verifier_over_points=40)

    with reading() as session:
        assert second_verifier_over(session, MARCH_12 - timedelta(days=1)) == 80
        assert second_verifier_over(session, MARCH_12) == 40


def test_decision_that_is_rolled_back_leaves_nothing(person, decide):
    def decide_and_fail(_):
        decide(person, 5)
        raise RuntimeError("afterwards")

    with pytest.raises(RuntimeError, match="afterwards"):
        run_in_transaction(decide_and_fail)

    assert (count(AwardRow), count(PartRow), count(UsageRow), count(OutboxRow)) == (0, 0, 0, 0)
