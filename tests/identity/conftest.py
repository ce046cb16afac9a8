"""Fixtures of identity's tests: a clock that stands still, and replaceable providers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import clock, db
from app.foundation.data.clock import FixedClock
from app.identity.entrance.captcha import Captcha
from app.identity.entrance.providers import Providers, providers
from app.identity.entrance.sms import CodeSender, SmsFailed
from tests.engines import app_for

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)


@pytest.fixture
def hands(app: Flask) -> Iterator[FixedClock]:
    """The product's clock, standing at noon in Lishui until a test moves it."""
    with clock.standing_at(NOON) as standing:
        yield standing


class Postbox:
    """A provider that keeps what it should send, or refuses."""

    name = "postbox"
    reveals_code = False

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, int]] = []
        self.refusal: str | None = None

    def send_code(self, phone: str, code: str, *, life_min: int) -> None:
        if self.refusal is not None:
            raise SmsFailed(self.refusal)
        self.sent.append((phone, code, life_min))


class Judge:
    """A captcha judge that accepts one proof."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def is_solved(self, proof: str) -> bool:
        self.asked.append(proof)
        return proof == "a person"


@pytest.fixture
def use_providers(app: Flask) -> Iterator[Callable[..., None]]:
    """Replace the application's providers until the test ends."""
    before = providers()

    def use(*, sender: CodeSender | None = None, captcha: Captcha | None = None) -> None:
        app.extensions["lintan_identity"] = Providers(sender=sender or before.sender, captcha=captcha)

    yield use
    app.extensions["lintan_identity"] = before


@pytest.fixture
def postbox(use_providers: Callable[..., None]) -> Postbox:
    box = Postbox()
    use_providers(sender=box)
    return box


@pytest.fixture
def judge(use_providers: Callable[..., None]) -> Judge:
    chosen = Judge()
    use_providers(captcha=chosen)
    return chosen


@pytest.fixture
def restarted(app: Flask, home: Path) -> Iterator[Callable[..., Flask]]:
    """Build the application anew on the same database and home, as another process would, with settings changed."""
    built: list[Flask] = []

    def again(**changed: str) -> Flask:
        kept = {name: str(app.config[name]) for name in ("LINTAN_ARGON2_MEMORY_KIB", "LINTAN_ARGON2_TIME")}
        built.append(app_for(home, app.config["LINTAN_DATABASE_URL"], **{**kept, **changed}))
        return built[-1]

    yield again
    for each in built:
        with each.app_context():
            db.engine.dispose()


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[Any]]:
    """Do the same thing in several threads, each with a client of its own, and return the answers."""

    def run(times: int, act: Callable[[FlaskClient, int], Any]) -> list[Any]:
        with ThreadPoolExecutor(times) as pool:
            return [each.result() for each in [pool.submit(act, app.test_client(), index) for index in range(times)]]

    return run
