"""A shop at noon, buyers, and the audit that has the last word."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask

from app.approvals import approve_proposal
from app.foundation.data import clock, parse_public_id, public_id, run_in_transaction
from app.foundation.data.clock import FixedClock
from app.foundation.proof import EVERY_COUNTY, Actor, ActorKind
from app.payments.usecases.going_on import AWAY
from app.rulebook import NewDocument, Status, propose_document
from tests.credits.people import Register
from tests.identity.people import give_all_consents, make_agency
from tests.offsets.shop import ALICE, BOB, NOON, Buyer, Shop, finance_of, findings


@pytest.fixture
def hands(app: Flask) -> Iterator[FixedClock]:
    """The product's clock, standing until a test moves it."""
    app.extensions.pop(AWAY, None)  # The application outlives a test in which the provider was away.
    with clock.standing_at(NOON) as standing:
        yield standing


@pytest.fixture
def shop(app: Flask, hands: FixedClock) -> Iterator[Shop]:
    """The shop; whatever a test did there, money and serials must add up at the end."""
    yield Shop(app, Register(make_agency()))
    assert findings() == {}


@pytest.fixture
def buyer_with(app: Flask, hands: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Callable[[UUID], Buyer]:
    """Somebody who is signed in, and has agreed to what buying takes."""

    def actor_of(token: str) -> Actor:
        return Actor(id=parse_public_id("per", token), kind=ActorKind.RESIDENT, roles=frozenset({"resident"}))

    handlers = app.extensions.setdefault("lintan_hooks", {}).setdefault("foundation.authenticate", {})
    monkeypatch.setitem(handlers, "bearer", actor_of)

    def buyer_with(person_id: UUID) -> Buyer:
        run_in_transaction(lambda session: give_all_consents(session, person_id))
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {public_id('per', person_id)}"
        return Buyer(client, person_id)

    return buyer_with


@pytest.fixture
def alice(buyer_with: Callable[[UUID], Buyer]) -> Buyer:
    return buyer_with(ALICE)


@pytest.fixture
def bob(buyer_with: Callable[[UUID], Buyer]) -> Buyer:
    return buyer_with(BOB)


@pytest.fixture
def fee_of(shop: Shop) -> Callable[..., None]:
    """Let two people put another fee in force."""

    def fee_of(*, per_mille: int) -> None:
        agency_id = shop.register.agency_id
        proposal = propose_document(
            NewDocument(
                kind="offsets.fee",
                name="lishui",
                title_zh="抵消服务费",
                title_en="Fee on offsets",
                content={"per_mille": per_mille},
                source="A decision of the tests.",
                status=Status.DECIDED,
                effective_from=clock.civil_day(clock.now()),
            ),
            proposer=finance_of(agency_id, EVERY_COUNTY),
            now=clock.now(),
        )
        approver = finance_of(agency_id, EVERY_COUNTY)
        approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=approver, now=clock.now())

    return fee_of
