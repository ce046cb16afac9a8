"""A bureau that signs, at noon; and anybody, signed in."""

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import clock
from app.foundation.data.clock import FixedClock
from app.foundation.proof import Actor, ActorKind
from tests.certificates.bureau import Bureau, open_bureau
from tests.credits.people import NOON, Register
from tests.identity.people import make_agency

ClientOf = Callable[[Actor | UUID], FlaskClient]


@pytest.fixture
def hands(app: Flask) -> Iterator[FixedClock]:
    """The product's clock, standing until a test moves it."""
    with clock.standing_at(NOON) as standing:
        yield standing


@pytest.fixture
def forest(app: Flask, hands: FixedClock) -> Register:
    """A register whose kilograms are retired."""
    return Register(make_agency())


@pytest.fixture
def bureau(forest: Register) -> Bureau:
    """An agency with its keys and its mandate."""
    return open_bureau(forest)


@pytest.fixture
def client_of(app: Flask, monkeypatch: pytest.MonkeyPatch) -> ClientOf:
    """Signs anybody in: a resident by an id, staff as they are."""
    actors: dict[str, Actor] = {}
    handlers = app.extensions.setdefault("lintan_hooks", {}).setdefault("foundation.authenticate", {})
    monkeypatch.setitem(handlers, "bearer", actors.get)

    def client_of(who: Actor | UUID) -> FlaskClient:
        if isinstance(who, UUID):
            who = Actor(id=who, kind=ActorKind.RESIDENT, roles=frozenset({"resident"}))
        token = str(uuid4())
        actors[token] = who
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return client_of
