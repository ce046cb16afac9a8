"""A resident loses the telephone: two of the help desk give the account a new number, and everything is still theirs."""

from app.footprint.examples import PERSON_YEAR
from tests.identity.people import bearer, refresh, sign_in
from tests.journeys.lives.people import findings
from tests.journeys.test_sync import Telephone

OLD, NEW = "13800000021", "13700000021"
RECORDS = {"plantings", "awards", "footprints", "orders", "payments", "certificates"}
REASON = {"reason": "手机遗失，原号码已停用", "document_kind": "resident_card"}


def everything(who):
    """What a telephone holds of somebody's records; profile and inbox go on."""
    copy = Telephone(who.client, who.headers()["Authorization"].removeprefix("Bearer ")).listen()
    return {key: each for key, each in copy.items() if key[0] in RECORDS}


def recovers(town, person, number, *, old):
    """Two members of the help desk give a person a number: one finds and proposes, the other approves."""
    one, two = town.clerk("lishui.support"), town.clerk("lishui.support2")
    found = one.post("/people/lookup", {"phone": old, "reason": "居民到窗口办理号码遗失"})["items"]
    assert person in [each["person_id"] for each in found]
    sent = one.post("/recoveries/codes", {"person_id": person, "phone": number})
    code = {"challenge_id": sent["challenge_id"], "code": sent["sandbox_code"]}
    opened = one.post("/recoveries", {"person_id": person, **REASON, **code})
    assert opened["new_phone_masked"] == f"{number[:3]}****{number[-4:]}"
    read = one.get(f"/approvals/{opened['approval_id']}")
    alone = f"/approvals/{opened['approval_id']}/approve"
    body = {"content_sha256": read["content_sha256"]}
    assert one.refused("POST", alone, body) == (403, "approvals.own_proposal")
    two.agrees_to(opened)
    assert one.get(f"/recoveries/{opened['id']}")["state"] == "approved"
    town.later(minutes=2)
    return found


def test_a_lost_telephone_takes_nothing_with_it(town):
    me = town.person(OLD, "张小明")
    claim = me.plants()
    assert town.clerk("liandu.second").approves(claim) == "approved"
    town.later(minutes=5)
    waiting = me.plants(position={"lat_e7": 284_600_000, "lon_e7": 1_199_300_000, "crs": "wgs84"})
    footprint = me.post("/footprints", PERSON_YEAR)
    points, before = me.points(), everything(me)
    assert points == 30
    assert {("plantings", claim["id"]), ("plantings", waiting["id"]), ("footprints", footprint["id"])} <= before.keys()

    # The telephone is gone. At the desk one finds the account by its number, another agrees.
    town.later(days=3)
    stolen = sign_in(town.client, OLD, device=me.device)  # Whoever found it reads the codes still.
    town.later(minutes=2)
    [held] = recovers(town, me.id, NEW, old=OLD)
    assert (held["name_masked"], held["phone_masked"]) == ("张**", "138****0021")

    # What the lost telephone had is over, and its number is somebody else's from now on.
    ended = town.client.get("/v1/me", headers=bearer(stolen))
    assert (ended.status_code, ended.json["code"]) == (401, "auth.session_ended")
    assert refresh(town.client, stolen["refresh_token"], device=me.device).status_code == 401
    finder = town.person(OLD, device=me.device, agrees=False)
    assert finder.get("/me")["id"] != me.id
    assert (finder.items("/plantings"), finder.points()) == ([], 0)
    assert finder.refused("GET", f"/plantings/{claim['id']}") == (404, "planting.not_found")

    # The new one has everything.
    again = town.person(NEW, device="telephone-that-is-new", agrees=False)
    after = again.get("/me")
    assert (after["id"], after["display_name"], after["phone_masked"]) == (me.id, "张小明", "137****0021")
    assert everything(again) == before
    assert again.points() == points
    assert [each["id"] for each in again.items("/plantings")] == [waiting["id"], claim["id"]]
    told = again.told()
    assert {"identity.phone_recovered", "identity.new_device", "review.approved", "points.awarded"} <= set(told)
    assert finder.told() == []
    assert town.clerk("liandu.second").approves(waiting) == "approved"
    assert again.points() == 2 * points
    assert findings() == {}
