"""Fixtures of the tests of copies and erasures: a clock that stands still, and a resident."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import clock, parse_public_id
from app.foundation.data.clock import FixedClock
from app.foundation.proof import Actor
from app.identity.rights.rules import LONGEST_REQUEST
from app.identity.rights.usecases.erasing import erase_step
from tests.identity.people import bearer, sign_in

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
ERASE = {"confirmation": "erase my account"}


@pytest.fixture
def hands(app: Flask) -> Iterator[FixedClock]:
    with clock.standing_at(NOON) as standing:
        yield standing


@dataclass
class Resident:
    """Somebody signed in."""

    client: FlaskClient
    headers: dict[str, str]
    id: UUID

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, body: Any) -> Any:
        return self.client.post(path, headers=self.headers, json=body)

    def delete(self, path: str) -> Any:
        return self.client.delete(path, headers=self.headers)


@pytest.fixture
def resident(app: Flask, hands: FixedClock) -> Resident:
    return resident_of(app.test_client())


def resident_of(client: FlaskClient, **more: Any) -> Resident:
    signed_in = sign_in(client, **more)
    return Resident(client, bearer(signed_in), parse_public_id("per", signed_in["actor"]["id"]))


def erase_in_steps(hands: FixedClock) -> int:
    """Let the worker take all steps that are due, now and when requests under way must have ended; return how many there were."""
    steps = 0
    for wait in (timedelta(0), LONGEST_REQUEST):
        hands.move(wait)
        while erase_step():
            steps += 1
    return steps


@pytest.fixture
def let_in_then(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen, once, between the letting in of the next request and whatever it does."""
    return partial(happen_after_letting_in, app, monkeypatch)


def happen_after_letting_in(app: Flask, monkeypatch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    """Let something happen, once, when the next request with a token has been let in."""
    handlers = app.extensions["lintan_hooks"]["foundation.authenticate"]
    authenticate = handlers["bearer"]

    def and_then(token: str) -> Actor:
        actor: Actor = authenticate(token)
        monkeypatch.setitem(handlers, "bearer", authenticate)
        happen()
        return actor

    monkeypatch.setitem(handlers, "bearer", and_then)
