"""A few residents, a clock that stands, and ways to decide, post and read."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.foundation.data import clock, new_id, parse_public_id, public_id, reading, run_in_transaction, transaction
from app.foundation.data.clock import FixedClock
from app.foundation.proof import SYSTEM, Actor, ActorKind
from app.foundation.work import Message
from app.identity.people.models import PersonRow
from app.ledger import Balance, audit, balance_of_owner
from app.points import Award, decide_award
from app.points.rule_sets import KIND, NAME
from app.rulebook import NewDocument, Status, document_in_force
from app.rulebook.usecases import add_document

NOON = datetime(2026, 3, 13, 4, 0, tzinfo=UTC)  # 12:00 in Lishui.
MARCH_12 = date(2026, 3, 12)
VERIFIER = Actor(id=uuid4(), kind=ActorKind.STAFF, roles=frozenset({"staff", "verifier"}))


@pytest.fixture(autouse=True)
def hands(request: pytest.FixtureRequest) -> Iterator[FixedClock | None]:
    """The product's clock, standing at noon in Lishui until a test moves it."""
    if "app" not in request.fixturenames:
        yield None
        return
    request.getfixturevalue("app")
    with clock.standing_at(NOON) as standing:
        yield standing


@pytest.fixture
def make_person(app: Flask) -> Callable[[], UUID]:
    """Open a resident."""

    def make() -> UUID:
        with transaction() as session:
            person = PersonRow(id=new_id(), display_name=None, opened_at=NOON, version=1)
            session.add(person)
        return person.id

    return make


@pytest.fixture
def person(make_person: Callable[[], UUID]) -> UUID:
    return make_person()


@pytest.fixture
def decide(app: Flask, hands: FixedClock) -> Callable[..., Award]:
    """Decide on trees of one claim of its own, as an approval does; each decision a moment after the one before."""

    def decide(person_id: UUID, trees: int, *, on: date = MARCH_12, act: str = "planting.tree", **more: Any) -> Award:
        subject_id = more.pop("subject_id", None) or new_id()
        award: Award = run_in_transaction(
            lambda session: decide_award(
                session,
                person_id=person_id,
                act=act,
                subject_kind="planting.claim",
                subject_id=subject_id,
                acted_on=on,
                quantity=trees,
                now=clock.now(),
                actor=VERIFIER,
            )
        )
        hands.move(timedelta(milliseconds=1))
        return award

    return decide


@pytest.fixture
def set_rules(app: Flask) -> Callable[..., None]:
    """Put the next version of the rule set into the book, changed from the one that is in force."""

    def set_rules(
        *, effective_from: date = date(2026, 1, 1), act: dict[str, Any] | None = None, **changes: Any
    ) -> None:
        with transaction() as session:
            former = document_in_force(session, KIND, NAME, date(9999, 1, 1))
            content = deepcopy(former.content) | changes
            content["acts"]["planting.tree"] |= act or {}
            new = NewDocument(
                kind=KIND,
                name=NAME,
                title_zh=former.title_zh,
                title_en=former.title_en,
                content=content,
                source="a test",
                status=Status.DECIDED,
                effective_from=effective_from,
            )
            add_document(session, new, version=former.version + 1, proposal_id=None, actor=SYSTEM, now=clock.now())

    return set_rules


@pytest.fixture
def signed_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[UUID], FlaskClient]:
    """A client that is signed in as a resident."""

    def actor_of(token: str) -> Actor:
        return Actor(id=parse_public_id("per", token), kind=ActorKind.RESIDENT, roles=frozenset({"resident"}))

    handlers = app.extensions.setdefault("lintan_hooks", {}).setdefault("foundation.authenticate", {})
    monkeypatch.setitem(handlers, "bearer", actor_of)

    def sign_in(person_id: UUID) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {public_id('per', person_id)}"
        return client

    return sign_in


def balance(person_id: UUID, purpose: str = "points") -> Balance:
    with reading() as session:
        return balance_of_owner(
            session,
            owner_kind="resident",
            owner_id=person_id,
            asset_code="points",
            purpose=purpose,
            today=clock.civil_day(clock.now()),
        )


def rows(model: type[Any], *where: Any) -> list[Any]:
    with reading() as session:
        found = list(session.scalars(select(model).where(*where).execution_options(populate_existing=True)))
        for row in found:
            session.expunge(row)
        return found


def count(model: type[Any]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def ledger_findings() -> dict[str, int]:
    """Return the checks of the ledger's audit that found something."""
    with reading() as session:
        return {name: found for name, found in audit(session).items() if found and name != "transfers"}


def message_of(award: Award) -> Message:
    """Return what the outbox tells the worker of an award."""
    return Message(new_id(), "points.award_decided", str(award.id), {"award_id": str(award.id)}, award.decided_at)
