"""An organisation is signed up and checked; a member buys for it, all see it, and who is removed buys no more."""

import json

import pytest

from app.demo.journey import Journey
from app.demo.journey_credits import issue_batch
from app.foundation.work import work_until_idle
from tests.identity.organisations.people import Caller as Owner
from tests.identity.organisations.people import code
from tests.journeys.lives.people import findings
from tests.journeys.test_spine import TestWire
from tests.notices.webhooks.conftest import URL, receivers
from tests.notices.webhooks.test_sending import signatures

__all__ = ["receivers"]

NAME, KG = "瓯江竹业有限公司", 25
TOPICS = ["organisation.checked", "order.paid", "order.retired", "certificate.issued"]


@pytest.fixture
def batch(town):
    """Kilograms for sale, issued by two registrars."""

    def wait(condition):
        work_until_idle()
        return bool(condition())

    journey = Journey(TestWire(town.client), town.secrets, wait=wait)
    issue_batch(journey)
    return journey.found["batch"]


def verified(owner, bureau):
    """Signed up with a good code and a document, and checked by the agency of its county."""
    books = Owner(owner.client, owner.token, owner.id)
    assert books.try_sign_up(uscc="91331102EXAMPLE011").json["code"] == "identity.organisation_code_invalid"
    made = books.sign_up()
    path = f"/organisations/{made['id']}"
    assert owner.refused("POST", f"{path}/submit", {"document_ids": []})[0] == 422
    owner.post(f"{path}/submit", {"document_ids": [books.upload()]})
    assert [each["organisation_id"] for each in bureau.items("/organisations/queue")] == [made["id"]]
    [document] = bureau.get(path)["documents"]
    assert owner.client.get(document["content_path"]).status_code == 200
    seen = bureau.ask("GET", path).headers["ETag"]
    assert bureau.ask("POST", f"{path}/check", {"verdict": "approve"}, etag=seen).json["state"] == "verified"
    work_until_idle()
    return made


def order(who, batch, **said):
    quote = who.post("/offset-quotes", {"kg": KG, "batch_id": batch["id"]})
    return who.ask("POST", "/offset-orders", {"quote_id": quote["id"], "purpose": "self", **said})


def paid(who, placed):
    """Pay in the sandbox; the worker does what follows."""
    settled = who.client.post(f"/sandbox/payments/{placed['payment']['id']}/succeed")
    assert settled.status_code == 200, settled.json
    work_until_idle()
    return who.get(f"/offset-orders/{placed['id']}")


def test_a_member_buys_for_an_organisation_until_removed(town, batch, receivers):
    owner, member = town.person("13800000051", "林小姐"), town.person("13800000052", "王小明")
    stranger, bureau = town.person("13800000053"), town.clerk("liandu.verifier")
    made = verified(owner, bureau)
    path, buying = f"/organisations/{made['id']}", {"organisation_id": made["id"]}
    endpoint = owner.post("/webhook-endpoints", {**buying, "url": URL, "topics": TOPICS})

    # Nobody buys for it who is no member; with the code of an invitation one becomes one.
    assert order(member, batch, **buying).json["code"] == "identity.organisation_not_found"
    invited = owner.post(f"{path}/invitations", {"role": "member"})
    joined = member.post("/organisation-memberships", {"code": invited["code"]})
    assert (joined["my_role"], joined["uscc"]) == ("member", code())
    assert stranger.refused("POST", "/organisation-memberships", {"code": invited["code"]})[0] == 404
    assert member.refused("POST", f"{path}/invitations", {"role": "member"})[0] == 404

    # The member pays, and the kilograms are retired in the organisation's name.
    placed = order(member, batch, **buying)
    assert placed.status_code == 201, placed.json
    bought = paid(member, placed.json)
    assert (bought["state"], bought["organisation"]["name"], bought["kg"]) == ("fulfilled", NAME, KG)
    number = bought["certificate"]["number"]
    for who in (owner, member):
        [listed] = who.items(f"{path}/orders")
        [held] = who.items(f"{path}/certificates")
        assert (listed["id"], listed["state"], held["number"], held["state"]) == (
            bought["id"],
            "fulfilled",
            number,
            "valid",
        )
        assert who.items("/certificates") == []
    assert stranger.refused("GET", f"{path}/orders") == (404, "identity.organisation_not_found")
    seen = town.client.get(f"/v1/verify/{number}").json
    assert (seen["status"], seen["summary"]["holder"], seen["summary"]["retired_kg"]) == ("valid", NAME, KG)
    assert NAME in town.client.get(f"/v/{number}").get_data(as_text=True)
    public = town.client.get(f"/v1/retirements/{bought['retirement']['id']}").json
    assert public["beneficiary"] == {"kind": "organisation", "name": NAME}

    # Its own machine was told, with ids alone and signed by the secret that was shown once.
    told = {json.loads(body)["type"]: json.loads(body)["data"] for _, body, _ in receivers.sent}
    assert told.keys() == {"order.paid", "order.retired", "certificate.issued"}
    assert told["order.paid"] == {"organisation_id": made["id"], "order_id": bought["id"]}
    assert told["certificate.issued"]["certificate_number"] == number
    assert all(signatures(endpoint["secret"], body, headers) == [True] for _, body, headers in receivers.sent)
    deliveries = owner.items(f"/webhook-endpoints/{endpoint['id']}/deliveries")
    assert [each["state"] for each in deliveries] == ["delivered"] * 3
    assert member.refused("GET", f"/webhook-endpoints/{endpoint['id']}")[0] == 404

    # Who is removed acts for it no more, from the next request on; what was bought stays.
    [mine] = [each for each in owner.items(f"{path}/members") if not each["is_me"]]
    removed = owner.ask("DELETE", f"{path}/members/{mine['id']}", etag=f'"{mine["version"]}"')
    assert removed.status_code == 204
    refused = order(member, batch, **buying)
    assert (refused.status_code, refused.json["code"]) == (404, "identity.organisation_not_found")
    for what in ("", "/orders", "/certificates", "/members"):
        assert member.refused("GET", f"{path}{what}")[0] == 404
    assert order(member, batch).status_code == 201  # For oneself one still does.
    assert [each["id"] for each in owner.items(f"{path}/orders")] == [bought["id"]]
    assert {"identity.organisation_checked", "identity.organisation_grew", "identity.organisation_shrank"} <= set(
        owner.told()
    )
    assert "certificates.issued" in owner.told()
    assert {"identity.organisation_joined", "identity.organisation_left", "offsets.retired"} <= set(member.told())
    assert findings() == {}
