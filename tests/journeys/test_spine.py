"""The main journey, the very steps of `make demo`, on both databases."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.demo.city import found_city, second_factors
from app.demo.journey import Journey, agree_to_texts, approve_trees, plant_trees
from app.demo.steps import STEPS
from app.demo.wire import Answer, form_of
from app.foundation.data import reading
from app.foundation.work import work_until_idle
from app.ledger import audit


class TestWire:
    """Sends the journey's requests to a test client."""

    __test__ = False

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def __call__(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        photo: bytes | None = None,
        token: str | None = None,
        if_match: str | None = None,
    ) -> Answer:
        headers = {"Accept-Language": "zh-CN"} | ({"Authorization": f"Bearer {token}"} if token else {})
        headers |= {"If-Match": if_match} if if_match else {}
        more: dict[str, Any] = {}
        if photo is not None:
            more["content_type"], more["data"] = form_of(photo)
        elif body is not None:
            more["json"] = body
        answer = self._client.open(path, method=method, headers=headers, **more)
        return Answer(answer.status_code, answer.data, answer.headers.get("ETag"))


@pytest.fixture
def journey(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """The demo city, and somebody who walks through it."""
    monkeypatch.setitem(app.config, "LINTAN_ENV", "demo")
    found_city()

    def wait(condition: Any) -> bool:
        work_until_idle()
        return bool(condition())

    return Journey(TestWire(app.test_client()), second_factors(), wait=wait)


def test_the_spine_from_a_planted_tree_on(journey):
    told = [step(journey) for step in STEPS]

    assert len(told) == len(STEPS)
    assert journey.found["award"]["points"] == 50
    assert [(part["kind"], part["points"], part["state"]) for part in journey.found["award"]["parts"]] == [
        ("now", 30, "posted"),
        ("later", 20, "waiting_result"),
    ]
    footprint = journey.found["footprint"]
    assert footprint["mixed_scopes"] is True
    assert footprint["total_g"] == sum(line["emission_g"] for line in footprint["lines"])
    order, serial = journey.found["order"], journey.found["serial"]
    assert (order["state"], order["payment"]["state"]) == ("fulfilled", "succeeded")
    assert order["kg"] == footprint["kg_to_cover"]
    assert order["total_fen"] == sum(line["amount_fen"] for line in order["lines"])
    assert [event["kind"] for event in serial["events"]] == ["issued", "retired"]
    assert serial["events"][-1]["purpose"] == "self"
    certificate, seen = journey.found["certificate"], journey.found["verification"]
    assert certificate["href"] == f"/v/{certificate['number']}"
    assert seen["summary"]["holder"] == "张**"
    assert seen["summary"]["retirements"][0]["id"] == order["retirement"]["id"]
    assert (seen["summary"]["retired_kg"], seen["status_reason"]) == (order["kg"], None)
    assert journey.found["judged"][-1].startswith("  serials 序列号: ")
    inbox = journey.expect(200, "GET", "/v1/notices", token=journey.resident())
    told_of = {each["kind"]: each["href"] for each in inbox["items"]}
    assert told_of["review.approved"] == f"/v1/plantings/{journey.found['planting']['id']}"
    assert told_of["points.awarded"] == f"/v1/awards/{journey.found['award']['id']}"
    assert told_of["offsets.paid"] == told_of["offsets.retired"] == f"/v1/offset-orders/{order['id']}"
    assert told_of["certificates.issued"] == f"/v1/certificates/{certificate['number']}"
    with reading() as session:
        findings = audit(session)
    assert findings.pop("transfers") >= 1
    assert set(findings.values()) == {0}


def test_the_worker_posts_and_nobody_before_it(journey):
    agree_to_texts(journey)
    plant_trees(journey)
    journey.wait = lambda condition: condition()

    with pytest.raises(Exception, match="not posted"):
        approve_trees(journey)


def test_the_city_is_founded_once(journey):
    before = second_factors()
    found_city()

    assert second_factors() == before
    assert journey.sign_in_staff("liandu.second")
