"""Endpoints over HTTP: entered, changed, renewed and taken away by owners, and by nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.data import reading, transaction
from app.foundation.http.models import IdempotencyRow
from app.foundation.work import publish, work_until_idle
from app.identity import MemberRole, OrganisationState
from app.notices.webhooks.models import EndpointRow
from tests.identity.people import count
from tests.notices.webhooks.conftest import TOPICS, URL


def code_of(answer):
    return answer.status_code, (answer.json or {}).get("code")


def test_owner_enters_an_endpoint_and_sees_its_secret_once(owner):
    mine, colleague, stranger = owner(), None, owner()
    colleague = owner(of=mine.organisation_id)
    member = owner(of=mine.organisation_id, role=MemberRole.MEMBER)
    body = {"organisation_id": mine.organisation, "url": URL, "topics": TOPICS}

    first, again = (mine.ask("POST", body=body, Idempotency_Key="one") for _ in range(2))
    path = f"/{first.json['id']}"

    assert first.status_code == 201
    assert first.headers["Location"] == f"/v1/webhook-endpoints{path}"
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    with reading() as session:
        kept = session.scalars(select(IdempotencyRow.body)).all()
    assert all(first.json["secret"] not in (each or "") for each in kept)
    assert "secret" not in mine.ask("GET", path).json
    assert colleague.ask("GET", f"?organisation_id={mine.organisation}").json["items"][0]["url"] == URL
    for somebody in (member, stranger):
        assert code_of(somebody.ask("POST", body=body)) == (404, "identity.organisation_not_found")
        assert somebody.ask("GET", f"?organisation_id={mine.organisation}").status_code == 404
        for method, suffix in (
            ("GET", ""),
            ("PATCH", ""),
            ("DELETE", ""),
            ("POST", "/secret"),
            ("POST", "/test"),
            ("GET", "/deliveries"),
            ("POST", "/deliveries/whd_01m869pkw4f7nt1pedbvrqbjfw/replay"),
        ):
            assert code_of(somebody.ask(method, path + suffix)) == (404, "notices.webhook_endpoint_not_found")


@pytest.mark.parametrize(
    "url", ["http://hooks.receiver.cn/", "https://127.0.0.1/", "https://hooks.receiver.cn:8443/", "https://2130706433/"]
)
def test_address_that_is_never_called_is_not_entered(owner, url):
    mine = owner()
    body = {"organisation_id": mine.organisation, "url": url, "topics": TOPICS}

    assert code_of(mine.ask("POST", body=body)) == (422, "notices.webhook_address_refused")
    endpoint = mine.enters()
    changed = mine.ask("PATCH", f"/{endpoint['id']}", {"url": url}, If_Match='"1"')
    assert code_of(changed) == (422, "notices.webhook_address_refused")


def test_organisation_has_five_endpoints_and_is_confirmed(owner):
    mine, unconfirmed = owner(), owner(state=OrganisationState.SUBMITTED)
    for number in range(5):
        mine.enters(f"{URL}/{number}")

    sixth = mine.ask("POST", body={"organisation_id": mine.organisation, "url": URL, "topics": TOPICS})
    early = unconfirmed.ask("POST", body={"organisation_id": unconfirmed.organisation, "url": URL, "topics": TOPICS})

    assert (code_of(sixth), sixth.json["endpoints_max"]) == ((409, "notices.too_many_webhook_endpoints"), 5)
    assert code_of(early) == (409, "notices.organisation_not_verified")


def test_endpoint_is_changed_and_taken_away_with_the_version_seen(owner):
    mine = owner()
    endpoint = mine.enters()
    path = f"/{endpoint['id']}"

    missing = mine.ask("PATCH", path, {"is_enabled": False})
    nothing = mine.ask("PATCH", path, {}, If_Match='"1"')
    off = mine.ask("PATCH", path, {"is_enabled": False, "topics": ["order.paid"]}, If_Match='"1"')
    stale = mine.ask("PATCH", path, {"is_enabled": True}, If_Match='"1"')
    tested = mine.ask("POST", f"{path}/test")
    on = mine.ask("PATCH", path, {"is_enabled": True}, If_Match=off.headers["ETag"])

    assert (missing.status_code, nothing.status_code, stale.status_code) == (428, 422, 412)
    assert (off.json["is_enabled"], off.json["disabled_because"], off.json["topics"]) == (
        False,
        "owner",
        ["order.paid"],
    )
    assert code_of(tested) == (409, "notices.webhook_endpoint_disabled")
    assert (on.json["is_enabled"], on.json["disabled_because"]) == (True, None)
    assert mine.ask("POST", f"{path}/test").status_code == 201
    assert mine.ask("DELETE", path, If_Match='"1"').status_code == 412
    assert mine.ask("DELETE", path, If_Match=on.headers["ETag"]).status_code == 204
    assert count(EndpointRow) == 0


def test_new_secret_leaves_the_old_one_a_day(owner, hands):
    mine = owner()
    endpoint = mine.enters()

    first, again = (mine.ask("POST", f"/{endpoint['id']}/secret", Idempotency_Key="renew") for _ in range(2))

    assert first.status_code == 200
    assert first.json["secret"] == again.json["secret"] != endpoint["secret"]
    assert mine.shows(endpoint).json["old_secret_until"] == "2026-03-13T04:00:00Z"
    hands.move(timedelta(days=1))
    assert mine.shows(endpoint).json["old_secret_until"] is None


def test_endpoints_of_an_owner_who_goes_wait_for_another_who_looks(owner, receivers):
    mine = owner()
    colleague, elsewhere = owner(of=mine.organisation_id), owner()
    theirs, other, kept = mine.enters(), colleague.enters(URL + "/2"), elsewhere.enters()
    with transaction() as session:
        ids = {"organisation_id": mine.organisation_id, "person_id": mine.person_id}
        publish(session, "identity.organisation_owner_ended", "one", {key: str(value) for key, value in ids.items()})

    work_until_idle()

    off = colleague.shows(theirs)
    assert (off.json["is_enabled"], off.json["disabled_because"]) == (False, "left")
    assert colleague.shows(other).json["is_enabled"]
    assert elsewhere.shows(kept).json["is_enabled"]
    assert code_of(colleague.ask("POST", f"/{theirs['id']}/test")) == (409, "notices.webhook_endpoint_disabled")
    looked = colleague.ask("PATCH", f"/{theirs['id']}", {"is_enabled": True}, If_Match=off.headers["ETag"])
    assert (looked.json["is_enabled"], looked.json["disabled_because"]) == (True, None)
