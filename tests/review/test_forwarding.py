"""Cases that came to the wrong county: sent on with a new clock, and to the city when two counties do not agree."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.foundation.data import reading
from app.foundation.proof.audit import AuditRow
from app.identity import Role
from app.review.models import ReviewMove
from app.review.rules import goes_to_city
from tests.identity.people import LIANDU, LONGQUAN, make_agency, make_staff
from tests.planting.people import Verifier

REASON = "the plot lies beyond the border"
ONE, OTHER = UUID(int=1), UUID(int=2)


def path_of(claim):
    return f"/v1/reviews/{claim['review']['case_id']}"


def forward(verifier, claim, county=LONGQUAN):
    return verifier.post(f"{path_of(claim)}/forward", {"county": county, "reason": REASON})


def said(answer):
    return answer.status_code, answer.json.get("code")


def test_what_would_come_back_goes_to_the_city():
    assert goes_to_city(ONE, {ONE})
    assert not goes_to_city(OTHER, {ONE})
    assert not goes_to_city(ONE, set())


@pytest.fixture
def city_verifier(city):
    make_agency("city-forestry", county=None)
    member = make_staff("city.verifier", role=Role.VERIFIER, agency_slug="city-forestry", counties=("*",))
    return city._staff(member, Verifier(city.client, {}, id=member.id))


def test_a_misdirected_case_moves_with_a_new_clock_and_its_resident_sees_it(city, resident):
    city.agency(LIANDU)
    claim = resident.claim()
    assert claim["review"]["due_at"] == "2026-03-19T15:59:59Z"
    city.hands.move(timedelta(days=1))
    here, there = city.verifier(), city.verifier(LONGQUAN)

    answer = forward(here, claim)

    assert answer.status_code == 200, answer.json
    assert (answer.json["county"], answer.json["round"], answer.json["due_at"]) == (LONGQUAN, 1, "2026-03-20T15:59:59Z")
    assert said(here.get(path_of(claim))) == (404, "review.case_not_found")
    case = there.case(claim)
    assert case["can_decide"] is True
    move = case["moves"][0]
    assert (move["from_county"], move["to_county"], move["reason"], move["moved_by"]) == (
        LIANDU,
        LONGQUAN,
        REASON,
        "张小明",
    )
    assert (move["due_at_before"], move["due_at"]) == ("2026-03-19T15:59:59Z", "2026-03-20T15:59:59Z")
    mine = resident.read(claim)
    assert (mine["county"], mine["status"]) == (LONGQUAN, "submitted")
    assert [(each["from_county"], each["to_county"]) for each in mine["review"]["moves"]] == [(LIANDU, LONGQUAN)]
    assert "moved_by" not in mine["review"]["moves"][0]
    with reading() as session:
        actions = session.scalars(select(AuditRow.action)).all()
    assert {"planting.claim_forwarded", "review.case_forwarded"} <= set(actions)
    assert there.decide(claim).json["state"] == "approved"


def test_two_counties_that_send_a_case_to_each_other_leave_it_to_the_city(city, resident, city_verifier):
    here, there = city.verifier(), city.verifier(LONGQUAN)
    claim = resident.claim()
    assert forward(here, claim).json["county"] == LONGQUAN

    back = forward(there, claim, LIANDU)

    assert (back.status_code, back.json["agency"]["name_en"], back.json["county"]) == (
        200,
        "Liandu Forestry Bureau",
        LIANDU,
    )
    assert said(here.get(path_of(claim))) == (404, "review.case_not_found")
    assert city_verifier.case(claim)["agency"]["id"] != claim["review"].get("agency_id")
    assert said(forward(city_verifier, claim)) == (409, "review.stays_with_city")
    assert city_verifier.decide(claim).json["state"] == "approved"
    with reading() as session:
        moves = session.scalars(select(ReviewMove).order_by(ReviewMove.place)).all()
    assert [move.place for move in moves] == [1, 2]


def test_without_an_agency_of_the_city_a_case_does_not_come_back(city, resident):
    here, there = city.verifier(), city.verifier(LONGQUAN)
    claim = resident.claim()
    forward(here, claim)

    assert said(forward(there, claim, LIANDU)) == (409, "review.no_agency_there")
    assert there.decide(claim).status_code == 200


def test_an_approval_of_the_old_agency_does_not_count_at_the_new_one(city, resident):
    here, second, there, last = city.verifier(), city.verifier(), city.verifier(LONGQUAN), city.verifier(LONGQUAN)
    claim = resident.claim(tree_count=9)
    assert here.decide(claim).json["state"] == "open"
    assert said(forward(here, claim)) == (409, "review.second_person_needed")

    assert forward(second, claim).json["round"] == 2

    assert there.queue()[0]["flags"] == []
    assert there.decide(claim).json["state"] == "open"
    assert last.decide(claim).json["state"] == "approved"


def test_a_case_goes_nowhere_it_cannot_go(city, resident):
    here, colleague = city.verifier(), city.verifier()
    far = city.verifier(LONGQUAN)
    claim = resident.claim()

    assert said(forward(far, claim)) == (404, "review.case_not_found")
    assert said(forward(here, claim, LIANDU)) == (422, "review.same_county")
    assert said(forward(here, claim, "331121")) == (409, "review.no_agency_there")
    colleague.post(f"{path_of(claim)}/take", {"reason": None})
    assert said(forward(here, claim)) == (409, "review.taken")
    assert forward(colleague, claim).status_code == 200
    assert said(forward(colleague, claim)) == (404, "review.case_not_found")
    assert far.queue()[0]["taken_by"] is None
    far.decide(claim)
    assert said(forward(far, claim, LIANDU)) == (409, "review.already_decided")
