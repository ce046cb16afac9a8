"""Pure rules of review, and the file of reasons."""

import csv
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.review import CaseState, Verdict, reason_text, reasons_for
from app.review.reasons import REASONS_FILE
from app.review.rules import OTHER, AnswerFaults, answer_faults, state_after
from tests.review.conftest import question


@pytest.mark.parametrize(
    ("verdict", "before", "second", "state"),
    [
        (Verdict.APPROVE, 0, False, CaseState.APPROVED),
        (Verdict.APPROVE, 0, True, CaseState.OPEN),
        (Verdict.APPROVE, 1, True, CaseState.APPROVED),
        (Verdict.APPROVE, 1, False, CaseState.APPROVED),
        (Verdict.NEEDS_MORE, 0, True, CaseState.NEEDS_MORE),
        (Verdict.NEEDS_MORE, 1, True, CaseState.NEEDS_MORE),
        (Verdict.REJECT, 0, True, CaseState.REJECTED),
        (Verdict.REJECT, 1, True, CaseState.REJECTED),
    ],
)
def test_two_approvals_are_needed_where_asked_and_one_refusal_is_enough(verdict, before, second, state):
    assert state_after(verdict, approvals_before=before, needs_second=second) is state


@given(verdict=st.sampled_from(Verdict), second=st.booleans())
def test_no_verdict_withdraws_and_a_second_voice_always_ends_the_round(verdict, second):
    first = state_after(verdict, approvals_before=0, needs_second=second)

    assert first is not CaseState.WITHDRAWN
    assert state_after(verdict, approvals_before=1, needs_second=second) is not CaseState.OPEN


def test_an_approval_answers_every_question_and_contradicts_none():
    asked = (question("a"), question("b"))

    assert answer_faults(asked, {"a": "no", "b": "no"}, Verdict.APPROVE) == AnswerFaults((), (), ())
    assert answer_faults(asked, {"a": "no"}, Verdict.APPROVE).open == ("b",)
    assert answer_faults(asked, {"a": "no", "b": "yes"}, Verdict.APPROVE).forbidding == ("b",)
    assert answer_faults(asked, {"a": "maybe", "c": "no"}, Verdict.APPROVE).unknown == ("a", "c")


def test_whoever_refuses_need_not_answer_but_must_not_invent():
    assert answer_faults((question("a"),), {}, Verdict.REJECT) == AnswerFaults((), (), ())
    assert answer_faults((question("a"),), {"a": "yes"}, Verdict.REJECT) == AnswerFaults((), (), ())
    assert answer_faults((question("a"),), {"b": "yes"}, Verdict.NEEDS_MORE).unknown == ("b",)


def test_every_refusal_has_reasons_in_both_languages_and_the_open_one():
    with REASONS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert max(Counter((row["verdict"], row["code"]) for row in rows).values()) == 1
    assert all(row["text_zh"] and row["text_en"] and row["text_zh"] != row["text_en"] for row in rows)
    for verdict in (Verdict.NEEDS_MORE, Verdict.REJECT):
        assert OTHER in [reason.code for reason in reasons_for("any.kind") if reason.verdict is verdict]
    assert not [row for row in rows if row["verdict"] == Verdict.APPROVE]


def test_reasons_of_a_kind_are_offered_to_that_kind_alone():
    planting = {(reason.verdict, reason.code) for reason in reasons_for("planting.claim")}
    others = {(reason.verdict, reason.code) for reason in reasons_for("wildlife.report")}

    assert planting - others == {
        (Verdict.NEEDS_MORE, "count_unclear"),
        (Verdict.NEEDS_MORE, "species_unclear"),
        (Verdict.REJECT, "not_planted"),
        (Verdict.REJECT, "count_overstated"),
        (Verdict.REJECT, "inside_project"),
    }


def test_a_stored_reason_that_the_file_lost_shows_its_code():
    assert reason_text(Verdict.REJECT, "duplicate", "en") == "It has been recorded before"
    assert reason_text(Verdict.REJECT, "duplicate", "zh-CN") == "与已有记录重复"
    assert reason_text(Verdict.REJECT, "gone", "en") == "gone"
