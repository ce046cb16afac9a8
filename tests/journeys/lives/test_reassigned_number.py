"""A number that nobody used for half a year opens somebody new, who finds nothing of who had it before."""

import re

from app.footprint.examples import PERSON_YEAR
from tests.journeys.lives.people import findings
from tests.journeys.lives.test_lost_phone import RECORDS, everything, recovers
from tests.journeys.test_sync import Telephone

NUMBER, OTHER, NEW = "13800000031", "13800000032", "13700000031"
ID = re.compile(r"[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}|LS[A-Z]?-[0-9A-Z-]+")
# What everybody has from the first sign-in on: themselves, where they are signed in, and what they can choose.
NOBODYS = {"/v1/auth/sessions", "/v1/me/devices", "/v1/me/consents", "/v1/notices", "/v1/sync"}


def own_paths(client):
    """Every operation that a resident can read without naming a thing."""
    document = client.get("/openapi.json").json["paths"]
    return [
        path
        for path, item in document.items()
        if "{" not in path and "resident" in item.get("get", {}).get("x-roles", ())
    ]


def answers(who, paths):
    told = {path: who.ask("GET", path.removeprefix("/v1")) for path in paths}
    return {path: answer for path, answer in told.items() if answer.status_code != 404}


def ids(told):
    return {each for answer in told.values() for each in ID.findall(answer.get_data(as_text=True))}


def test_who_gets_a_number_anew_finds_nothing_of_who_had_it(town):
    me, paths = town.person(NUMBER, "张小明"), own_paths(town.client)
    claim = me.plants()
    assert town.clerk("liandu.second").approves(claim) == "approved"
    me.post("/footprints", PERSON_YEAR)
    home = me.post("/households", {"name": "小张一家"})
    me.post("/tickets", {"topic": "planting", "text": "积分什么时候到？"})
    before, points = everything(me), me.points()
    mine = answers(me, paths)
    theirs = ids(mine)
    assert {claim["id"], home["id"], me.id} <= theirs

    # Half a year and a day without a code; the number is with somebody else, on a telephone nobody knows.
    town.later(days=185)
    newcomer = town.person(NUMBER, device="telephone-of-a-newcomer", agrees=False)
    other = town.person(OTHER, agrees=False)
    told, as_usual = answers(newcomer, paths), answers(other, paths)
    assert newcomer.id != me.id
    assert newcomer.get("/me")["display_name"] is None
    everybodys = ids(as_usual)
    assert ids(told) & (theirs - everybodys) == set()
    assert told.keys() == as_usual.keys()
    lists = {path: answer.json["items"] for path, answer in told.items() if "items" in answer.json}
    assert len(lists) > 10
    assert {path for path, items in lists.items() if items} <= NOBODYS
    copy = Telephone(town.client, newcomer.token).listen()
    assert {collection for collection, _ in copy} & RECORDS == set()
    assert [key for key, each in copy.items() if set(ID.findall(f"{key} {each}")) & (theirs - everybodys)] == []
    assert newcomer.points() == 0
    for path in (f"/plantings/{claim['id']}", f"/households/{home['id']}"):
        assert newcomer.refused("GET", path)[0] == 404

    # The one before is found by the old number, and comes back with a new one.
    town.later(minutes=2)
    held = recovers(town, me.id, NEW, old=NUMBER)
    assert [(each["person_id"], each["ended_because"]) for each in held] == [
        (newcomer.id, None),
        (me.id, "reassigned"),
    ]
    again = town.person(NEW, device="telephone-that-is-new", agrees=False)
    assert (again.get("/me")["id"], again.points()) == (me.id, points)
    assert everything(again) == before
    assert newcomer.get("/me")["id"] == newcomer.id  # And the newcomer stays who they are.
    assert findings() == {}
