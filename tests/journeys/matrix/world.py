"""One of each thing that a path can name, made by its owner over HTTP, and the words that others must never read."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from app.demo.journey import agree_to_texts, approve_trees, compute_year, plant_trees
from app.demo.journey_credits import issue_batch
from app.demo.journey_proof import buy_and_certify
from app.demo.people import LIANDU
from app.demo.pictures import hillside
from app.foundation.data import clock, new_id, parse_public_id, public_id, transaction
from app.foundation.http import instant_json
from app.foundation.work import work_until_idle
from app.identity.entrance.outside.models import OutsideAccountRow
from app.identity.entrance.outside.port import OutsideProvider
from app.identity.entrance.usecases.sessions import authenticate
from app.notices import notify
from tests.identity.organisations.people import CONTACT, Caller, code
from tests.journeys.matrix.cast import NAME, PHONE, PHONES, Cast, gather

CONFIRMED = {"confirmation": "erase my account"}
MERCHANT = {
    "shops": [{"name": "瓯江边书店", "address": "莲都区中山街 1 号", "county_code": LIANDU}],
    "settlement_contact": {"name": "会计室", "phone": "0578-2000000"},
}
SPONSOR = {"shown_as": "瓯江源生态基金", "statement": None}
# What is somebody's own: others are answered as if it did not exist, and find it in no list.
PRIVATE = (
    "plt", "cas", "awd", "fp", "quo", "ord", "pay", "fil", "hh", "mbr", "inv", "oiv", "omb", "per", "gin", "dev", "ses",
    "oac", "org", "exp", "era", "not", "tkt", "whe", "whd", "rec", "apv",
)  # fmt: skip


@dataclass
class World:
    """Everybody with their roles, and the ids of things by the name that rows use."""

    cast: Cast
    things: dict[str, str] = field(default_factory=dict)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def secrets(self) -> set[str]:
        """What nobody else may read: alice's name, number and the ids of what is hers."""
        hers = {value for value in self.things.values() if value.partition("_")[0] in PRIVATE}
        return hers | {NAME, PHONE, f"+86{PHONE}", self.cast.ids["alice"]}


def make_world(client: FlaskClient) -> World:
    """Let everybody do what makes the things."""
    world = World(gather(client))
    _plant_and_buy(world)
    _live_together(world)
    _open_organisations(world)
    _have_children(world)
    _ask_the_desk(world)
    _run_the_office(world)
    _leave(world)
    work_until_idle()
    _look_up(world)
    open_sessions = {who: token for who, token in world.cast.tokens.items() if who != "gone"}
    world.roles |= {who: authenticate(token).roles for who, token in open_sessions.items()}
    return world


def _plant_and_buy(world: World) -> None:
    """A planting that is decided, one that waits, a draft; a year; an order that is retired, one that is not paid."""
    cast, journey, things = world.cast, world.cast.journey, world.things
    etag = cast.version("alice", "/me")
    cast.ask(200, "alice", "PATCH", "/me", {"display_name": NAME}, if_match=etag)
    agree_to_texts(journey)
    plant_trees(journey)
    things["planting"] = journey.found["planting"]["id"]
    things["case"] = journey.found["planting"]["review"]["case_id"]
    things["file"] = journey.found["planting"]["files"][0]["id"]
    things["file_of_clerk"] = cast.ask(201, "verifier", "POST", "/files", photo=hillside(7))["id"]
    approve_trees(journey)
    things["award"] = journey.found["award"]["id"]
    plant_trees(journey)
    things["planting_open"] = journey.found["planting"]["id"]
    things["case_open"] = journey.found["planting"]["review"]["case_id"]
    draft = {
        "client_id": str(new_id()),
        "captured_at": instant_json(clock.now() - timedelta(hours=3)),
        "species_code": "CICA",
        "tree_count": 5,
        "duty_form": "afforest",
        "county": LIANDU,
        "position": {"lat_e7": 284_517_000, "lon_e7": 1_199_219_000, "crs": "wgs84"},
    }
    things["planting_draft"] = cast.ask(201, "alice", "POST", "/plantings", draft)["id"]
    issue_batch(journey)
    things["batch"], things["project"] = journey.found["batch"]["id"], journey.found["batch"]["project_id"]
    compute_year(journey)
    things["footprint"] = journey.found["footprint"]["id"]
    buy_and_certify(journey)
    order = journey.found["order"]
    things["payment"], things["retirement"] = order["payment"]["id"], order["retirement"]["id"]
    things["order"], things["number"] = order["id"], journey.found["certificate"]["number"]
    things["serial"] = journey.found["serial"]["serial"]
    buy_and_certify(journey)
    things["number_spare"] = journey.found["certificate"]["number"]
    quote = {"batch_id": things["batch"], "kg": 25}
    things["quote"] = cast.ask(201, "alice", "POST", "/offset-quotes", quote)["id"]


def _live_together(world: World) -> None:
    """Two households; bob is in alice's, and an invitation to it waits."""
    cast, things = world.cast, world.things
    cast.ask(201, "carol", "POST", "/households", {"name": "别家"})
    home = cast.ask(201, "alice", "POST", "/households", {"name": "竹林人家"})
    things["household"] = home["id"]
    invited = cast.ask(201, "alice", "POST", f"/households/{home['id']}/invitations")
    joined = cast.ask(201, "bob", "POST", "/household-memberships", {"code": invited["code"]})
    things["membership"] = joined["id"]
    for name in ("invitation", "invitation_spare"):
        things[name] = cast.ask(201, "alice", "POST", f"/households/{home['id']}/invitations")["id"]


def _open_organisations(world: World) -> None:
    """Alice's is verified, with bob in it and a part that waits for its check; carol's is of every kind."""
    cast, things = world.cast, world.things
    one = _verified(world, "alice", 1, ["merchant"])
    path = f"/organisations/{one}"
    things["organisation"] = one
    etag = cast.version("alice", path)
    cast.ask(200, "alice", "PUT", f"{path}/profiles/merchant", MERCHANT, if_match=etag)
    made = cast.ask(201, "alice", "POST", f"{path}/invitations", {"role": "member"})
    cast.ask(201, "bob", "POST", "/organisation-memberships", {"code": made["code"]})
    members = cast.ask(200, "alice", "GET", f"{path}/members")["items"]
    things["organisation_member"] = next(each["id"] for each in members if each["role"] == "member")
    things["organisation_invitation"] = cast.ask(201, "alice", "POST", f"{path}/invitations", {"role": "member"})["id"]
    hook = {
        "organisation_id": one,
        "url": "https://hooks.receiver.cn/lintan",
        "topics": ["certificate.issued", "organisation.checked"],
    }
    things["endpoint"] = cast.ask(201, "alice", "POST", "/webhook-endpoints", hook)["id"]
    things["delivery"] = cast.ask(201, "alice", "POST", f"/webhook-endpoints/{things['endpoint']}/test")["id"]
    two = _verified(world, "carol", 2, ["merchant", "sponsor"])
    for kind, facts in (("merchant", MERCHANT), ("sponsor", SPONSOR)):
        _with_part(world, two, kind, facts)
    made = cast.ask(201, "carol", "POST", f"/organisations/{two}/invitations", {"role": "member"})
    cast.ask(201, "dave", "POST", "/organisation-memberships", {"code": made["code"]})


def _verified(world: World, owner: str, number: int, kinds: list[str]) -> str:
    cast = world.cast
    caller = Caller(cast.client, cast.tokens[owner], cast.ids[owner])
    new = {"name": f"瓯江竹业有限公司 {number}", "uscc": code(number), "county_code": LIANDU, "kinds": kinds}
    found: str = cast.ask(201, owner, "POST", "/organisations", {**new, "contact": CONTACT})["id"]
    if owner != "alice":
        _agree(world, owner)
    licence = caller.upload(number)
    if owner == "alice":
        world.things["licence"] = licence
    cast.ask(200, owner, "POST", f"/organisations/{found}/submit", {"document_ids": [licence]})
    seen = cast.version("verifier", f"/organisations/{found}")
    cast.ask(200, "verifier", "POST", f"/organisations/{found}/check", {"verdict": "approve"}, if_match=seen)
    return found


def _with_part(world: World, organisation: str, kind: str, facts: dict[str, Any]) -> None:
    path = f"/organisations/{organisation}"
    etag = world.cast.version("carol", path)
    world.cast.ask(200, "carol", "PUT", f"{path}/profiles/{kind}", facts, if_match=etag)
    seen = world.cast.version("verifier", path)
    world.cast.ask(200, "verifier", "POST", f"{path}/profiles/{kind}/check", {"verdict": "approve"}, if_match=seen)


def _agree(world: World, who: str) -> None:
    for each in world.cast.ask(200, who, "GET", "/consent-texts")["items"]:
        body = {"purpose": each["purpose"], "document_id": each["document_id"], "is_14_or_over": True}
        world.cast.ask(201, who, "POST", "/me/consents", body)


def _have_children(world: World) -> None:
    """Alice answers for two children, and a third has named her."""
    cast, things = world.cast, world.things
    _born(cast, "alice", "1985-05-01")
    _born(cast, "kid", f"{clock.now().year - 12}-01-01")
    new = {"display_name": "诸葛小禾", "birth_date": f"{clock.now().year - 8}-01-01", "is_guardian": True}
    things["child"] = cast.ask(201, "alice", "POST", "/me/children", {**new, "relation": "parent"})["id"]
    _born(cast, "kid2", f"{clock.now().year - 12}-01-01")
    cast.ask(201, "kid", "POST", "/me/guardian", {"phone": PHONE})
    cast.ask(201, "kid2", "POST", "/me/guardian", {"phone": PHONES["bob"]})
    things["guardian_invitation"] = cast.ask(200, "alice", "GET", "/guardian-invitations")["items"][0]["id"]


def _born(cast: Cast, who: str, day: str) -> None:
    cast.ask(200, who, "PUT", "/me/birth-date", {"birth_date": day}, if_match=cast.version(who, "/me"))


def _ask_the_desk(world: World) -> None:
    """A ticket of alice, one of a clerk; a recovery that waits; somebody for whom the desk enters."""
    cast, things = world.cast, world.things
    question = {"topic": "planting", "text": "3月12日提交的记录还没有结果。"}
    things["ticket"] = cast.ask(201, "alice", "POST", "/tickets", question)["id"]
    things["ticket_of_clerk"] = cast.ask(201, "verifier", "POST", "/tickets", question)["id"]
    sent = cast.ask(
        201, "support", "POST", "/recoveries/codes", {"person_id": cast.ids["alice"], "phone": "13700137009"}
    )
    lost = {
        "person_id": cast.ids["alice"],
        "challenge_id": sent["challenge_id"],
        "code": sent["sandbox_code"],
        "document_kind": "resident_card",
        "reason": "手机遗失",
    }
    opened = cast.ask(201, "support", "POST", "/recoveries", lost)
    things["recovery"], things["approval_recovery"] = opened["id"], opened["approval_id"]
    old = {"display_name": "李大爷", "county": LIANDU, "reason": "没有手机，到镇窗口登记"}
    things["assisted_person"] = cast.ask(201, "support", "POST", "/assisted-people", old)["id"]
    paper = {"person_id": things["assisted_person"], "reason": "本人到窗口申报植树", "paper_ref": "莲都-2026-07"}
    cast.tokens["assisted"] = cast.ask(201, "support", "POST", "/assisted-sessions", paper)["access_token"]


def _run_the_office(world: World) -> None:
    """A deputy, an account that is agreed on and not opened, and a proposal that waits."""
    cast, things = world.cast, world.things
    things["staff"] = cast.ids["verifier"]
    things["clerk"] = cast.ids["verifier2"]
    ends = instant_json((clock.now() + timedelta(days=5)).replace(microsecond=0))
    deputy = {"deputy_id": cast.ids["verifier2"], "until": ends, "reason": "培训"}
    cast.decide("admin", cast.ask(202, "verifier", "POST", f"/staff/{things['staff']}/deputies", deputy))
    shown = cast.ask(200, "admin", "GET", f"/staff/{things['staff']}")
    things["deputyship"], things["role"] = shown["deputyships"][0]["id"], shown["roles"][0]["id"]
    new = {"username": "liandu.new", "display_name": "新同事", "roles": ["support"], "agency_id": None, "counties": []}
    account = cast.ask(202, "admin", "POST", "/staff", new)
    cast.decide("admin2", account)
    things["staff_new"] = account["content"]["staff_id"]
    price = {"price_fen_per_t": 8_000}
    things["approval"] = cast.ask(202, "registrar", "POST", f"/batches/{things['batch']}/prices", price)["id"]


def _leave(world: World) -> None:
    """Alice has a copy made; zoe asks to be forgotten; a session has ended; an account elsewhere is linked."""
    cast, things = world.cast, world.things
    things["export"] = cast.ask(201, "alice", "POST", "/me/exports", {"person_id": cast.ids["alice"]})["id"]
    things["erasure"] = cast.ask(201, "zoe", "POST", "/me/erasure", CONFIRMED)["id"]
    cast.ask(201, "stayer", "POST", "/me/erasure", CONFIRMED)
    cast.ask(204, "gone", "POST", "/auth/logout")
    accounts = {name: new_id() for name in ("account", "account_spare")}
    with transaction() as session:
        for name, provider in zip(accounts, OutsideProvider, strict=False):
            session.add(
                OutsideAccountRow(
                    id=accounts[name],
                    provider=provider,
                    subject_mark=name,
                    person_id=parse_public_id("per", cast.ids["alice"]),
                    linked_at=clock.now(),
                )
            )
        notify(
            session,
            staff_id=parse_public_id("stf", things["clerk"]),
            kind="help.answered",
            subject_kind="help.ticket",
            subject_id=parse_public_id("tkt", things["ticket_of_clerk"]),
            params={},
            now=clock.now(),
        )
    things |= {name: public_id("oac", value) for name, value in accounts.items()}


def _look_up(world: World) -> None:
    """Ids that no answer of their making has given."""
    cast, things = world.cast, world.things
    things["session"] = cast.ask(200, "leaver", "GET", "/auth/sessions")["items"][0]["id"]
    things["device"] = cast.ask(200, "mover", "GET", "/me/devices")["items"][0]["id"]
    things["notice"] = cast.ask(200, "alice", "GET", "/notices")["items"][0]["id"]
    things["session_of_clerk"] = cast.ask(200, "clerk_leaver", "GET", "/auth/sessions")["items"][0]["id"]
    things["device_of_clerk"] = cast.ask(200, "clerk_mover", "GET", "/me/devices")["items"][0]["id"]
    things["notice_of_clerk"] = cast.ask(200, "verifier2", "GET", "/notices")["items"][0]["id"]
    things["agency"] = cast.ask(200, "admin", "GET", "/agencies")["items"][0]["id"]
    things["document"] = cast.ask(200, "admin", "GET", "/rulebook")["items"][0]["id"]
    things["factor"] = cast.ask(200, "admin", "GET", "/factors")["items"][0]["id"]
    things |= {"county": LIANDU, "year": "2026", "kind": "merchant", "purpose": "photos"}
