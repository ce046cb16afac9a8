"""Submitting, taking back, and what comes back from the review."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.foundation.data import clock, reading
from app.foundation.http.models import IdempotencyRow
from app.foundation.work import work_until_idle
from tests.planting.people import LIANDU, LONGQUAN, photo, wgs84

EN = {"Accept-Language": "en"}


def test_a_county_without_a_bureau_says_so_and_leaves_the_photo_free(city, resident):
    draft = resident.draft(county=LONGQUAN)
    file_id = resident.upload()

    answer = resident.post(f"/v1/plantings/{draft['id']}/submit", {"file_ids": [file_id]})

    assert (answer.status_code, answer.json["code"], answer.json["county"]) == (409, "planting.no_agency", LONGQUAN)
    assert resident.read(draft)["status"] == "draft"
    city.agency(LIANDU)
    other = resident.draft()
    assert resident.post(f"/v1/plantings/{other['id']}/submit", {"file_ids": [file_id]}).status_code == 200


def test_only_ones_own_unused_photos_prove_a_planting(city, resident):
    city.agency(LIANDU)
    draft, file_id = resident.draft(), resident.upload()
    foreign = city.resident("李四").upload()
    path = f"/v1/plantings/{draft['id']}/submit"

    assert resident.post(path, {"file_ids": [file_id, foreign]}).json["code"] == "evidence.file_not_found"
    assert resident.read(draft)["files"] == []
    assert resident.post(path, {"file_ids": [file_id, file_id]}).status_code == 200
    other = resident.draft()
    again = resident.post(f"/v1/plantings/{other['id']}/submit", {"file_ids": [file_id]})
    assert (again.status_code, again.json["code"]) == (409, "evidence.file_already_bound")


def test_a_submission_brings_one_to_six_photos(city, resident):
    city.agency(LIANDU)
    file_ids = [resident.upload() for _ in range(8)]

    def submit(ids):
        return resident.post(f"/v1/plantings/{resident.draft()['id']}/submit", {"file_ids": ids}).status_code

    assert [submit([]), submit(file_ids[:7])] == [422, 422]
    assert [submit(file_ids[:1]), submit(file_ids[1:7])] == [200, 200]


def test_a_claim_in_review_is_neither_submitted_again_nor_changed(verifier, resident):
    claim = resident.claim()

    again = resident.submit(claim)
    changed = resident.patch(f"/v1/plantings/{claim['id']}", {"tree_count": 9}, etag=f'"{claim["version"]}"')

    assert [(each.status_code, each.json["code"]) for each in (again, changed)] == [(409, "planting.settled")] * 2
    assert again.json["planting_status"] == "submitted"
    assert len(verifier.queue()) == 1


def test_asked_for_more_the_resident_is_told_why_in_their_language_and_hands_in_again(verifier, resident):
    claim = resident.claim()
    asked = verifier.decide(claim, "needs_more", reason_code="count_unclear", note="第 1 张太远")
    assert (asked.status_code, asked.json["state"]) == (200, "needs_more")

    told = resident.read(claim)
    told_en = resident.get(f"/v1/plantings/{claim['id']}", headers=EN).json

    reason = told["reasons"][0]
    assert (told["status"], reason["code"], reason["note"]) == ("needs_more", "count_unclear", "第 1 张太远")
    assert "看不清株数" in reason["text"]
    assert told_en["reasons"][0]["text"].startswith("The number of trees cannot be seen")
    path = f"/v1/plantings/{claim['id']}"
    elsewhere = resident.patch(path, {"county": LONGQUAN}, etag=f'"{told["version"]}"')
    assert (elsewhere.status_code, elsewhere.json["code"]) == (409, "planting.county_settled")
    fixed = resident.patch(path, {"tree_count": 4}, etag=f'"{told["version"]}"')
    assert (fixed.status_code, fixed.json["tree_count"]) == (200, 4)
    again = resident.submit(claim)
    assert (again.json["status"], again.json["review"]["round"], len(again.json["files"])) == ("submitted", 2, 2)
    assert verifier.approve(claim).json["state"] == "approved"
    mine = resident.read(claim)
    assert (mine["status"], mine["award"]["points"], len(mine["reasons"])) == ("approved", 40, 1)


def test_a_change_after_the_decision_of_another_needs_a_fresh_look(verifier, resident):
    claim = resident.claim()
    verifier.decide(claim, "needs_more", reason_code="place_unclear")

    stale = resident.patch(f"/v1/plantings/{claim['id']}", {"tree_count": 4}, etag=f'"{claim["version"]}"')

    assert stale.status_code == 412


def test_photos_have_an_end(verifier, resident):
    claim = resident.claim(*(photo() for _ in range(6)))
    for _ in range(2):
        verifier.decide(claim, "needs_more", reason_code="photo_unusable")
        assert resident.submit(claim, *(photo() for _ in range(6))).status_code == 200
    verifier.decide(claim, "needs_more", reason_code="photo_unusable")

    answer = resident.submit(claim)

    assert (answer.status_code, answer.json["code"], answer.json["files_max"]) == (422, "planting.too_many_files", 18)
    known = [file["id"] for file in resident.read(claim)["files"]][:6]
    assert resident.post(f"/v1/plantings/{claim['id']}/submit", {"file_ids": known}).status_code == 200


def test_a_rejection_reaches_the_resident_with_its_reason_and_gives_nothing(verifier, resident):
    claim = resident.claim()

    verifier.decide(claim, "reject", reason_code="other", note="照片是去年的")

    mine = resident.read(claim)
    assert (mine["status"], mine["award"]) == ("rejected", None)
    assert [(each["verdict"], each["note"]) for each in mine["reasons"]] == [("reject", "照片是去年的")]
    assert resident.submit(claim).json["code"] == "planting.settled"


def test_what_is_taken_back_leaves_the_queue_and_cannot_be_decided(verifier, resident):
    claim = resident.claim()

    answer = resident.post(f"/v1/plantings/{claim['id']}/withdraw")

    assert (answer.status_code, answer.json["status"]) == (200, "withdrawn")
    assert verifier.queue() == []
    late = verifier.decide(claim)
    assert (late.status_code, late.json["code"]) == (409, "review.case_withdrawn")
    assert resident.post(f"/v1/plantings/{claim['id']}/withdraw").json["code"] == "planting.settled"
    assert resident.read(claim)["award"] is None


def test_a_draft_can_be_taken_back_and_an_approved_claim_cannot(verifier, resident):
    draft, claim = resident.draft(), resident.claim()
    verifier.decide(claim)

    kept = resident.post(f"/v1/plantings/{claim['id']}/withdraw")

    assert resident.post(f"/v1/plantings/{draft['id']}/withdraw").json["status"] == "withdrawn"
    assert resident.submit(draft).json["code"] == "planting.settled"
    assert (kept.status_code, kept.json["planting_status"]) == (409, "approved")


def test_beyond_the_years_cap_zero_points_are_awarded_and_explained(verifier, resident):
    for number in range(4):
        claim = resident.claim(tree_count=8, position=wgs84(28.4 + number / 50), species_code="SCSU")
        assert verifier.approve(claim).json["state"] == "approved"
    claim = resident.claim(tree_count=3)

    assert verifier.decide(claim).json["state"] == "approved"

    work_until_idle()
    award = resident.get(f"/v1/plantings/{claim['id']}", headers=EN).json["award"]
    assert (award["points"], award["points_later"], award["lines"][-1]["code"]) == (0, 0, "zero")
    assert award["lines"][-1]["text"].startswith("0 points")


def test_a_form_without_a_conversion_rate_counts_as_no_tree_and_says_so(verifier, resident):
    claim = resident.claim(duty_form="tend")

    assert verifier.decide(claim).json["state"] == "approved"

    award = resident.get(f"/v1/plantings/{claim['id']}", headers=EN).json["award"]
    assert award["points"] == 0
    assert "No rate is known" in award["note"]


def test_a_planting_of_a_day_without_rules_waits_for_them_and_is_not_lost(city, resident, hands):
    with clock.standing_at(datetime(2026, 1, 5, 4, 0, tzinfo=UTC)):
        early, verifier = city.resident(), city.verifier()
        claim = early.claim(captured_at="2025-12-31T15:59:00Z")
        case = verifier.case(claim)

        answer = verifier.decide(claim)

        assert (answer.status_code, answer.json["code"]) == (409, "rulebook.document_missing")
        assert case["subject"]["points"]["points"] is None
        assert case["subject"]["points"]["why"]
        assert early.read(claim)["status"] == "submitted"


def test_the_act_counts_on_the_civil_day_of_its_capture(city, hands):
    with clock.standing_at(datetime(2026, 1, 5, 4, 0, tzinfo=UTC)):
        early, verifier = city.resident(), city.verifier()
        claim = early.claim(captured_at="2025-12-31T16:00:00Z")  # New Year's Day in Lishui.

        assert verifier.decide(claim).json["state"] == "approved"


def test_the_same_submission_sent_again_answers_the_same(verifier, resident):
    draft, file_id = resident.draft(), resident.upload()
    path, key = f"/v1/plantings/{draft['id']}/submit", {"Idempotency-Key": "once"}

    first = resident.post(path, {"file_ids": [file_id]}, headers=key)
    again = resident.post(path, {"file_ids": [file_id]}, headers=key)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(verifier.queue()) == 1


def test_a_submission_knows_its_members_alone(resident):
    draft = resident.draft()

    answer = resident.post(f"/v1/plantings/{draft['id']}/submit", {"file_ids": ["fil_1"], "status": "approved"})

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json["errors"]} == {"/file_ids/0", "/status"}
    assert resident.post(f"/v1/plantings/{draft['id']}/submit", None).status_code in {400, 415}


def test_a_stored_answer_keeps_no_link_to_a_photo_and_the_repetition_has_a_fresh_one(city, resident, client, hands):
    city.agency(LIANDU)
    draft, body = resident.draft(), {"file_ids": [resident.upload()]}
    path, key = f"/v1/plantings/{draft['id']}/submit", {"Idempotency-Key": "one"}

    first = resident.post(path, body, headers=key)
    with reading() as session:
        kept = session.scalars(select(IdempotencyRow.body).where(IdempotencyRow.key == "one")).one()
    hands.move(timedelta(minutes=11))  # The link has run out, and the token has not.
    again = resident.post(path, body, headers=key)

    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert "signature" not in kept
    links = [answer.json["files"][0]["content_path"] for answer in (first, again)]
    assert [client.get(link).status_code for link in links] == [410, 200]
