"""What stands in the rulebook binds nine counties, and two people of one of them do not change it."""

from uuid import UUID

import pytest

from app.approvals import MayNotApprove, approve_proposal, get_proposal
from app.foundation.data import clock
from app.foundation.http import RoleMissing
from app.foundation.proof import EVERY_COUNTY
from app.places import DivisionKind, list_divisions
from app.rulebook import propose_document
from app.rulebook.errors import CityRoleMissing
from tests.approvals.conftest import registrar
from tests.identity.people import bearer, make_agency, make_staff
from tests.rulebook.conftest import NOW, new_document

CITY, OTHER = UUID(int=1), UUID(int=2)
COUNTIES = [each.code for each in list_divisions() if each.kind is DivisionKind.COUNTY]
WHOLE = [(EVERY_COUNTY,), tuple(COUNTIES), (*COUNTIES, EVERY_COUNTY)]
PARTS = [("331102",), tuple(COUNTIES[:8]), ()]


@pytest.mark.parametrize("counties", WHOLE)
def test_two_people_with_the_roles_for_all_counties_change_a_document(kind, counties):
    proposer, approver = registrar(CITY, *counties), registrar(OTHER, *counties, role="issuer")

    proposal = propose_document(new_document(), proposer=proposer, now=NOW)

    assert get_proposal(proposal.id, viewer=approver, now=NOW).may_decide
    approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=approver, now=NOW)


@pytest.mark.parametrize("counties", PARTS)
def test_a_role_for_some_counties_proposes_nothing(kind, counties):
    with pytest.raises(CityRoleMissing):
        propose_document(new_document(), proposer=registrar(CITY, *counties), now=NOW)


@pytest.mark.parametrize("counties", PARTS)
def test_a_role_for_some_counties_approves_nothing(kind, counties):
    proposal = propose_document(new_document(), proposer=registrar(CITY, EVERY_COUNTY), now=NOW)
    approver = registrar(CITY, *counties, role="issuer")

    assert not get_proposal(proposal.id, viewer=approver, now=NOW).may_decide
    with pytest.raises(MayNotApprove):
        approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=approver, now=NOW)


def test_another_role_for_the_whole_city_does_not_help(kind):
    with pytest.raises(RoleMissing):
        propose_document(new_document(), proposer=registrar(CITY, EVERY_COUNTY, role="verifier"), now=NOW)


def test_a_countys_registrar_and_finance_leave_the_citys_rules_of_points_alone(client):
    make_agency()
    make_agency("lishui-forestry", county=None)
    body = {
        "kind": "points.rule_set",
        "name": "lishui",
        "title_zh": "积分规则",
        "title_en": "Rules of points",
        "content": client.get(f"/v1/rulebook/{rule_set(client)}").json["content"],
        "source": "A decision of one county",
        "status": "DECIDED",
        "effective_from": clock.civil_day(clock.now()).isoformat(),
    }
    county = {"agency_slug": "liandu-forestry"}
    city = {"agency_slug": "lishui-forestry", "counties": ["*"]}

    refused = client.post("/v1/rulebook", json=body, headers=signed_in(client, "county.registrar", "registrar", county))
    proposed = client.post("/v1/rulebook", json=body, headers=signed_in(client, "city.registrar", "registrar", city))
    path, decision = f"/v1/approvals/{proposed.json['id']}/approve", {"content_sha256": proposed.json["content_sha256"]}
    by_county = client.post(path, json=decision, headers=signed_in(client, "county.finance", "finance", county))
    by_city = client.post(path, json=decision, headers=signed_in(client, "city.finance", "finance", city))

    assert (refused.status_code, refused.json["code"]) == (403, "rulebook.city_role_missing")
    assert proposed.status_code == 202
    assert (by_county.status_code, by_county.json["code"]) == (403, "approvals.may_not_approve")
    assert by_city.status_code == 200


def rule_set(client) -> str:
    return str(client.get("/v1/rulebook?kind=points.rule_set&name=lishui").json["items"][0]["id"])


def signed_in(client, username: str, role: str, scope) -> dict[str, str]:
    return bearer(make_staff(username, role=role, **scope).sign_in(client).json)
