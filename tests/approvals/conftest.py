"""A kind of proposal that keeps a note of each effect, and people who propose and approve."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, ProposalKind, changes_between, kinds, propose
from app.foundation.data import new_id, transaction
from app.foundation.http import DomainError, access
from app.foundation.proof import Actor, ActorKind, Grant

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
KIND = "test.price"


class PriceLocked(DomainError):
    code = "test.price_locked"
    status = 409
    title = "The price is locked."  # type: ignore[assignment]


@dataclass
class Prices:
    """What stands behind the kind: one price, and everything that ever happened to it."""

    price: dict[str, Any] = field(default_factory=lambda: {"price_fen": 5_000, "unit": "kg"})
    effects: list[tuple[UUID, UUID]] = field(default_factory=list)  # (proposal, approver)
    is_locked: bool = False
    fen_max: int = 1_000_000

    def difference(self, session: Session, proposal: Proposal) -> list[Change]:
        return changes_between(self.price, proposal.content)

    def apply(self, session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
        if self.is_locked:
            raise PriceLocked()
        self.effects.append((proposal.id, approver.id))

    def may_approve(self, actor: Actor, proposal: Proposal) -> bool:
        return bool(proposal.content["price_fen"] <= self.fen_max)


@pytest.fixture
def prices(app: Flask) -> Iterator[Prices]:
    """The kind `test.price`, approved by registrars, for the time of a test."""
    business = Prices()
    kinds.register(
        app,
        KIND,
        ProposalKind(
            approver_role="registrar",
            difference=business.difference,
            apply=business.apply,
            may_approve=business.may_approve,
        ),
    )
    yield business
    kinds._handlers(app).pop(KIND)


def registrar(agency_id: UUID | None = None, *counties: str, role: str = "registrar") -> Actor:
    """A member of staff with one role, in an agency and counties where they are given."""
    return Actor(
        id=new_id(), kind=ActorKind.STAFF, roles=frozenset({"staff", role}), grants=(Grant(role, agency_id, counties),)
    )


@pytest.fixture
def make_proposal(prices: Prices) -> Callable[..., Proposal]:
    """Makes proposals of a price in a transaction of their own."""

    def make(proposer: Actor, *, price_fen: int = 6_000, now: datetime = NOW, **where: Any) -> Proposal:
        with transaction() as session:
            return propose(
                session,
                kind=KIND,
                content={"price_fen": price_fen, "unit": "kg"},
                title=f"{price_fen} fen a kilogram",
                proposer=proposer,
                now=now,
                **where,
            )

    return make


class Desk:
    """A member of staff at a desk: signed in, with a client that shows it."""

    def __init__(self, client: FlaskClient, actor: Actor, token: str) -> None:
        self.client = client
        self.actor = actor
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.client.get(path, headers={**self.headers, **kwargs.pop("headers", {})}, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Any:
        return self.client.post(path, headers={**self.headers, **kwargs.pop("headers", {})}, **kwargs)


@pytest.fixture
def sit_down(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], Desk]:
    """Signs actors in by hand: how tokens are made is the business of identity."""
    seated: dict[str, Actor] = {}

    class Tokens:
        def handler(self, _: str) -> Callable[[str], Actor]:
            return seated.__getitem__

    monkeypatch.setattr(access, "authenticate", Tokens())

    def sit(actor: Actor) -> Desk:
        token = uuid4().hex
        seated[token] = actor
        return Desk(client, actor, token)

    return sit
