"""Roles over HTTP: proposed, approved by a third person, held for a time, taken away at once."""

from datetime import timedelta

from sqlalchemy import select

from app.foundation.data import reading, transaction
from app.foundation.http import instant_json
from app.foundation.proof.audit import AuditRow
from app.identity import Role
from app.identity.staffing.models import StaffRoleRow
from tests.identity.people import LIANDU, LONGQUAN
from tests.identity.staffing.office import NOON, said


def propose(admin, holder, role="support", **more):
    return admin.post(f"{holder.path}/roles", {"role": role, **more})


def test_a_role_is_held_once_a_third_person_has_approved_exactly_it(office, admins, clerk):
    one, two, _ = admins
    wang = clerk()
    agency = wang.get("/v1/me").json["roles"][0]["agency_id"]
    proposed = propose(one, wang, "registrar", agency_id=agency)

    assert proposed.status_code == 202
    assert proposed.headers["Location"] == f"/v1/approvals/{proposed.json['id']}"
    assert said(one.approve(proposed)) == (403, "approvals.own_proposal")
    assert wang.roles() == [("verifier", None)]
    assert two.approve(proposed).status_code == 200
    assert wang.roles() == [("registrar", None), ("verifier", None)]
    role = next(each for each in two.get(wang.path).json["roles"] if each["role"] == "registrar")
    assert (role["counties"], role["held"], role["granted_by"]) == ([LIANDU], "now", two.public_id)
    with reading() as session:
        actions = session.scalars(select(AuditRow.action)).all()
    assert actions.count("identity.role_granted") == 1


def test_nobody_gives_a_role_to_themselves_in_either_part(admins):
    one, two, three = admins

    assert said(propose(one, one)) == (403, "staff.own_account")
    proposed = propose(one, two)
    assert said(two.approve(proposed)) == (403, "approvals.may_not_approve")
    assert three.approve(proposed).status_code == 200


def test_a_role_begins_and_ends_by_the_clock_and_a_proposal_runs_out(office, admins, clerk):
    one, two, _ = admins
    wang = clerk()
    start, end = NOON + timedelta(hours=2), NOON + timedelta(hours=4)
    when = {"from": instant_json(start), "until": instant_json(end)}
    assert two.approve(propose(one, wang, **when)).status_code == 200

    assert [each["held"] for each in one.get(wang.path).json["roles"]] == ["now", "later"]
    office.later(hours=2)
    token = office.token_of(one.member)
    assert ("support", None) in _again(office, wang).roles()
    office.later(hours=2)
    assert _again(office, wang).roles() == [("verifier", None)]
    one.token = office.token_of(one.member)
    assert [each["held"] for each in one.get(wang.path).json["roles"]] == ["now", "before"]
    assert token != one.token
    stale = propose(one, wang)
    office.later(days=7)
    two.token = office.token_of(two.member)
    assert said(two.approve(stale)) == (409, "approvals.expired")


def _again(office, colleague):
    colleague.token = office.token_of(colleague.member)
    return colleague


def test_taking_a_role_away_is_one_admins_act_and_holds_from_the_next_request(admins, clerk):
    one, wang = admins[0], clerk()
    role = one.get(wang.path).json["roles"][0]["id"]

    answer = one.post(f"{wang.path}/roles/{role}/end", {"reason": "moved to another section"})

    assert (answer.status_code, answer.json["roles"]) == (200, [])  # It had not been held for an instant.
    assert said(wang.get("/v1/reviews")) == (403, "auth.role_missing")
    assert said(one.post(f"{wang.path}/roles/{role}/end", {"reason": "again"})) == (404, "staff.role_not_found")


def test_what_somebody_proposed_does_not_outlive_the_role_they_proposed_it_in(office, admins, clerk):
    one, two, three = admins
    wang, other = clerk(), office.clerk("liandu.li", role=Role.SUPPORT)
    taken_back = propose(one, wang)
    role = next(each for each in three.get(one.path).json["roles"] if each["role"] == "admin")
    assert three.post(f"{one.path}/roles/{role['id']}/end", {"reason": "misuse"}).status_code == 200
    by_clock = propose(two, other, "registrar", agency_id=wang.get("/v1/me").json["roles"][0]["agency_id"])
    with transaction() as session:
        for held in session.scalars(select(StaffRoleRow).where(StaffRoleRow.staff_id == two.id)):
            held.held_until = office.hands.now() + timedelta(minutes=1)
    office.later(minutes=1)

    assert said(three.approve(taken_back)) == (409, "approvals.already_decided")
    assert said(three.approve(by_clock)) == (409, "approvals.proposer_gone")
    assert wang.roles() == [("verifier", None)]


def test_what_was_held_stays_on_record_with_the_reason_of_its_end(office, admins, clerk):
    one, wang = admins[0], clerk()
    role = one.get(wang.path).json["roles"][0]["id"]
    office.later(minutes=5)

    told = one.post(f"{wang.path}/roles/{role}/end", {"reason": "moved"}).json["roles"]

    assert [(each["held"], each["end_reason"]) for each in told] == [("before", "moved")]


def test_a_role_that_cannot_be_held_so_is_not_proposed(admins, clerk):
    wang = clerk()
    here = wang.get("/v1/me").json["roles"][0]["agency_id"]
    refused = [
        ("verifier", {}, "staff.roles_refused"),  # No agency.
        ("resident", {}, "staff.roles_refused"),
        ("admin", {}, "staff.roles_refused"),  # Beside verifier.
        ("verifier", {"agency_id": here}, "staff.role_held"),
        ("registrar", {"agency_id": here, "counties": [LONGQUAN]}, "staff.scope_refused"),
        ("support", {"until": "2026-03-12T03:00:00Z"}, "staff.period_refused"),
        ("support", {"from": "2026-03-12T03:00:00Z"}, "staff.period_refused"),
        ("support", {"agency_id": "agy_01m869pkw4f7nt1pedbvrqbjfw"}, "agencies.not_found"),
    ]

    for role, more, code in refused:
        assert said(propose(admins[0], wang, role, **more))[1] == code, (role, more)


def test_staff_are_listed_for_admins_and_auditors_by_agency_and_role(office, admins, clerk):
    wang = clerk()
    auditor = office.colleague("city.auditor", role=Role.AUDITOR)
    agency = wang.get("/v1/me").json["roles"][0]["agency_id"]

    everybody = auditor.get("/v1/staff").json["items"]
    assert {each["username"] for each in everybody} == {
        "admin.one",
        "admin.two",
        "admin.three",
        "liandu.wang",
        "city.auditor",
    }
    assert [each["username"] for each in auditor.get("/v1/staff", agency_id=agency).json["items"]] == ["liandu.wang"]
    assert len(auditor.get("/v1/staff", role="admin", limit=2).json["items"]) == 2
    assert said(wang.get("/v1/staff")) == (403, "auth.role_missing")
    assert said(auditor.get("/v1/staff/stf_01m869pkw4f7nt1pedbvrqbjfw")) == (404, "staff.not_found")
