"""An organisation is signed up, checked by its agency, changed, suspended and closed."""

from datetime import timedelta

import pytest

from app.identity import AgencyKind
from app.identity.organisations.models import OrganisationCheckRow, OrganisationRow
from app.identity.organisations.rules.states import OPEN_SIGN_UPS_MAX
from tests.identity.organisations.people import STATION, checker, code, joined, resident, verified, version_of
from tests.identity.people import LIANDU, LONGQUAN, OTHER_PHONE, count, only

pytestmark = pytest.mark.usefixtures("hands")


def test_an_organisation_is_signed_up_submitted_and_verified(client):
    owner, agency = resident(client), checker(client)

    made = owner.sign_up(uscc=f" {code()[:9].lower()} {code()[9:]} ")
    assert (made["state"], made["uscc"], made["my_role"], made["contact"]["name"]) == (
        "draft",
        code(),
        "owner",
        "林小姐",
    )
    assert agency.get("/organisations/queue").json["items"] == []
    assert agency.show(made).status_code == 404
    refused = owner.submit(made)
    assert (refused.status_code, refused.json["code"]) == (422, "identity.organisation_documents_missing")
    file_id = owner.upload()
    sent = owner.submit(made, file_id)
    assert (sent.json["state"], sent.json["waiting"], sent.json["agency"]["name_en"]) == (
        "submitted",
        ["general"],
        "Liandu Forestry Bureau",
    )

    (line,) = agency.get("/organisations/queue").json["items"]
    assert (line["organisation_id"], line["about"], line["is_change"]) == (made["id"], "general", False)
    (document,) = agency.show(made).json["documents"]
    assert document["id"] == file_id
    assert client.get(document["content_path"]).status_code == 200
    assert owner.roles() == {"resident"}
    path = f"/organisations/{made['id']}/check"
    silent = agency.check(path, {"verdict": "needs_more"})
    assert (silent.status_code, silent.json["code"]) == (422, "identity.organisation_reason_needed")
    assert agency.check(path, {"verdict": "needs_more", "reason": "看不清。"}).json["state"] == "needs_more"
    assert owner.show(made).json["checks"][0]["reason"] == "看不清。"
    assert owner.submit(made).json["state"] == "submitted"
    assert agency.check(path, {"verdict": "approve"}).json["state"] == "verified"

    assert owner.roles() == {"resident", "organisation_owner"}
    again = agency.check(path, {"verdict": "approve"})
    assert (again.status_code, again.json["code"]) == (409, "identity.organisation_nothing_to_check")
    assert [each["state"] for each in owner.get("/organisations").json["items"]] == ["verified"]
    assert count(OrganisationCheckRow) == 2


def test_only_the_agency_in_charge_in_its_county_sees_and_decides(client):
    owner, agency = resident(client), checker(client)
    others = [
        checker(client, "longquan-forestry", county=LONGQUAN),
        checker(client, "liandu-ecology", kind=AgencyKind.ECOLOGY),
        resident(client, OTHER_PHONE),
    ]
    made = owner.sign_up()
    owner.submit(made, owner.upload())

    for other in others:
        assert other.show(made).status_code == 404
        assert other.post(f"/organisations/{made['id']}/check", {"verdict": "approve"}).status_code in {403, 404}
        assert other.post(f"/organisations/{made['id']}/close").status_code in {403, 404}
    for other in others[:2]:
        assert other.get("/organisations/queue").json["items"] == []
        assert other.post(f"/organisations/{made['id']}/check", {"nonsense": 1}).status_code == 404
    assert agency.check(f"/organisations/{made['id']}/check", {"verdict": "reject", "reason": "假证。"}).json[
        "state"
    ] == ("rejected")
    # The code is free again, and the county without an agency of its own falls to the city's, if there is one.
    second = others[2].sign_up(county_code="331181")
    assert second["state"] == "draft"
    third = others[2].sign_up(2, county_code="331121")
    refused = others[2].submit(third, others[2].upload(2))
    assert (refused.status_code, refused.json["code"]) == (409, "identity.organisation_no_agency")
    city = checker(client, "lishui-forestry", county=None)
    assert others[2].submit(third, others[2].upload(2)).json["state"] == "submitted"
    assert [each["organisation_id"] for each in city.get("/organisations/queue").json["items"]] in ([], [third["id"]])


def test_a_code_is_signed_up_once_and_an_abandoned_draft_gives_it_free(client, hands):
    first, second = resident(client), resident(client, OTHER_PHONE)
    made = first.sign_up()

    refused = second.try_sign_up()
    assert (refused.status_code, refused.json["code"]) == (409, "identity.organisation_code_taken")
    assert refused.json["organisation_id"] is None
    assert first.try_sign_up().json["organisation_id"] == made["id"]
    assert second.try_sign_up(uscc="91331102EXAMPLE011").json["code"] == "identity.organisation_code_invalid"
    assert second.try_sign_up(2, county_code="330102").json["code"] == "identity.organisation_county_unknown"

    hands.move(timedelta(days=7, seconds=-1))
    second = resident(client, OTHER_PHONE)
    assert second.try_sign_up().status_code == 409
    hands.move(timedelta(seconds=1))
    assert second.sign_up()["state"] == "draft"
    assert resident(client).show(made).json["state"] == "closed"


def test_nobody_keeps_many_codes_from_others(client):
    owner = resident(client)
    made = [owner.sign_up(number) for number in range(1, OPEN_SIGN_UPS_MAX + 1)]

    refused = owner.try_sign_up(9)
    assert (refused.status_code, refused.json["code"]) == (409, "identity.organisation_too_many_sign_ups")
    assert owner.post(f"/organisations/{made[0]['id']}/close").json["state"] == "closed"
    assert owner.sign_up(9)["state"] == "draft"


def test_two_who_sign_up_one_code_at_once_leave_one_organisation(app, client, at_once):
    people = [resident(client), resident(client, OTHER_PHONE)]

    def act(own_client, index):
        people[index].client = own_client
        return people[index].try_sign_up().status_code

    assert sorted(at_once(2, act)) == [201, 409]
    assert count(OrganisationRow) == 1


def test_a_draft_changes_freely_and_only_by_who_saw_its_version(client):
    owner = resident(client)
    made = owner.sign_up()
    path = f"/organisations/{made['id']}"

    assert owner.ask("PATCH", path, {"name": "新名"}).status_code == 428
    changed = owner.ask("PATCH", path, {"name": "新名", "uscc": code(2), "kinds": ["station", "general"]}, version=1)
    assert (changed.json["name"], changed.json["uscc"], changed.json["kinds"]) == (
        "新名",
        code(2),
        ["general", "station"],
    )
    assert owner.ask("PATCH", path, {"name": "旧名"}, version=1).status_code == 412
    stranger = resident(client, OTHER_PHONE)
    assert stranger.ask("PATCH", path, {"nonsense": 1}).status_code == 404


def test_a_change_of_what_is_verified_waits_while_the_old_facts_hold(client):
    owner, agency = resident(client), checker(client)
    made = verified(owner, agency)
    path = f"/organisations/{made['id']}"

    fixed = owner.ask("PATCH", path, {"uscc": code(2)}, version=version_of(owner, made))
    assert (fixed.status_code, fixed.json["code"]) == (409, "identity.organisation_code_fixed")
    change = {"name": "瓯江竹业集团", "contact": {"name": "王先生", "phone": "0578-3000000"}}
    waiting = owner.ask("PATCH", path, change, version=version_of(owner, made)).json
    assert (waiting["name"], waiting["state"], waiting["proposed"]["name"]) == (
        "瓯江竹业有限公司",
        "verified",
        "瓯江竹业集团",
    )
    assert (waiting["contact"]["name"], waiting["waiting"]) == ("王先生", ["general"])
    assert owner.roles() == {"resident", "organisation_owner"}
    (line,) = agency.get("/organisations/queue").json["items"]
    assert line["is_change"]

    dropped = agency.check(f"{path}/check", {"verdict": "reject", "reason": "与执照不符。"}).json
    assert (dropped["state"], dropped["name"], dropped["proposed"]) == ("verified", "瓯江竹业有限公司", None)
    owner.ask("PATCH", path, {"name": "瓯江竹业集团"}, version=version_of(owner, made))
    taken_back = owner.ask("PATCH", path, {"name": "瓯江竹业有限公司"}, version=version_of(owner, made)).json
    assert (taken_back["proposed"], taken_back["waiting"]) == (None, [])
    owner.ask("PATCH", path, {"name": "瓯江竹业集团"}, version=version_of(owner, made))
    assert agency.check(f"{path}/check", {"verdict": "approve"}).json["name"] == "瓯江竹业集团"


def test_a_suspended_organisation_acts_no_more_until_it_is_reinstated(client):
    owner, agency, member = resident(client), checker(client), resident(client, OTHER_PHONE)
    made = verified(owner, agency)
    joined(owner, made, member)
    path = f"/organisations/{made['id']}"
    assert member.roles() == {"resident", "organisation_member"}

    assert agency.post(f"{path}/suspend", {}).status_code == 422
    assert agency.post(f"{path}/suspend", {"reason": "执照被吊销。"}).json["state"] == "suspended"
    assert (owner.roles(), member.roles()) == ({"resident"}, {"resident"})
    assert owner.submit(made).json["code"] == "identity.organisation_state_forbids"
    assert agency.post(f"{path}/suspend", {"reason": "再来。"}).status_code == 409
    assert agency.post(f"{path}/reinstate", {"reason": "已恢复。"}).json["state"] == "verified"
    assert member.roles() == {"resident", "organisation_member"}
    assert owner.post(f"{path}/close").json["state"] == "closed"
    assert member.roles() == {"resident"}


def test_what_is_told_of_an_organisation_is_no_persons(client):
    owner, agency, member = resident(client), checker(client), resident(client, OTHER_PHONE)
    made = verified(owner, agency)
    joined(owner, made, member)

    seen = member.show(made).json

    assert (seen["contact"], seen["documents"], seen["checks"], seen["my_role"]) == (None, [], [], "member")
    assert (only(OrganisationRow).county_code, only(OrganisationRow).entered_by) == (LIANDU, None)


def test_an_agency_decides_about_what_it_has_read_and_about_nothing_later(client):
    owner, agency = resident(client), checker(client)
    made = verified(owner, agency, kinds=["station", "general"])
    path = f"/organisations/{made['id']}"
    owner.ask("PATCH", path, {"name": "瓯江竹业科技有限公司"}, version=version_of(owner, made))
    owner.ask("PUT", f"{path}/profiles/station", STATION, version=version_of(owner, made))
    read = version_of(agency, made)
    silent = agency.post(f"{path}/check", {"verdict": "approve"})
    assert (silent.status_code, silent.json["code"]) == (428, "request.if_match_missing")
    assert agency.post(f"{path}/profiles/station/check", {"verdict": "approve"}).status_code == 428

    owner.ask("PATCH", path, {"name": "丽水市林业局"}, version=read)
    late = agency.ask("POST", f"{path}/check", {"verdict": "approve"}, version=read)
    part = agency.ask("POST", f"{path}/profiles/station/check", {"verdict": "approve"}, version=read)
    read = version_of(agency, made)
    owner.ask("PUT", f"{path}/profiles/station", {**STATION, "capacity": 99}, version=read)
    later = agency.ask("POST", f"{path}/profiles/station/check", {"verdict": "approve"}, version=read)

    assert [each.status_code for each in (late, part, later)] == [412, 412, 412]
    shown = agency.show(made).json
    assert (shown["name"], shown["profiles"][0]["facts"], set(shown["waiting"])) == (
        "瓯江竹业有限公司",
        None,
        {"general", "station"},
    )
    no = agency.check(f"{path}/check", {"verdict": "reject", "reason": "名称不符。"}).json
    assert (no["name"], no["waiting"]) == ("瓯江竹业有限公司", ["station"])
