"""A family of four: one has no telephone, one is a child, one leaves in mid-year; each counts while they were there."""

from datetime import date

from tests.identity.people import LIANDU
from tests.journeys.lives.people import findings

CHILD = {"display_name": "林小禾", "birth_date": "2016-09-01", "relation": "parent", "is_guardian": True}
PLANTED = 30  # What five camphor trees give at once; the rest follows when they have grown on.
YEAR = {"first": "2026-01-01", "until": "2027-01-01"}


def amounts(told):
    return {each["kind"]: each["amount"] for each in told}


def figures(who, home, **period):
    return who.get(f"/households/{home['id']}/figures", **{**YEAR, **period})


def by_name(told):
    return {each["name"]: amounts(each["figures"])["points_earned"] for each in told["members"]}


def membership(who, home):
    return next(each for each in who.get(f"/households/{home['id']}")["members"] if each["is_me"])


def test_a_family_counts_together_and_each_keeps_what_is_theirs(town):
    desk, forester = town.clerk("lishui.support"), town.clerk("liandu.second")
    lin, wang = town.person("13800000011", "林一"), town.person("13800000012", "王二")
    stranger = town.person("13800000019", "许三", agrees=False)
    grandmother = town.served("李奶奶", desk, LIANDU)
    child = lin.post("/me/children", CHILD)

    # Four people, and each comes in the way they can.
    home = lin.post("/households", {"name": "小林一家"})
    invitations = f"/households/{home['id']}/invitations"
    codes = [lin.post(invitations)["code"] for _ in range(3)]
    for who, code in ((wang, codes[0]), (grandmother, codes[1])):
        who.post("/household-memberships", {"code": code})
    assert stranger.refused("POST", "/household-memberships", {"code": codes[2], "person_id": child["id"]}) == (
        404,
        "identity.member_unknown",
    )
    lin.post("/household-memberships", {"code": codes[2], "person_id": child["id"]})
    seen = grandmother.get(f"/households/{home['id']}")
    assert sorted(each["name"] for each in seen["members"]) == ["李奶奶", "林*", "林**", "王*"]

    # Wang plants; what is entered for the grandmother says so, and counts like all else.
    wangs = wang.plants()
    assert forester.approves(wangs) == "approved"
    hers = grandmother.plants(position={"lat_e7": 284_600_000, "lon_e7": 1_199_300_000, "crs": "wgs84"})
    assert (hers["assisted"], wang.planting(wangs)["assisted"]) == (True, False)
    assert forester.approves(hers) == "approved"
    assert (wang.points(), grandmother.points(), lin.points()) == (PLANTED, PLANTED, 0)
    assert by_name(figures(lin, home)) == {"林一": 0, "王*": PLANTED, "李**": PLANTED, "林**": 0}

    # The head changes, and the new head leaves in mid-year and hands it back.
    town.goes_to(date(2026, 6, 1))
    members = {each["name"]: each["id"] for each in lin.get(f"/households/{home['id']}")["members"]}
    lin.post(f"/households/{home['id']}/head", {"membership_id": members["王*"]})
    assert lin.refused("POST", invitations) == (403, "identity.household_head_only")
    town.goes_to(date(2026, 7, 1))
    leave = f"/households/{home['id']}/members/{members['王*']}/leave"
    lins = membership(lin, home)["id"]
    assert wang.refused("POST", leave, {"left_on": "2026-07-01"}) == (409, "identity.successor_needed")
    wang.post(leave, {"left_on": "2026-07-01", "successor_id": lins})
    late = wang.plants(position={"lat_e7": 284_700_000, "lon_e7": 1_199_400_000, "crs": "wgs84"})
    assert forester.approves(late) == "approved"

    # The household keeps what was done while he was a member; his points are his.
    town.goes_to(date(2026, 8, 1))
    whole = figures(lin, home)
    assert by_name(whole) == {"林一": 0, "王*": PLANTED, "李**": PLANTED, "林**": 0}
    assert amounts(whole["totals"]) == {"points_earned": 2 * PLANTED, "retired_kg": 0}
    assert amounts(figures(lin, home, first="2026-07-01")["totals"])["points_earned"] == 0
    assert [each["intervals"] for each in whole["members"] if each["name"] == "王*"] == [
        [{"first": "2026-03-12", "until": "2026-07-01"}]
    ]
    past = figures(wang, home)
    assert (past["until"], by_name(past)["王二"]) == ("2026-07-01", PLANTED)
    assert (wang.points(), lin.points(), grandmother.points()) == (2 * PLANTED, 0, PLANTED)
    assert [each["id"] for each in wang.items("/plantings")] == [late["id"], wangs["id"]]
    assert lin.refused("GET", f"/plantings/{wangs['id']}") == (404, "planting.not_found")

    # Who may what: the head invites, who has left sees no more, and a stranger never saw anything.
    assert len(lin.post(invitations)["code"]) == 10
    assert wang.refused("POST", invitations) == (403, "identity.household_head_only")
    assert wang.get(f"/households/{home['id']}")["seen_until"] == "2026-07-01"
    assert grandmother.get(f"/households/{home['id']}")["is_head"] is False
    for path, period in (("", {}), ("/figures", YEAR)):
        assert stranger.refused("GET", f"/households/{home['id']}{path}", **period) == (
            404,
            "identity.household_not_found",
        )
    assert {"identity.household_grew", "identity.household_shrank"} <= set(lin.told())
    assert {"identity.household_joined", "identity.household_left", "points.awarded"} <= set(wang.told())
    assert findings() == {}
