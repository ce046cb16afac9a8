"""A deputy for a time: by two others, marked wherever they act, and never a second pair of eyes for whom they stand in."""

from datetime import timedelta

from sqlalchemy import select

from app.approvals.models import ProposalRow
from app.foundation.data import clock, reading, transaction
from app.foundation.http import instant_json
from app.foundation.proof.audit import AuditRow
from app.identity import Role
from app.identity.staffing.models import DeputyshipRow
from app.identity.staffing.usecases.accounts import sweep_pending
from tests.identity.people import count, make_agency
from tests.identity.staffing.office import NOON, said

DAYS_5 = instant_json(NOON + timedelta(days=5))
REASON = "病假"


def propose(who, staff, deputy, **changed):
    body = {"deputy_id": deputy.public_id, "until": DAYS_5, "reason": REASON, **changed}
    return who.post(f"{staff.path}/deputies", body)


def test_while_it_lasts_the_deputy_holds_the_roles_marked_in_whose_place(office, admins, clerk):
    wang = clerk()
    li = clerk("liandu.li", role=Role.REGISTRAR)
    proposed = propose(wang, wang, li)

    assert said(li.approve(proposed)) == (404, "approvals.not_found")
    assert admins[0].approve(proposed).status_code == 200
    assert li.roles() == [("registrar", None), ("verifier", "张小明")]
    assert wang.roles() == [("verifier", None)]
    deputyship = admins[1].get(wang.path).json["deputyships"][0]
    assert (deputyship["deputy_id"], deputyship["reason"], deputyship["ends_at"]) == (li.public_id, REASON, DAYS_5)
    assert li.get("/v1/reviews").status_code == 200
    assert li.post(f"{wang.path}/deputies/{deputyship['id']}/end").status_code == 204
    assert li.roles() == [("registrar", None)]
    assert said(li.get("/v1/reviews")) == (403, "auth.role_missing")
    assert said(wang.post(f"{wang.path}/deputies/{deputyship['id']}/end")) == (404, "staff.deputyship_not_found")
    with reading() as session:
        contents = str(session.scalars(select(ProposalRow.content)).all())
        ended = session.scalars(select(AuditRow).where(AuditRow.action == "identity.deputy_ended")).one()
    assert REASON not in contents
    assert f"verifier for {wang.id}" in ended.roles.split(",")


def test_a_deputyship_ends_with_the_role_it_comes_from_and_by_the_clock(office, admins, clerk):
    wang, li, chen = clerk(), clerk("liandu.li", role=Role.REGISTRAR), clerk("liandu.chen", role=Role.REGISTRAR)
    assert admins[0].approve(propose(wang, wang, li)).status_code == 200
    assert admins[0].approve(propose(admins[1], wang, chen)).status_code == 200
    office.later(hours=1)
    role = admins[0].get(wang.path).json["roles"][0]["id"]

    assert admins[0].post(f"{wang.path}/roles/{role}/end", {"reason": "moved"}).status_code == 200

    assert (wang.roles(), li.roles(), chen.roles()) == ([], [("registrar", None)], [("registrar", None)])
    assert admins[0].approve(propose(chen, chen, wang)).status_code == 200
    assert wang.roles() == [("registrar", "张小明")]
    office.later(days=5)
    wang.token = office.token_of(wang.member)
    assert wang.roles() == []


def test_what_a_deputy_proposed_ends_with_the_deputyship_or_the_leaver(office, admins, clerk):
    one, two, three = admins
    four, wang = office.colleague("admin.four", role=Role.ADMIN), clerk()
    support = {"role": "support"}

    assert two.approve(propose(one, one, three)).status_code == 200
    deputyship = two.get(one.path).json["deputyships"][0]["id"]
    first = three.post(f"{wang.path}/roles", support)
    assert three.post(f"{one.path}/deputies/{deputyship}/end").status_code == 204
    office.later(minutes=1)
    assert two.approve(propose(one, one, three)).status_code == 200
    second = three.post(f"{wang.path}/roles", support)
    assert four.post(f"{one.path}/leave", {}).status_code == 200

    assert [said(four.approve(each)) for each in (first, second)] == [(409, "approvals.already_decided")] * 2


def test_neither_of_the_two_approves_and_nobody_makes_themselves_a_deputy(office, admins):
    one, two, three = admins

    assert said(propose(two, one, two)) == (403, "staff.own_account")
    by_principal = propose(one, one, two)
    by_admin = propose(three, one, two)
    assert said(two.approve(by_principal)) == (403, "approvals.may_not_approve")
    assert said(one.approve(by_admin)) == (403, "approvals.may_not_approve")
    assert said(three.approve(by_admin)) == (403, "approvals.own_proposal")
    assert three.approve(by_principal).status_code == 200


def test_a_deputy_does_not_approve_what_the_person_proposed_even_after_the_end(office, admins, clerk):
    one, two, three = admins
    wang, li = clerk(), clerk("liandu.li")
    of_one = one.post(f"{wang.path}/roles", {"role": "support"})
    assert three.approve(propose(one, one, two)).status_code == 200

    assert said(two.approve(of_one)) == (403, "approvals.own_proposal")
    assert two.get(f"/v1/approvals/{of_one.json['id']}").json["may_decide"] is False
    deputyship = three.get(one.path).json["deputyships"][0]["id"]
    office.later(hours=1)
    assert one.post(f"{one.path}/deputies/{deputyship}/end").status_code == 204
    assert said(two.approve(of_one)) == (403, "approvals.own_proposal")
    office.later(hours=1)
    fresh = one.post(f"{li.path}/roles", {"role": "support"})
    assert two.approve(fresh).status_code == 200  # Proposed when they were two people again.
    assert three.approve(of_one).status_code == 200


def test_a_deputyship_has_bounds(clerk):
    wang, li = clerk(), clerk("liandu.li")
    asked = [
        ({"until": instant_json(NOON + timedelta(days=91))}, "staff.period_refused"),
        ({"until": instant_json(NOON)}, "staff.period_refused"),
        ({"from": instant_json(NOON - timedelta(days=1))}, "staff.period_refused"),
        ({"roles": ["issuer"]}, "staff.nothing_to_pass_on"),
        ({"deputy_id": "stf_01m869pkw4f7nt1pedbvrqbjfw"}, "staff.deputy_unfit"),
        ({"until": instant_json(NOON + timedelta(days=90))}, None),
    ]

    for changed, code in asked:
        assert said(propose(wang, wang, li, **changed))[1] == code, changed


def test_a_deputy_is_of_the_same_agency_and_passes_nothing_on(office, admins, clerk):
    wang, li = clerk(), clerk("liandu.li", role=Role.REGISTRAR)
    make_agency("longquan-forestry", county="331181")
    far = office.colleague("longquan.zhou", role=Role.VERIFIER, agency_slug="longquan-forestry")
    chen = clerk("liandu.chen", role=Role.ISSUER)

    assert said(propose(wang, wang, far)) == (422, "staff.deputy_unfit")
    assert said(propose(li, wang, li)) == (404, "staff.not_found")
    assert admins[0].approve(propose(wang, wang, li)).status_code == 200
    assert said(propose(li, li, chen, roles=["verifier"])) == (409, "staff.nothing_to_pass_on")


def test_what_nobody_approved_leaves_no_reason_behind(office, admins, clerk):
    propose(clerk(), office.made[-1], clerk("liandu.li"))
    assert count(DeputyshipRow) == 1
    office.later(days=8, seconds=1)

    with transaction() as session:
        sweep_pending(session, clock.now())

    assert count(DeputyshipRow) == 0
