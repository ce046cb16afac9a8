"""A clerk takes cases, is stood in for, and leaves; colleagues and a new clerk go on, and the resident is kept posted."""

from datetime import timedelta

import pyotp

from app.foundation.data import clock
from app.foundation.http import instant_json
from app.foundation.work import work_until_idle
from tests.identity.people import LIANDU, LONGQUAN, StaffMember
from tests.journeys.lives.people import OFFICE_ADDRESS, Colleague, findings

PASSWORD = "ginkgo leaves over Longquan"
NEW = {"username": "liandu.ouyang", "display_name": "欧阳秋月", "roles": ["verifier"]}
PLOTS = iter(range(284_600_000, 286_000_000, 100_000))  # About a kilometre apart, so that none is doubted.


def plot():
    return {"position": {"lat_e7": next(PLOTS), "lon_e7": 1_199_300_000, "crs": "wgs84"}}


def case(claim):
    return f"/reviews/{claim['review']['case_id']}"


def take(who, claim):
    return who.post(f"{case(claim)}/take", {"reason": None})


def enrolled(town, username, code):
    """A new clerk chooses a password, and shows that the second factor works."""
    body = {"code": code, "username": username, "password": PASSWORD}
    chosen = town.client.post("/v1/auth/staff/enrolment", json=body)
    assert chosen.status_code == 200, chosen.json
    uri = chosen.json["totp_uri"]
    totp = pyotp.parse_uri(uri).at(clock.now())
    done = town.client.post("/v1/auth/staff/enrolment/confirm", json={"code": code, "totp": totp})
    assert done.status_code == 200, done.json
    town.later(minutes=2)  # A code works once.
    return Colleague(town, member=StaffMember(username, PASSWORD, uri, OFFICE_ADDRESS))


def test_work_goes_on_when_a_clerk_leaves(town):
    one, two = town.clerk("lishui.admin"), town.clerk("lishui.admin2")
    wang, zhou, chen = (town.clerk(f"liandu.{name}") for name in ("verifier", "second", "registrar"))
    ye = town.clerk("longquan.verifier")
    me = town.person("13800000041", "张小明")
    plain, big, astray, urgent = (me.plants(**plot(), tree_count=trees) for trees in (5, 9, 5, 5))

    # Wang takes two of them, and sends one that lies beyond the border to Longquan.
    assert zhou.approves(big) == "open"  # Nine trees need a second person.
    for claim in (plain, big):
        assert take(wang, claim)["taken_by"] == "王敏"
    assert zhou.refused("POST", f"{case(plain)}/decisions", {"verdict": "approve"}) == (409, "review.taken")
    moved = wang.post(f"{case(astray)}/forward", {"county": LONGQUAN, "reason": "地块在龙泉"})
    assert moved["county"] == LONGQUAN
    assert wang.refused("GET", case(astray)) == (404, "review.case_not_found")
    assert "review.forwarded" in me.told()
    seen = me.planting(astray)
    assert [(each["from_county"], each["to_county"]) for each in seen["review"]["moves"]] == [(LIANDU, LONGQUAN)]
    assert ye.approves(astray) == "approved"
    assert me.points() == 30

    # For five days the registrar stands in for Wang, and decides as a verifier in her place.
    assert chen.refused("GET", "/reviews") == (403, "auth.role_missing")
    until = instant_json(clock.now() + timedelta(days=5))
    body = {"deputy_id": chen.id, "until": until, "reason": "病假"}
    proposed = wang.post(f"{wang.path}/deputies", body)
    assert chen.refused("GET", f"/approvals/{proposed['id']}") == (404, "approvals.not_found")
    one.agrees_to(proposed)
    assert chen.approves(urgent) == "approved"
    [decision] = zhou.get(case(urgent))["decisions"]
    assert (decision["verifier"], decision["deputy_for"]) == ("陈立", "王敏")
    town.later(days=6)
    assert chen.refused("GET", "/reviews") == (403, "auth.role_missing")

    # Wang leaves. What Zhou may decide is hers; what she has decided once already waits for somebody else.
    work = one.items(f"{wang.path}/open-work")
    assert {(each["kind"], each["id"]) for each in work} == {
        ("review.case", plain["review"]["case_id"]),
        ("review.case", big["review"]["case_id"]),
    }
    left = one.post(f"{wang.path}/leave", {"hand_over_to": zhou.id})
    assert (left["handed_over"], left["returned"]) == (1, 1)
    assert wang.refused("GET", "/me") == (401, "auth.session_ended")
    assert wang.member.sign_in(town.client).status_code == 401
    assert [each["id"] for each in zhou.items("/reviews", mine="true")] == [plain["review"]["case_id"]]
    assert zhou.approves(plain) == "approved"
    assert zhou.refused("POST", f"{case(big)}/take", {"reason": None}) == (409, "review.second_person_needed")

    # A new clerk: proposed by one admin, agreed to by another, a code handed over, a second factor shown to work.
    proposed = one.post("/staff", {**NEW, "agency_id": one.get(zhou.path)["agency_id"]})
    assert one.refused(
        "POST", f"/approvals/{proposed['id']}/approve", {"content_sha256": proposed["content_sha256"]}
    ) == (403, "approvals.own_proposal")
    two.agrees_to(proposed)
    code = two.post(f"/staff/{proposed['content']['staff_id']}/enrolment-codes")["code"]
    ouyang = enrolled(town, NEW["username"], code)
    assert [each["id"] for each in ouyang.items("/reviews")] == [big["review"]["case_id"]]
    assert ouyang.approves(big) == "approved"

    # The resident was told of each, and has the points of all four.
    work_until_idle()
    assert {me.planting(each)["status"] for each in (plain, big, astray, urgent)} == {"approved"}
    assert me.points() == (5 + 9 + 5 + 5) * 6
    told = me.told()
    assert (told.count("review.approved"), told.count("points.awarded"), told.count("review.forwarded")) == (4, 4, 1)
    assert findings() == {}
