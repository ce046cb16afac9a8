"""Agencies: everybody reads them; two admins open and rename them."""

from tests.identity.people import LONGQUAN, make_agency
from tests.identity.staffing.office import said

NEW = {
    "slug": "longquan-forestry",
    "kind": "forestry",
    "county": LONGQUAN,
    "name_zh": "龙泉市林业局",
    "name_en": "Longquan Forestry Bureau",
}


def test_an_agency_opens_by_two_admins_and_everybody_can_read_it(client, admins):
    one, two, three = admins
    proposed, again = one.post("/v1/agencies", NEW), three.post("/v1/agencies", NEW)
    assert len(client.get("/v1/agencies").json["items"]) == 1

    assert two.approve(proposed).status_code == 200

    found = client.get("/v1/agencies", query_string={"county": LONGQUAN, "kind": "forestry"}).json["items"]
    assert [{name: each[name] for name in NEW} for each in found] == [NEW]
    assert found[0]["id"] == proposed.json["content"]["agency_id"]
    assert client.get(f"/v1/agencies/{found[0]['id']}").json == found[0]
    assert client.get("/v1/agencies", query_string={"kind": "park"}).json["items"] == []
    assert said(two.approve(again)) == (409, "agencies.taken")
    assert said(one.post("/v1/agencies", NEW)) == (409, "agencies.taken")


def test_other_names_hold_once_approved_and_only_over_those_that_were_read(client, admins):
    one, two, three = admins
    path = f"/v1/agencies/{client.get('/v1/agencies').json['items'][0]['id']}"
    first = one.post(f"{path}/names", {"name_zh": "莲都林业局", "name_en": "Liandu Forestry"})
    second = two.post(f"{path}/names", {"name_zh": "莲都区林草局", "name_en": "Liandu Forests"})
    changed = three.get(f"/v1/approvals/{first.json['id']}").json["difference"]["changed"]
    assert {each["member"] for each in changed} == {"/name_zh", "/name_en"}

    assert two.approve(first).status_code == 200

    assert client.get(path).json["name_zh"] == "莲都林业局"
    assert said(three.approve(second)) == (409, "agencies.changed")


def test_what_is_no_agency_is_refused(client, admins):
    one = admins[0]

    assert said(one.post("/v1/agencies", {**NEW, "slug": "Longquan"})) == (422, "agencies.refused")
    assert said(one.post("/v1/agencies", {**NEW, "county": "110101"})) == (422, "agencies.refused")
    assert said(client.get("/v1/agencies/agy_01m869pkw4f7nt1pedbvrqbjfw")) == (404, "agencies.not_found")
    make_agency("city-forestry", county=None)
    assert said(one.post("/v1/agencies", {**NEW, "slug": "other", "county": None})) == (409, "agencies.taken")
