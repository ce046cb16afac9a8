"""Deciding: the right person, once, with a reason, and with a second person where one is asked for."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.foundation.data import clock, new_id, reading, transaction
from app.foundation.proof import EVERY_COUNTY
from app.foundation.work.models import TaskRow
from app.identity import AgencyKind
from app.places.calendar import SHIPPED
from app.review import (
    CaseClosed,
    CaseNotFound,
    CaseNotWaiting,
    CaseState,
    NewDecision,
    Verdict,
    case_of,
    decide_case,
    resubmit,
    withdraw_case,
)
from app.review.errors import (
    AlreadyDecided,
    AnswerForbidsApproval,
    AnswerUnknown,
    CaseWithdrawn,
    NoteMissing,
    OwnSubmission,
    QuestionOpen,
    ReasonMissing,
    ReasonUnknown,
    RoundOver,
)
from app.review.models import ReviewDecision
from tests.identity.people import LIANDU, LONGQUAN, make_agency
from tests.review.conftest import question

APPROVE = NewDecision(Verdict.APPROVE)
MORE = NewDecision(Verdict.NEEDS_MORE, reason_code="place_unclear")
REJECT = NewDecision(Verdict.REJECT, reason_code="duplicate")


def decide(case, verifier, new=APPROVE):
    return decide_case(case.id, new, verifier=verifier, now=clock.now())


def decisions():
    with reading() as session:
        return session.scalar(select(func.count()).select_from(ReviewDecision))


def stored(case):
    with reading() as session:
        return case_of(session, case.subject_kind, case.subject_id)


def hand_in_again(case):
    with transaction() as session:
        return resubmit(session, subject_kind=case.subject_kind, subject_id=case.subject_id, now=clock.now())


def test_the_subjects_room_hears_of_the_end_of_a_round_with_who_and_why(make_case, make_verifier, things):
    case, verifier = make_case(), make_verifier()

    decided = decide(case, verifier, replace(REJECT, note="see 3 March"))

    assert (decided.state, decided.decided_at, decided.version) == (CaseState.REJECTED, clock.now(), 2)
    told = things.told[0]
    assert (told.case_id, told.subject_id, told.verdict) == (case.id, case.subject_id, Verdict.REJECT)
    assert (told.reason_code, told.note, told.verifier) == ("duplicate", "see 3 March", verifier)
    assert stored(case).reasons == decided.reasons


def test_decision_and_consequence_stand_or_fall_together(make_case, make_verifier, things):
    case = make_case()
    things.fails = True

    with pytest.raises(RuntimeError):
        decide(case, make_verifier())

    assert (stored(case).state, decisions()) == (CaseState.OPEN, 0)


def test_other_agencies_and_other_counties_see_no_case(make_case, make_verifier, agency):
    case = make_case()
    other_agency = make_agency("liandu-ecology", kind=AgencyKind.ECOLOGY)
    strangers = [
        make_verifier(LONGQUAN),
        make_verifier(LIANDU, agency_id=other_agency),
        make_verifier(EVERY_COUNTY, agency_id=other_agency),
        make_verifier(LIANDU, role="issuer"),
    ]

    for stranger in strangers:
        with pytest.raises(CaseNotFound):
            decide(case, stranger)
    with pytest.raises(CaseNotFound):
        decide_case(new_id(), APPROVE, verifier=make_verifier(), now=clock.now())
    assert decide(case, make_verifier(EVERY_COUNTY)).state is CaseState.APPROVED


def test_nobody_decides_about_their_own_submission(make_case, make_verifier):
    verifier = make_verifier()
    case = make_case(submitter_id=verifier.id)

    with pytest.raises(OwnSubmission):
        decide(case, verifier)

    assert decisions() == 0


def test_of_two_verifiers_at_once_one_decides_and_the_other_learns_of_it(city, resident):
    verifiers = [city.verifier(), city.verifier()]
    claim = resident.claim()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda verifier: verifier.decide(claim), verifiers))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    lost = next(answer.json for answer in answers if answer.status_code == 409)
    assert (lost["code"], lost["decided_by"], lost["verdict"]) == ("review.already_decided", "张小明", "approve")
    assert (lost["decided_at"], lost["state"]) == ("2026-03-12T04:00:00Z", "approved")
    assert decisions() == 1


def test_a_large_award_needs_two_people_and_is_given_once(city, resident):
    one, other = city.verifier(), city.verifier()
    claim = resident.claim(tree_count=9)  # 90 points; the rule set asks for two people above 80.
    assert one.case(claim)["subject"]["points"]["needs_second_verifier"] is True

    first = one.decide(claim)
    again = one.decide(claim)

    assert (first.status_code, first.json["state"], first.json["decided_at"]) == (200, "open", None)
    assert (again.status_code, again.json["code"]) == (409, "review.second_person_needed")
    assert resident.read(claim)["award"] is None
    line = other.queue(flag="second_verifier")[0]
    assert [flag["code"] for flag in line["flags"]] == ["second_verifier"]
    assert (one.case(claim)["can_decide"], other.case(claim)["can_decide"]) == (False, True)
    assert other.decide(claim).json["state"] == "approved"
    mine = resident.read(claim)
    assert (mine["status"], mine["award"]["points"]) == ("approved", 90)


def test_eight_trees_are_one_persons_decision(city, resident):
    verifier, claim = city.verifier(), resident.claim(tree_count=8)

    assert verifier.decide(claim).json["state"] == "approved"


@pytest.mark.parametrize(("verdict", "state"), [(MORE, CaseState.NEEDS_MORE), (REJECT, CaseState.REJECTED)])
def test_a_refusal_by_the_second_person_ends_the_round(make_case, make_verifier, things, verdict, state):
    things.needs_second = True
    case = make_case()
    assert decide(case, make_verifier()).state is CaseState.OPEN
    assert things.told == []

    assert decide(case, make_verifier(), verdict).state is state

    assert [told.verdict for told in things.told] == [verdict.verdict]


def test_an_approval_of_an_earlier_round_is_no_first_approval_of_the_next(make_case, make_verifier, things):
    things.needs_second = True
    case, one, other = make_case(), make_verifier(), make_verifier()
    decide(case, one)
    decide(case, other, MORE)
    hand_in_again(case)

    assert decide(case, other).state is CaseState.OPEN
    assert decide(case, one).state is CaseState.APPROVED


def test_a_decided_round_cannot_be_decided_again(make_case, make_verifier):
    case = make_case()
    decide(case, make_verifier(), MORE)

    with pytest.raises(AlreadyDecided) as lost:
        decide(case, make_verifier())

    assert lost.value.params["verdict"] == "needs_more"
    assert decisions() == 1


def test_a_page_of_an_earlier_round_decides_nothing(make_case, make_verifier):
    case = make_case()
    decide(case, make_verifier(), MORE)
    hand_in_again(case)

    with pytest.raises(RoundOver) as stale:
        decide(case, make_verifier(), replace(APPROVE, round=1))

    assert stale.value.params == {"round": 2}
    assert decide(case, make_verifier(), replace(APPROVE, round=2)).state is CaseState.APPROVED


def test_a_refusal_says_why(make_case, make_verifier):
    case, verifier = make_case(), make_verifier()
    refused = [
        (NewDecision(Verdict.REJECT), ReasonMissing),
        (NewDecision(Verdict.NEEDS_MORE), ReasonMissing),
        (NewDecision(Verdict.REJECT, reason_code="place_unclear"), ReasonUnknown),
        (NewDecision(Verdict.REJECT, reason_code="not_planted"), ReasonUnknown),  # Of another kind of subject.
        (NewDecision(Verdict.REJECT, reason_code="nonsense"), ReasonUnknown),
        (NewDecision(Verdict.APPROVE, reason_code="other", note="x"), ReasonUnknown),
        (NewDecision(Verdict.REJECT, reason_code="other"), NoteMissing),
        (NewDecision(Verdict.REJECT, reason_code="other", note=""), NoteMissing),
    ]

    for new, error in refused:
        with pytest.raises(error):
            decide(case, verifier, new)
    assert decisions() == 0
    assert decide(case, verifier, NewDecision(Verdict.REJECT, "other", "no tree")).state is CaseState.REJECTED


def test_open_questions_stop_an_approval_and_no_refusal(make_case, make_verifier, things):
    things.asks = (question("odd"), question("a/b~c"))
    case, verifier = make_case(), make_verifier()

    with pytest.raises(QuestionOpen) as still_open:
        decide(case, verifier)
    with pytest.raises(AnswerForbidsApproval):
        decide(case, verifier, replace(APPROVE, answers={"odd": "yes", "a/b~c": "no"}))
    with pytest.raises(AnswerUnknown):
        decide(case, verifier, replace(MORE, answers={"even": "yes"}))

    assert [fault.pointer for fault in still_open.value.faults] == ["/answers/odd", "/answers/a~1b~0c"]
    assert decide(case, verifier, REJECT).state is CaseState.REJECTED


def test_answers_are_kept_with_the_decision(make_case, make_verifier, things):
    things.asks = (question("odd"),)

    decide(make_case(), make_verifier(), replace(APPROVE, answers={"odd": "no"}))

    with reading() as session:
        assert session.scalars(select(ReviewDecision)).one().answers == {"odd": "no"}


def test_a_case_is_handed_in_again_only_when_asked_and_then_has_a_new_date(make_case, make_verifier, hands):
    case = make_case()
    with pytest.raises(CaseNotWaiting):
        hand_in_again(case)
    decide(case, make_verifier(), MORE)
    hands.move(timedelta(days=3))

    again = hand_in_again(case)

    assert (again.state, again.round, again.decided_at) == (CaseState.OPEN, 2, None)
    # Thursday 12 March and, three days later, Sunday 15 March: five working days each, until the day has ended.
    assert (case.due_at.isoformat(), again.due_at.isoformat()) == (
        "2026-03-19T15:59:59+00:00",
        "2026-03-20T15:59:59+00:00",
    )
    assert [reason.code for reason in again.reasons] == ["place_unclear"]


def test_without_next_years_calendar_a_case_opens_with_a_provisional_date_and_somebody_is_asked_for_it(
    city, hands, app, tmp_path, monkeypatch
):
    monkeypatch.setitem(app.config, "LINTAN_CALENDARS", str(tmp_path))
    hands.set(datetime(2026, 12, 29, 4, tzinfo=UTC))
    verifier, resident = city.verifier(), city.resident()
    today = {"captured_at": "2026-12-29T03:00:00Z"}

    late = [resident.claim(**today), resident.claim(**today)]

    review = resident.read(late[0])["review"]
    assert (review["due_at"], review["due_is_provisional"]) == ("2027-01-05T15:59:59Z", True)
    assert verifier.case(late[0])["due_is_provisional"] is True
    with reading() as session:
        (task,) = session.scalars(select(TaskRow).where(TaskRow.kind == "places.calendar_missing"))
    assert (task.role, task.state) == ("admin", "open")
    # The notice comes: New Year's Day and the two days of the weekend after it.
    shutil.copy(SHIPPED / "working_days_2026.csv", tmp_path / "working_days_2027.csv")
    text = (tmp_path / "working_days_2027.csv").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "shifted_workday" not in line]
    (tmp_path / "working_days_2027.csv").write_text("\n".join(kept).replace("2026-", "2027-"), encoding="utf-8")
    review = resident.read(resident.claim(**today))["review"]
    assert (review["due_at"], review["due_is_provisional"]) == ("2027-01-06T15:59:59Z", False)


def test_what_is_taken_back_is_decided_by_nobody_and_only_once_taken_back(make_case, make_verifier):
    case, decided = make_case(), make_case()
    decide(decided, make_verifier())

    def take_back(each):
        with transaction() as session:
            return withdraw_case(session, subject_kind=each.subject_kind, subject_id=each.subject_id, now=clock.now())

    assert take_back(case).state is CaseState.WITHDRAWN
    with pytest.raises(CaseWithdrawn):
        decide(case, make_verifier())
    for each in (case, decided):
        with pytest.raises(CaseClosed):
            take_back(each)


def test_a_decision_sent_twice_under_one_key_is_one_decision(city, resident):
    verifier, claim = city.verifier(), resident.claim()
    key = {"Idempotency-Key": "once"}
    path = f"/v1/reviews/{claim['review']['case_id']}/decisions"

    first = verifier.post(path, {"verdict": "approve"}, headers=key)
    again = verifier.post(path, {"verdict": "approve"}, headers=key)

    assert (first.json, again.status_code) == (again.json, 200)
    assert decisions() == 1


def test_a_decision_has_its_shape(city, resident):
    verifier, claim = city.verifier(), resident.claim()
    bad = [
        {"verdict": "maybe"},
        {"verdict": None},
        {},
        {"verdict": "approve", "verifier_id": "stf_1"},
        {"verdict": "approve", "decided_at": "2026-03-12T04:00:00Z"},
        {"verdict": "approve", "answers": {"x": 1}},
        {"verdict": "approve", "answers": {f"q{n}": "x" for n in range(21)}},
        {"verdict": "approve", "answers": []},
        {"verdict": "reject", "reason_code": "other", "note": "x" * 501},
        {"verdict": "approve", "round": "1"},
        {"verdict": "approve", "round": 0},
    ]

    for body in bad:
        answer = verifier.post(f"/v1/reviews/{claim['review']['case_id']}/decisions", body)
        assert (answer.status_code, answer.json["code"]) == (422, "request.invalid"), (body, answer.json)
    nul = verifier.decide(claim, "reject", reason_code="other", note="a\x00b")
    assert nul.status_code == 400
    assert decisions() == 0


def test_the_database_keeps_decisions_as_they_were_made(make_case, make_verifier):
    decide(make_case(), make_verifier())

    for statement in ("UPDATE review_decision SET verdict = 'reject'", "DELETE FROM review_decision"):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))
    assert decisions() == 1


def test_the_database_takes_no_second_decision_of_one_person_in_a_round(make_case, make_verifier):
    case, verifier = make_case(), make_verifier()

    def insert():
        with transaction() as session:
            session.add(
                ReviewDecision(
                    id=new_id(),
                    case_id=case.id,
                    round=1,
                    verifier_id=verifier.id,
                    verdict=Verdict.APPROVE,
                    answers={},
                    decided_at=clock.now(),
                )
            )

    insert()
    with pytest.raises(DBAPIError):
        insert()
