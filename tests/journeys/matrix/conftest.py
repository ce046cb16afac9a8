"""One world an engine for all tests of the matrix: it takes longer to make than most tests to run."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.foundation.data import db
from app.foundation.http import limiter
from tests.conftest import Client, Server, server_of
from tests.engines import ENGINES
from tests.journeys.matrix.world import World, make_world


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one engine on one process, so that its world is made once."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            engine = getattr(item, "callspec", None)
            name = engine.params.get("engine_name", "any") if engine is not None else "any"
            item.add_marker(pytest.mark.xdist_group(f"matrix-{name}"))


@pytest.fixture(scope="package", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine of these tests; the world of one is gone when that of the other is made."""
    return str(request.param)


@pytest.fixture(scope="package")
def server(engine_name: str, servers: dict[str, Server]) -> Iterator[Server]:
    """A database beside that of other tests: each of them begins by replacing its own."""
    beside = server_of(engine_name, servers).beside("matrix")
    yield beside
    shutil.rmtree(beside.home)


@pytest.fixture(scope="package")
def app(server: Server) -> Iterator[Flask]:
    """The application on a database that stays for all of them."""
    application = server.app()
    application.test_client_class = Client
    server.renew()
    limiter.reset()
    with application.app_context():
        yield application
        db.engine.dispose()


@pytest.fixture(scope="package")
def world(app: Flask) -> Iterator[World]:
    """One of each thing, and everybody signed in."""
    before = app.config["LINTAN_ENV"]
    app.config["LINTAN_ENV"] = "demo"  # The city of the demo is founded here too.
    try:
        yield make_world(app.test_client())
    finally:
        app.config["LINTAN_ENV"] = before
