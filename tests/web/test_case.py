"""The page of a claim: what it shows, and deciding by its forms, without a script."""

import re
from datetime import timedelta

import pytest

from app.foundation.data import reading
from app.foundation.work import work_until_idle
from app.identity import Role
from app.review.models import ReviewDecision
from tests.planting.people import LONGQUAN, camera, gcj02, photo
from tests.web.browser import HTML, Page


def decisions() -> list[ReviewDecision]:
    with reading() as session:
        return list(session.query(ReviewDecision).order_by(ReviewDecision.id))


@pytest.fixture
def doubtful(city, hands):
    """A claim that looks like one of another resident a day before."""
    city.resident("陈明").claim(photo(seed=7), tree_count=8, captured_at="2026-03-11T04:00:00Z")
    hands.move(timedelta(minutes=1))
    return city.resident("张建国").claim(photo(seed=7, exif=camera()), photo(), tree_count=5)


def question_of(page: Page) -> str:
    return next(
        str(given["name"])
        for tag, given in page.tags
        if tag == "input" and str(given.get("name")).startswith("answer.")
    )


def test_the_page_shows_the_evidence_in_the_order_of_judging(clerk, doubtful):
    page = clerk.case(doubtful)

    places = [page.source.index(f'id="{anchor}"') for anchor in ("h-ev", "h-fa", "h-pt", "h-de")]
    assert places == sorted(places)
    assert "张** 5 × Cinnamomum camphora" in page.text
    # Photos of one moment come in any order.
    assert re.search("This claim, photo [12] of 2 taken 12 March 2026, 12:00", page.text)
    assert re.search("This claim, photo [12] of 2 The camera wrote no time; it wrote no place", page.text)
    assert "陈* 11 March 2026 In review 8 × Cinnamomum camphora" in page.text
    assert "0 m away 1 day apart" in page.text
    assert re.search("Time photo [12] 12 March 2026, 12:00 not given No record", page.text)
    assert "5 trees × 10 points = 50 points 50" in page.text
    assert "Approve, 50 points" in page.text
    assert "This is the first one." in page.text


def test_every_photo_can_be_seen_without_a_script(clerk, doubtful):
    first, second = clerk.case(doubtful), clerk.case(doubtful, "?photo=2")

    hidden = [
        ["hidden" in given for tag, given in page.tags if given.get("class") == "shot"] for page in (first, second)
    ]
    assert hidden == [[False, True], [True, False]]
    assert first.link("Next photo") == "?photo=2#photos"
    sources = [str(given["src"]) for tag, given in first.tags if tag == "img"]
    assert all(clerk.client.get(source).status_code == 200 for source in sources)


def test_a_claim_without_doubt_is_approved_by_its_form_and_the_next_one_comes(clerk, resident, hands):
    claim = resident.claim(tree_count=5)
    hands.move(timedelta(minutes=1))
    resident.claim(tree_count=6, position=gcj02(28.48, 119.9))

    page = clerk.decide(clerk.case(claim))

    assert (page.status, "Recorded as approved: 张**, 5 × Cinnamomum camphora." in page.text) == (200, True)
    assert "张** 6 × Cinnamomum camphora" in page.title
    work_until_idle()
    assert resident.read(claim)["award"]["points"] == 50


def test_after_the_last_one_comes_the_queue(clerk, resident):
    page = clerk.decide(clerk.case(resident.claim()))

    assert page.title == "0 to do · Lintan console"
    assert "Recorded as approved" in page.text


def test_an_open_question_stops_the_approval_and_is_the_first_thing_told(clerk, doubtful):
    page = clerk.decide(clerk.case(doubtful))

    assert (page.status, page.title[:7]) == (422, "Error: ")
    assert "1 thing to mend" in page.text
    assert ("#q1", "Answer the question before you approve.") in page.links
    assert "q1-e" in page.ids
    assert decisions() == []


def test_with_its_answer_the_doubtful_claim_is_approved(clerk, doubtful):
    page = clerk.case(doubtful)

    after = clerk.decide(page, **{question_of(page): "different"})

    assert "Recorded as approved" in after.text
    assert [each.answers for each in decisions()] == [{question_of(page).removeprefix("answer."): "different"}]


def test_an_answer_against_the_claim_comes_back_still_chosen(clerk, doubtful):
    page = clerk.case(doubtful)

    refused = clerk.decide(page, **{question_of(page): "same"})

    assert refused.status == 422
    assert "With this answer the case cannot be approved." in refused.text
    assert refused.form("/console/cases/").fields[question_of(page)] == "same"


@pytest.mark.parametrize(
    ("filled", "anchor", "told"),
    [
        ({}, "#reason-reject", "Choose a reason."),
        ({"reason__reject": "count_unclear"}, "#reason-reject", "This reason does not go with the verdict."),
        ({"reason__reject": "other", "note__reject": " "}, "#note-reject", "Say in a note what the reason is."),
        (
            {"reason__reject": "other", "note__reject": "长" * 501},
            "#note-reject",
            "Shorten the note to 500 characters.",
        ),
    ],
)
def test_a_refusal_says_why_or_comes_back_with_what_was_written(clerk, resident, filled, anchor, told):
    page = clerk.decide(clerk.case(resident.claim()), "reject", **filled)

    assert (page.status, (anchor, told) in page.links) == (422, True)
    details = next(given for tag, given in page.tags if given.get("id") == "why-reject")
    assert "open" in details
    assert page.form("/console/cases/").fields["note.reject"].strip() == filled.get("note__reject", "").strip()
    assert decisions() == []


def test_asking_for_more_keeps_the_reason_and_the_note(clerk, resident):
    claim = resident.claim()

    after = clerk.decide(
        clerk.case(claim),
        "needs_more",
        reason__needs_more="count_unclear",
        note__needs_more="第 2 张\r\n看不清",
        note__reject="x",
    )

    assert "Asked for more evidence" in after.text
    assert [(each.reason_code, each.note) for each in decisions()] == [("count_unclear", "第 2 张\n看不清")]


@pytest.mark.parametrize(
    "changed",
    [
        {"verdict": "delete"},
        {"round": "x"},
        {"round": "0"},
        {"note__reject": "a\x00b", "reason__reject": "duplicate"},
        {"note__reject": "a\u202eb", "reason__reject": "duplicate"},
        {"key": ""},
    ],
)
def test_a_form_that_no_page_of_ours_sends_is_refused_and_does_nothing(clerk, resident, changed):
    page = clerk.case(resident.claim())

    refused = clerk.send(page.form("/console/cases/"), **{"verdict": "reject", **changed})

    assert refused.status in {400, 422}
    assert "cannot be read" in refused.text
    assert decisions() == []


def test_a_form_of_another_session_is_refused_and_keeps_what_was_written(clerk, make_clerk, resident):
    claim = resident.claim()
    other = make_clerk("li.wei")
    other.sign_in()
    token = other.case(claim).form("/console/cases/").fields["token"]

    page = clerk.decide(clerk.case(claim), "reject", token=token, reason__reject="other", note__reject="不是本次拍的")

    assert page.status == 403
    assert "This form is too old or came from elsewhere. Nothing was done." in page.text
    assert page.form("/console/cases/").fields["note.reject"] == "不是本次拍的"
    assert decisions() == []
    assert clerk.decide(page, "reject").status == 200  # The page's new token is good, and the values are still there.
    assert [each.note for each in decisions()] == ["不是本次拍的"]


def test_a_form_left_open_by_the_clerk_before_is_refused_to_the_next_one_at_the_same_desk(clerk, make_clerk, resident):
    page = clerk.case(resident.claim())
    clerk.send(page.form("sign-out"))
    following = make_clerk("li.wei")
    following.client = clerk.client
    following.sign_in()

    refused = following.decide(page)

    assert refused.status == 403
    assert decisions() == []


def test_a_form_without_a_token_is_refused(clerk, resident):
    page = clerk.case(resident.claim())
    del page.form("/console/cases/").fields["token"]

    assert clerk.decide(page).status == 403
    assert decisions() == []


def test_the_button_pressed_twice_decides_once_and_both_answers_lead_on(clerk, resident):
    claim = resident.claim(tree_count=5)
    resident.claim(tree_count=6, position=gcj02(28.48, 119.9))
    page = clerk.case(claim)

    once, twice = clerk.decide(page, follow=False), clerk.decide(page, follow=False)

    assert (once.status, twice.status) == (303, 303)
    assert once.answer.headers["Location"] == twice.answer.headers["Location"]
    assert len(decisions()) == 1


def test_the_same_form_with_other_values_is_not_taken_for_a_repetition(clerk, resident):
    claim = resident.claim()
    page = clerk.case(claim)
    clerk.decide(page)

    again = clerk.decide(page, "reject", reason__reject="duplicate")

    assert (again.status, "This form was sent before with other values" in again.text) == (422, True)
    assert [each.verdict for each in decisions()] == ["approve"]


def test_who_is_too_late_learns_who_was_faster_and_stays_on_the_page(clerk, make_clerk, resident, hands):
    claim = resident.claim(tree_count=5)
    hands.move(timedelta(minutes=1))
    resident.claim(tree_count=6, position=gcj02(28.48, 119.9))
    page = clerk.case(claim)
    faster = make_clerk("li.wei")
    faster.sign_in()
    faster.decide(faster.case(claim), "reject", reason__reject="not_planted")

    late = clerk.decide(page)

    assert late.status == 409
    assert "张小明 was faster. At 12 March, 12:01: did not approve. Your decision was not recorded." in late.text
    assert clerk.get(late.link("Look at the next one")).status == 200
    assert not [form for form in late.forms if "/cases/" in form.action]
    assert [each.verdict for each in decisions()] == ["reject"]


def test_new_evidence_since_the_page_was_opened_is_told(clerk, make_clerk, resident):
    claim = resident.claim()
    page = clerk.case(claim)
    other = make_clerk("li.wei")
    other.sign_in()
    other.decide(other.case(claim), "needs_more", reason__needs_more="count_unclear")
    resident.submit(claim)

    late = clerk.decide(page)

    assert (late.status, "The case has new evidence since you opened it." in late.text) == (409, True)
    assert "round 2" in late.text
    assert "Recorded as approved" in clerk.decide(late).text


def test_above_the_threshold_a_second_person_is_needed_and_the_first_is_told(clerk, make_clerk, resident):
    claim = resident.claim(tree_count=40)
    page = clerk.case(claim)

    after = clerk.decide(page)
    again = clerk.case(claim)
    second = make_clerk("li.wei")
    second.sign_in()
    theirs = second.case(claim)

    assert "Approve, and pass on to a second person" in page.text
    assert "a second person has to decide too" in after.text
    assert "You have approved this case." in again.text
    assert not [form for form in again.forms if "/cases/" in form.action]
    assert "Approve, 100 points" in theirs.text
    assert "Recorded as approved" in second.decide(theirs).text


def test_what_was_written_outlives_a_session_that_ran_out(clerk, resident, hands):
    claim = resident.claim()
    page = clerk.case(claim)
    for name in ("lintan_access", "lintan_refresh"):
        clerk.client.delete_cookie(name, path="/console")

    asked = clerk.decide(page, "reject", reason__reject="other", note__reject="看不清")
    form = asked.form("sign-in")
    filled = {"username": clerk.member.username, "password": clerk.member.password}
    wrong = clerk.send(form, **filled, totp="000000")
    hands.move(timedelta(minutes=2))  # A new one-time code, and the delay after a failure is over.
    back = clerk.send(wrong.form("sign-in"), **filled, totp=clerk.member.code())

    assert (asked.status, "What you entered is kept" in asked.text) == (401, True)
    assert wrong.status == 401
    assert (back.status, "has not been sent yet" in back.text) == (200, True)
    assert back.form("/console/cases/").fields["note.reject"] == "看不清"
    assert decisions() == []
    clerk.decide(back, "reject")
    assert [(each.reason_code, each.note) for each in decisions()] == [("other", "看不清")]


def test_what_another_site_sends_is_not_kept_for_anybody(clerk, app, resident):
    claim = resident.claim()
    stranger = app.test_client()

    answer = stranger.post(
        f"/console/cases/{claim['review']['case_id']}",
        data={"verdict": "reject", "note.reject": "planted"},
        headers={"Accept": "text/html"},
    )

    assert answer.status_code == 401
    assert "planted" not in answer.get_data(as_text=True).partition("<form")[2]


@pytest.mark.parametrize("number", ["cas_01m868tawjer4b6ctjc95y8bpg", "cas_x", "plt_01m868tawjer4b6ctjc95y8bpg"])
def test_a_case_that_is_not_there_and_one_of_another_county_look_the_same(clerk, resident, number):
    foreign = resident.claim(county=LONGQUAN)

    missing, hidden = clerk.get(f"/console/cases/{number}"), clerk.case(foreign)

    assert missing.status == hidden.status == 404
    assert missing.text == hidden.text
    assert "What could be the cause" in hidden.text


def test_nobody_decides_a_case_of_another_county_by_its_address(clerk, resident):
    mine, foreign = resident.claim(), resident.claim(county=LONGQUAN)
    form = clerk.case(mine).form("/console/cases/")
    form.action = f"/console/cases/{foreign['review']['case_id']}"

    page = clerk.send(form, verdict="approve")

    assert page.status == 404
    assert decisions() == []


def test_an_auditor_reads_a_case_and_has_no_form(make_clerk, resident):
    claim = resident.claim()
    auditor = make_clerk("audit.one", role=Role.AUDITOR)
    auditor.sign_in()

    page = auditor.case(claim)
    fields = {"verdict": "approve", "round": "1", "key": "k", "token": page.form("sign-out").fields["token"]}
    posted = Page(auditor.client.post(page.answer.request.path, data=fields, headers=HTML))

    assert "You can read this case; verifiers decide it." in page.text
    assert not [form for form in page.forms if "/cases/" in form.action]
    assert (posted.status, "Your role does not allow this." in posted.text) == (403, True)


def test_the_filter_goes_along_from_case_to_case(clerk, city):
    city.resident().claim(photo(exif=camera(minutes_off=500)), tree_count=5)
    city.resident().claim(tree_count=6, position=gcj02(28.48, 119.9))
    flagged = clerk.get("/console?flag=any")

    case = clerk.get(flagged.link("5 × Cinnamomum camphora"))
    after = clerk.decide(case, **{question_of(case): "plausible"})

    assert case.link("Back to the queue") == "/console?flag=any"
    assert after.title == "0 to do · Lintan console"


def test_enter_in_a_field_cannot_approve_by_accident(clerk, resident):
    page = clerk.case(resident.claim())

    at = page.source.index('id="decide"')
    first = page.source[page.source.index("<button", at) :].partition(">")[0]
    assert "disabled" in first
