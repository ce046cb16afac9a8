"""A workshop: the foundation alone, with a few operations that stand for any room's."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import lazy_gettext as _

from app import foundation
from app.foundation.data import clock, db, new_id, reading, transaction
from app.foundation.http import (
    ANYONE,
    Blueprint,
    DomainError,
    Flag,
    Instant,
    PageQuerySchema,
    PrefixedId,
    Schema,
    Text,
    Unauthenticated,
    WholeNumber,
    add_operations,
    atomic,
    authenticate,
    check_version,
    current_actor,
    idempotent,
    limiter,
    needs_if_match,
    next_link,
    no_idempotency,
    page_of,
    page_schema,
    request_key,
    requires,
    version_seen,
    with_etag,
)
from app.foundation.proof import Actor, ActorKind
from app.foundation.work.models import TaskRow, TaskState
from tests.conftest import Client, Server
from tests.engines import PostgresServer, settings_for

ALICE = Actor(id=UUID(int=1), kind=ActorKind.RESIDENT, roles=frozenset({"resident"}))
BOB = Actor(id=UUID(int=2), kind=ActorKind.RESIDENT, roles=frozenset({"resident"}))
PROVIDER_CALLS: list[UUID] = []


class TooSmall(DomainError):
    """The tree is smaller than the room allows."""

    code = "workshop.too_small"
    status = 422
    title = _("This number is out of range.")
    pointer = "/count"


class NewThingSchema(Schema):
    """The body of a new thing."""

    name = Text(max=20, required=True)
    count = WholeNumber(min=0, max=500, required=True)
    at = Instant()
    colour = Text(max=10, pattern="[a-z]+")
    ripe = Flag()
    reason = Text(max=40, lines=True)


class ThingSchema(Schema):
    """A thing."""

    id = PrefixedId("tsk", required=True)
    note = Text(max=20, required=True)
    created_at = Instant(required=True)


blp = Blueprint("workshop", __name__, description="Operations of no room.")


def make_thing(note: str, key: UUID | None = None) -> TaskRow:
    with transaction() as session:
        row = TaskRow(
            id=new_id(),
            kind="workshop.thing",
            subject_kind="workshop",
            subject_id=key or new_id(),
            role="nobody",
            state=TaskState.OPEN,
            created_at=clock.now(),
            note=note,
        )
        session.add(row)
    return row


@blp.post("/things")
@requires("resident")
@idempotent
@blp.arguments(NewThingSchema)
@blp.response(201, ThingSchema)
@blp.problems(TooSmall)
def create(new: dict[str, Any]) -> TaskRow:
    """Make a thing; a count of 0 is refused after the row was written."""
    with transaction():
        row = make_thing(new["name"])
        if new["count"] == 0:
            raise TooSmall(count_min=1)
        if new["name"] == "bug":
            raise RuntimeError("a bug with a secret: 13800001234")
    return row


@blp.post("/paid-things")
@requires("resident")
@idempotent(two_step=True)
@blp.response(201, ThingSchema)
def create_in_two_steps() -> TaskRow:
    """Make a thing, call a provider, note the result."""
    key = request_key()
    with transaction() as session:
        row = session.query(TaskRow).filter_by(subject_id=key).one_or_none() or make_thing("paid", key)
    PROVIDER_CALLS.append(row.id)
    if len(PROVIDER_CALLS) == 1 and row.note == "paid" and current_actor().id == BOB.id:
        raise RuntimeError("the provider's answer broke something")
    return row


@blp.post("/echo")
@requires(ANYONE)
@no_idempotency("Nothing happens.")
@blp.arguments(NewThingSchema)
@blp.response(200, NewThingSchema)
def echo(new: dict[str, Any]) -> dict[str, Any]:
    """Give back what came."""
    return new


@blp.get("/me-or-nobody")
@requires(ANYONE)
@blp.response(200, NewThingSchema)
def me() -> dict[str, Any]:
    """Answer without a body, an id or a query."""
    return {}


@blp.get("/things")
@requires("resident")
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(ThingSchema))
def list_things(query: dict[str, Any]) -> Any:
    """List things, newest first."""
    with reading() as session:
        things = db.select(TaskRow).where(TaskRow.kind == "workshop.thing")
        page = page_of(session, things, at=TaskRow.created_at, id=TaskRow.id, **query)
    return page, next_link(page)


@blp.patch("/versioned")
@requires(ANYONE)
@atomic
@needs_if_match
@blp.response(200, ThingSchema)
def change() -> Any:
    """Change the thing whose version is 3."""
    check_version(version_seen(), 3)
    return with_etag(TaskRow(id=UUID(int=5), note="changed", created_at=clock.now()), 4)


def _actor_of(token: str) -> Actor:
    actors = {"alice": ALICE, "bob": BOB}
    if token not in actors:
        raise Unauthenticated()
    return actors[token]


@pytest.fixture(scope="session")
def workshops() -> dict[str, Flask]:
    return {}


@pytest.fixture
def workshop(engine_name: str, server: Server, workshops: dict[str, Flask]) -> Iterator[Flask]:
    """The foundation's application on a fresh database."""
    if engine_name not in workshops:
        application = Flask("app")
        url = server.url("lintan_app") if isinstance(server, PostgresServer) else f"sqlite:///{server.home}/lintan.db"
        application.config.from_mapping(settings_for(server.home, url))
        foundation.register(application)
        authenticate.register(application, "bearer", _actor_of)
        add_operations(application, blp)
        application.test_client_class = Client
        workshops[engine_name] = application
    application = workshops[engine_name]
    server.renew()
    limiter.reset()
    PROVIDER_CALLS.clear()
    with application.app_context():
        yield application
        db.engine.dispose()
    clock.system()


@pytest.fixture
def alice(workshop: Flask) -> FlaskClient:
    """A resident's client."""
    return signed_in(workshop, "alice")


@pytest.fixture
def bob(workshop: Flask) -> FlaskClient:
    """Another resident's client."""
    return signed_in(workshop, "bob")


def signed_in(application: Flask, token: str) -> FlaskClient:
    client = application.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def later(seconds: int) -> None:
    """Let the clock stand some seconds from now."""
    clock.use(clock.FixedClock(clock.now() + timedelta(seconds=seconds)))


@pytest.fixture
def client_of() -> Any:
    """Make a stranger's client of an application."""
    return lambda application: application.test_client()
