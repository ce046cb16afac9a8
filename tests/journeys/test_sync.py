"""Through the whole main journey, a telephone that listens after each step has what a new one would load."""

from typing import Any

import pytest
from flask import Flask

from app.demo.city import found_city, second_factors
from app.demo.journey import Journey
from app.demo.steps import STEPS
from app.foundation.work import work_until_idle
from tests.identity.people import bearer
from tests.journeys.test_spine import TestWire

COLLECTIONS = {"account", "awards", "certificates", "footprints", "orders", "payments", "plantings"}


class Telephone:
    """A copy by collection and id."""

    def __init__(self, client: Any, token: str) -> None:
        self.client, self.headers, self.cursor = client, bearer(token), None
        self.copy: dict[tuple[str, str], Any] = {}

    def listen(self) -> dict[tuple[str, str], Any]:
        more = True
        while more:
            query = {"limit": 3, **({"cursor": self.cursor} if self.cursor else {})}
            answer = self.client.get("/v1/sync", query_string=query, headers=self.headers)
            assert answer.status_code == 200, answer.json
            for item in answer.json["items"]:
                self.copy.pop((item["collection"], item["id"]), None)
                if not item["is_gone"]:
                    self.copy[item["collection"], item["id"]] = item["object"]
            self.cursor, more = answer.json["next_cursor"], answer.json["has_more"]
        return self.copy


class ListeningWire(TestWire):
    """Compares the two copies after every request that could change something."""

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.client, self.phone, self.compared = client, None, 0

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        answer = super().__call__(method, path, **more)
        if method != "GET":
            self.compare()
        return answer

    def compare(self) -> None:
        if self.phone is not None:
            new = Telephone(self.client, self.phone.headers["Authorization"].removeprefix("Bearer "))
            assert self.phone.listen() == new.listen()
            self.compared += 1


def test_a_telephone_that_listens_has_what_a_new_one_would_load(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "LINTAN_ENV", "demo")
    found_city()
    wire = ListeningWire(app.test_client())

    def wait(condition: Any) -> bool:
        work_until_idle()
        wire.compare()
        return bool(condition())

    journey = Journey(wire, second_factors(), wait=wait)
    wire.phone = Telephone(wire.client, journey.resident())
    wire.phone.listen()

    for step in STEPS:
        step(journey)
        wire.compare()

    assert {collection for collection, _ in wire.phone.copy} >= COLLECTIONS
    assert wire.compared > 20
    listed = wire.client.get("/v1/plantings", headers=wire.phone.headers).json["items"]
    assert [each for (name, _), each in wire.phone.copy.items() if name == "plantings"] == listed
