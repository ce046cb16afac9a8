"""Taking a case: shown to colleagues, kept from their decisions, passed on after two days or when somebody leaves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.approvals import approve_proposal
from app.foundation.data import clock, new_id, parse_public_id, reading, transaction
from app.foundation.proof import SYSTEM, Actor, ActorKind, Grant
from app.foundation.proof.audit import AuditRow
from app.identity import Role, note_assistance
from app.identity.staffing.models import DeputyshipRow, StaffRoleRow
from app.identity.staffing.usecases.deputies import NewDeputy, propose_deputy
from app.identity.staffing.usecases.granting import end_role
from app.identity.staffing.usecases.leaving import Leave, leave, list_open_work
from app.planting.models import PlantingClaim
from app.review.errors import OwnSubmission
from app.review.models import ReviewCase
from app.review.rules import Verdict, may_take_over
from app.review.usecases.decide import NewDecision, decide_case, is_of_their_own
from tests.identity.people import LIANDU, LONGQUAN, make_staff
from tests.planting.people import NOON


def path_of(claim):
    return f"/v1/reviews/{claim['review']['case_id']}"


def take(verifier, claim, reason=None):
    return verifier.post(f"{path_of(claim)}/take", {"reason": reason})


def said(answer):
    return answer.status_code, answer.json.get("code")


@pytest.mark.parametrize(
    ("hours", "can_decide", "may"), [(0, True, False), (47, True, False), (48, True, True), (0, False, True)]
)
def test_a_case_is_a_colleagues_for_two_days_or_until_they_can_decide_no_more(hours, can_decide, may):
    assert may_take_over(NOON, NOON + timedelta(hours=hours), can_decide=can_decide) is may


def test_a_taken_case_is_shown_with_its_taker_and_decided_by_nobody_else(city, resident):
    wang, li = city.verifier(), city.verifier()
    claim, other = resident.claim(), resident.claim(tree_count=2)

    assert take(wang, claim).json["taken_by"] == "张小明"
    assert take(wang, claim).status_code == 200  # Twice is once.
    refused = li.decide(claim)
    assert said(refused) == (409, "review.taken")
    assert (refused.json["taken_by"], refused.json["may_take_over_at"]) == ("张小明", "2026-03-14T04:00:00Z")
    assert said(take(li, claim, "urgent")) == (409, "review.taken")
    assert [each["id"] for each in wang.queue(mine="true")] == [claim["review"]["case_id"]]
    assert li.queue(mine="true") == []
    line = next(each for each in li.queue() if each["id"] == claim["review"]["case_id"])
    assert (line["taken_by"], line["taken_at"]) == ("张小明", "2026-03-12T04:00:00Z")
    assert (li.case(claim)["can_decide"], li.case(other)["can_decide"]) == (False, True)
    assert said(li.post(f"{path_of(claim)}/release")) == (409, "review.not_taken")
    assert wang.post(f"{path_of(claim)}/release").json["taken_by"] is None
    assert li.approve(claim).status_code == 200
    assert said(take(wang, claim)) == (409, "review.already_decided")
    with reading() as session:
        actions = session.scalars(select(AuditRow.action)).all()
    assert (actions.count("review.case_taken"), actions.count("review.case_released")) == (1, 1)


def test_after_two_days_a_colleague_takes_over_with_a_reason(city, resident):
    wang = city.verifier()
    claim = resident.claim()
    take(wang, claim)
    city.hands.move(timedelta(days=2))
    li, chen = city.verifier(), city.verifier()

    assert said(take(li, claim)) == (422, "review.take_over_reason_missing")
    assert take(li, claim, "due today").status_code == 200
    assert said(chen.decide(claim)) == (409, "review.taken")
    assert li.decide(claim).status_code == 200


def test_the_first_of_two_approvals_sets_the_case_free_for_the_second_person(city, resident):
    wang, li = city.verifier(), city.verifier()
    claim = resident.claim(tree_count=9)
    take(wang, claim)

    assert wang.decide(claim).json["state"] == "open"

    assert li.queue()[0]["taken_by"] is None
    assert said(take(wang, claim)) == (409, "review.second_person_needed")
    assert li.decide(claim).json["state"] == "approved"


def test_of_two_who_take_at_once_one_has_it(city, resident):
    verifiers = [city.verifier(), city.verifier()]
    claim = resident.claim()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda verifier: take(verifier, claim), verifiers))

    assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_strangers_see_no_case_to_take(city, resident):
    city.agency(LIANDU)
    claim = resident.claim()
    far = city.verifier(LONGQUAN)

    assert said(take(far, claim)) == (404, "review.case_not_found")
    assert said(far.post(f"{path_of(claim)}/release")) == (404, "review.case_not_found")


def test_a_deputy_is_no_second_person_beside_whom_they_stand_in_for(city, resident):
    wang, li, chen = city.verifier(), city.verifier(), city.verifier()
    claim = resident.claim(tree_count=9)
    assert wang.decide(claim).json["state"] == "open"
    with transaction() as session:
        session.add(_stands_in(li.id, wang.id))

    assert said(li.decide(claim)) == (409, "review.second_person_needed")
    assert li.case(claim)["can_decide"] is False
    assert chen.decide(claim).json["state"] == "approved"


@pytest.mark.parametrize("is_deputy_the_clerk", [True, False])
def test_who_stands_in_for_the_clerk_who_entered_a_claim_or_the_other_way_round_does_not_decide_it(
    city, resident, is_deputy_the_clerk
):
    wang, clerk, chen = city.verifier(), city.verifier(), city.verifier()
    claim = resident.claim()
    pair = (clerk.id, wang.id) if is_deputy_the_clerk else (wang.id, clerk.id)
    with transaction() as session:
        subject_id = parse_public_id("plt", claim["id"])
        owner = session.get_one(PlantingClaim, subject_id).person_id
        note_assistance(
            session,
            Actor(owner, ActorKind.RESIDENT, frozenset({"resident"}), assisted_by=clerk.id),
            "planting.claim",
            subject_id,
        )
        session.add(_stands_in(*pair))
        left = session.scalars(select(ReviewCase)).one()
        assert [is_of_their_own(session, left, each.id, NOON) for each in (wang, clerk, chen)] == [True, True, False]

    assert wang.case(claim)["can_decide"] is False
    assert said(wang.decide(claim)) == said(take(wang, claim)) == (403, "review.own_submission")
    assert said(clerk.decide(claim)) == (403, "review.own_submission")
    assert chen.approve(claim).status_code == 200


def test_who_stands_in_for_a_colleague_does_not_decide_what_the_colleague_has_submitted(make_case, agency):
    wang, li = (make_staff(f"liandu.{name}", role=Role.VERIFIER, agency_slug="liandu-forestry") for name in ("w", "l"))
    case = make_case(submitter_id=wang.id)
    with transaction() as session:
        session.add(_stands_in(li.id, wang.id))
    grant = Grant("verifier", agency, (LIANDU,))
    stands_in = Actor(li.id, ActorKind.STAFF, frozenset({"staff", "verifier"}), grants=(grant,))

    with pytest.raises(OwnSubmission):
        decide_case(case.id, NewDecision(Verdict.APPROVE), verifier=stands_in, now=clock.now())


def _stands_in(deputy_id, for_staff_id):
    return DeputyshipRow(
        id=new_id(),
        deputy_id=deputy_id,
        for_staff_id=for_staff_id,
        reason="leave",
        starts_at=NOON,
        ends_at=NOON + timedelta(days=1),
        proposed_at=NOON,
        approved_at=NOON,
    )


def test_the_cases_of_a_leaver_go_to_who_may_decide_them_and_else_to_the_queue(city, resident):
    wang, li, chen = city.verifier(), city.verifier(), city.verifier()
    plain, half = resident.claim(), resident.claim(tree_count=9)
    assert li.approve(half).json["state"] == "open"  # Li cannot be the second person too.
    for claim in (plain, half):
        assert take(wang, claim).status_code == 200
    assert {each.kind for each in list_open_work(wang.id)} == {"review.case"}

    left = leave(wang.id, Leave(hand_over_to=li.id), actor=SYSTEM, now=clock.now())

    assert (left.handed_over, left.returned) == (1, 1)
    taken = {each["id"]: each["taken_by_id"] for each in chen.queue()}
    assert taken[half["review"]["case_id"]] is None
    assert [each["id"] for each in li.queue(mine="true")] == [plain["review"]["case_id"]]
    assert said(chen.decide(plain)) == (409, "review.taken")
    assert li.approve(plain).json["state"] == "approved"
    assert chen.approve(half).json["state"] == "approved"


def test_a_deputy_does_not_inherit_a_case_by_the_role_that_ends_with_the_leaver(city, resident):
    wang, chen = city.verifier(), city.verifier()
    li = make_staff("liandu.li", role=Role.REGISTRAR, agency_slug=city.agency(LIANDU))
    admins = [make_staff(f"admin.{name}", role=Role.ADMIN) for name in ("one", "two")]
    one, two = (Actor(each.id, ActorKind.STAFF, frozenset({"staff", "admin"})) for each in admins)
    claim = resident.claim()
    take(wang, claim)
    new = NewDeputy(deputy_id=li.id, ends_at=NOON + timedelta(days=9), reason="leave")
    proposal = propose_deputy(wang.id, new, proposer=one, now=NOON)
    approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=two, now=NOON)

    left = leave(wang.id, Leave(hand_over_to=li.id), actor=one, now=clock.now())

    assert (left.handed_over, left.returned) == (0, 1)
    assert chen.queue()[0]["taken_by"] is None


def test_a_case_of_who_lost_the_role_is_free_at_once(city, resident):
    wang, li = city.verifier(), city.verifier()
    claim = resident.claim()
    take(wang, claim)
    with reading() as session:
        role = session.scalars(select(StaffRoleRow.id).where(StaffRoleRow.staff_id == wang.id)).one()

    end_role(wang.id, role, reason="moved", actor=SYSTEM, now=clock.now())

    assert take(li, claim, "the colleague has moved").status_code == 200
