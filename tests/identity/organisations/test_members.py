"""Who acts for an organisation: invited by a code, listed, given a role, removed and leaving."""

from datetime import timedelta

import pytest

from app.foundation.data import clock, parse_public_id, run_in_transaction
from app.identity.organisations.models import OrganisationInvitationRow, OrganisationMemberRow
from app.identity.organisations.person_data import leave_all
from tests.identity.organisations.people import checker, joined, resident, verified
from tests.identity.people import OTHER_PHONE, count, only

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def owner(client):
    return resident(client)


@pytest.fixture
def made(client, owner):
    return verified(owner, checker(client))


def members_of(caller, organisation):
    """The caller first; the clock stands still, so there is no order of joining."""
    items = caller.get(f"/organisations/{organisation['id']}/members").json["items"]
    return sorted(items, key=lambda each: not each["is_me"])


def remove(caller, organisation, member):
    path = f"/organisations/{organisation['id']}/members/{member['id']}"
    return caller.ask("DELETE", path, version=member["version"])


def test_a_code_lets_one_person_in_once_within_seven_days(client, owner, made, hands):
    member, late = resident(client, OTHER_PHONE), resident(client, "13700137000")
    path = f"/organisations/{made['id']}/invitations"
    key = {"Idempotency-Key": "invite-1"}
    headers = {**key, "Authorization": f"Bearer {owner.token}"}
    first = client.post(f"/v1{path}", json={"role": "member"}, headers=headers)
    again = client.post(f"/v1{path}", json={"role": "member"}, headers=headers)
    assert first.json == again.json
    assert len(first.json["code"]) == 10
    assert "code" not in owner.get(path).json["items"][0]
    assert first.json["code"] not in only(OrganisationInvitationRow).code_mark

    spelled = f"{first.json['code'][:5].upper()}-{first.json['code'][5:]}"
    told = member.post("/organisation-memberships", {"code": spelled})
    assert (told.status_code, told.json["my_role"], told.json["id"]) == (201, "member", made["id"])
    assert late.post("/organisation-memberships", {"code": first.json["code"]}).json["code"] == (
        "identity.organisation_invitation_not_found"
    )
    second = owner.post(path, {"role": "owner"}).json
    assert member.post("/organisation-memberships", {"code": second["code"]}).json["code"] == (
        "identity.organisation_member_already"
    )
    withdrawn = owner.post(f"{path}/{second['id']}/withdraw")
    assert withdrawn.status_code == 200
    assert owner.post(f"{path}/{second['id']}/withdraw").status_code == 404
    assert late.post("/organisation-memberships", {"code": second["code"]}).status_code == 404
    third = owner.post(path, {"role": "owner"}).json
    hands.move(timedelta(days=7))
    late = resident(client, "13700137000")
    assert late.post("/organisation-memberships", {"code": third["code"]}).status_code == 404


def test_members_see_each_other_and_only_owners_manage(client, owner, made):
    member = resident(client, OTHER_PHONE)
    joined(owner, made, member)
    member.ask("PATCH", "/me", {"display_name": "王小明"}, version=1)

    seen = members_of(member, made)
    assert [(each["display_name"], each["role"], each["is_me"]) for each in seen] == [
        ("王小明", "member", True),
        (None, "owner", False),
    ]
    path = f"/organisations/{made['id']}"
    assert member.post(f"{path}/invitations", {"role": "member"}).status_code == 404
    assert member.get(f"{path}/invitations").status_code == 404
    assert member.ask("PATCH", f"{path}/members/{seen[1]['id']}", {"role": "member"}, version=1).status_code == 404
    assert remove(member, made, seen[1]).status_code == 404
    stranger = resident(client, "13700137000")
    assert stranger.get(f"{path}/members").status_code == 404
    assert remove(stranger, made, seen[1]).status_code == 404


def test_a_grant_ends_with_the_membership_at_once(client, owner, made):
    member = resident(client, OTHER_PHONE)
    joined(owner, made, member)
    assert member.roles() == {"resident", "organisation_member"}
    mine = members_of(owner, made)[1]

    assert owner.ask("DELETE", f"/organisations/{made['id']}/members/{mine['id']}").status_code == 428
    assert remove(owner, made, mine).status_code == 204

    assert member.roles() == {"resident"}
    assert member.show(made).status_code == 404
    joined(owner, made, member, role="owner")
    assert member.roles() == {"resident", "organisation_owner"}


def test_the_last_owner_neither_leaves_nor_becomes_a_member(client, owner, made):
    other = resident(client, OTHER_PHONE)
    joined(owner, made, other)
    path = f"/organisations/{made['id']}/members"
    mine, theirs = members_of(owner, made)

    assert remove(owner, made, mine).json["code"] == "identity.organisation_owner_needed"
    demoted = owner.ask("PATCH", f"{path}/{mine['id']}", {"role": "member"}, version=1)
    assert (demoted.status_code, demoted.json["code"]) == (409, "identity.organisation_owner_needed")
    raised = owner.ask("PATCH", f"{path}/{theirs['id']}", {"role": "owner"}, version=1)
    assert (raised.json["role"], raised.headers["ETag"]) == ("owner", '"2"')
    assert remove(owner, made, mine).status_code == 204
    assert [each["role"] for each in members_of(other, made)] == ["owner"]


def test_of_two_owners_who_leave_at_once_one_stays(app, client, owner, made, at_once):
    other = resident(client, OTHER_PHONE)
    joined(owner, made, other, role="owner")
    people = [(each, members_of(each, made)[0]) for each in (owner, other)]

    def act(own_client, index):
        caller, member = people[index]
        caller.client = own_client
        return remove(caller, made, member).status_code

    assert sorted(at_once(2, act)) == [204, 409]


def test_of_two_who_use_a_code_at_once_one_joins(app, client, owner, made, at_once):
    code = owner.post(f"/organisations/{made['id']}/invitations", {"role": "member"}).json["code"]
    people = [resident(client, OTHER_PHONE), resident(client, "13700137000")]

    def act(own_client, index):
        people[index].client = own_client
        return people[index].post("/organisation-memberships", {"code": code}).status_code

    assert sorted(at_once(2, act)) == [201, 404]
    assert count(OrganisationMemberRow) == 2


def test_somebody_belongs_to_several_organisations(client, owner, made):
    second = owner.sign_up(2)

    assert {each["id"] for each in owner.get("/organisations").json["items"]} == {second["id"], made["id"]}
    assert owner.roles() == {"resident", "organisation_owner"}


def test_who_owns_no_more_comes_back_by_no_code_of_their_own(client, owner, made):
    other, third = resident(client, OTHER_PHONE), resident(client, "13700137000")
    joined(owner, made, other, role="owner")
    path = f"/organisations/{made['id']}"
    codes = [owner.post(f"{path}/invitations", {"role": role}).json["code"] for role in ("owner", "member")]
    others = other.post(f"{path}/invitations", {"role": "member"}).json
    _, theirs = members_of(other, made)

    demoted = other.ask("PATCH", f"{path}/members/{theirs['id']}", {"role": "member"}, version=1)
    assert demoted.status_code == 200
    assert [each["id"] for each in other.get(f"{path}/invitations").json["items"]] == [others["id"]]
    assert other.ask("PATCH", f"{path}/members/{theirs['id']}", {"role": "owner"}, version=2).status_code == 200
    codes += [owner.post(f"{path}/invitations", {"role": role}).json["code"] for role in ("owner", "member")]
    assert remove(other, made, {**theirs, "version": 3}).status_code == 204

    for code in codes:
        for who in (owner, third):
            refused = who.post("/organisation-memberships", {"code": code})
            assert (refused.status_code, refused.json["code"]) == (404, "identity.organisation_invitation_not_found")
    assert owner.roles() == {"resident"}
    assert third.post("/organisation-memberships", {"code": others["code"]}).status_code == 201


def test_codes_of_an_erased_owner_are_good_for_nothing(client, owner, made):
    other, third = resident(client, OTHER_PHONE), resident(client, "13700137000")
    joined(owner, made, other, role="owner")
    code = owner.post(f"/organisations/{made['id']}/invitations", {"role": "owner"}).json["code"]

    run_in_transaction(lambda session: leave_all(session, parse_public_id("per", owner.id), clock.now()))

    assert third.post("/organisation-memberships", {"code": code}).status_code == 404
    assert other.get(f"/organisations/{made['id']}/invitations").json["items"] == []
