"""With real sign-in: roles, agencies and counties come from the accounts of staff."""

from app.foundation.data import clock, public_id
from app.foundation.proof import Actor, ActorKind
from app.identity import Role
from tests.identity.people import LIANDU, LONGQUAN, StaffMember, bearer, make_agency, make_staff


def test_second_registrar_of_the_county_approves_and_one_of_another_county_sees_nothing(client, make_proposal, prices):
    agency_id = make_agency()
    make_agency("longquan-forestry", county=LONGQUAN)
    first, second = (make_registrar(name, "liandu-forestry") for name in ("liandu.one", "liandu.two"))
    foreign = make_registrar("longquan.one", "longquan-forestry")
    proposal = make_proposal(actor_of(first), now=clock.now(), agency_id=agency_id, county=LIANDU)
    path = f"/v1/approvals/{public_id('apv', proposal.id)}"
    body = {"content_sha256": proposal.content_sha256}

    headers = [bearer(member.sign_in(client).json) for member in (first, foreign, second)]
    answers = [client.post(f"{path}/approve", json=body, headers=each) for each in headers]
    lists = [client.get("/v1/approvals", headers=each).json["items"] for each in headers]

    assert [answer.status_code for answer in answers] == [403, 404, 200]
    assert answers[2].json["decided_by"] == public_id("stf", second.id)
    assert [len(items) for items in lists] == [1, 0, 1]
    assert prices.effects == [(proposal.id, second.id)]


def make_registrar(username: str, agency: str) -> StaffMember:
    return make_staff(username, role=Role.REGISTRAR, agency_slug=agency)


def actor_of(member: StaffMember) -> Actor:
    return Actor(id=member.id, kind=ActorKind.STAFF, roles=frozenset({"staff", "registrar"}))
