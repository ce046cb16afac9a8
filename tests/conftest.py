"""Fixtures of all tests: `app` and `client` on a fresh database of each engine, connected as the role that serves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import clock, db
from app.foundation.http import limiter
from tests.engines import ENGINES, PostgresServer, SqliteServer, shared_folder, worker_name

Server = SqliteServer | PostgresServer


class Client(FlaskClient):
    """A client that sends an Idempotency-Key with every POST, as apps do, unless the test gives one (None sends none)."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("method") == "POST":
            headers = dict(kwargs.get("headers") or {})
            if "Idempotency-Key" not in headers:
                headers["Idempotency-Key"] = str(uuid4())
            kwargs["headers"] = {name: value for name, value in headers.items() if value is not None}
        # The test stands in an application context of its own, and a request would share its `g` with the next one.
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine of this run of the test."""
    return str(request.param)


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Server]]:
    """The servers of this test process, started when first asked for; their folders go with it."""
    started: dict[str, Server] = {}
    yield started
    for each in started.values():
        each.stop()


def server_of(engine_name: str, servers: dict[str, Server]) -> Server:
    """Return the server of an engine, started when first asked for."""
    if engine_name not in servers:
        home = shared_folder() / f"{engine_name}-{worker_name()}"
        if engine_name == "sqlite":
            servers[engine_name] = SqliteServer(home)
        else:
            servers[engine_name] = PostgresServer(home, shared_folder() / "pg", worker_name())
    return servers[engine_name]


@pytest.fixture
def server(engine_name: str, servers: dict[str, Server]) -> Server:
    """The server of this engine."""
    return server_of(engine_name, servers)


@pytest.fixture(scope="session")
def apps() -> dict[str, Flask]:
    """One application an engine; building one takes longer than cloning a database."""
    return {}


@pytest.fixture
def app(engine_name: str, server: Server, apps: dict[str, Flask]) -> Iterator[Flask]:
    """The application on a fresh database."""
    if engine_name not in apps:
        apps[engine_name] = server.app()
        apps[engine_name].test_client_class = Client
    application = apps[engine_name]
    server.renew()
    limiter.reset()
    with application.app_context():
        yield application
        db.engine.dispose()  # The next test may replace the file under another application's connections.
    clock.system()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's client."""
    return app.test_client()


@pytest.fixture
def home(server: Server) -> Path:
    """The data folder of the application."""
    return server.home
