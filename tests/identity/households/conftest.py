"""Residents with tokens, without the way through the entrance: households begin behind it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import clock, new_id, reading, transaction
from app.foundation.data.clock import FixedClock
from app.foundation.proof import Actor, ActorKind
from app.identity import Role
from app.identity.people.models import PersonRow
from app.identity.people.roles import roles_of_resident


@dataclass
class Resident:
    """A resident with an app."""

    client: FlaskClient
    actor: Actor
    token: str

    @property
    def id(self) -> UUID:
        return self.actor.id

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.client.open(f"/v1{path}", method=method, json=body, headers=sent)

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def opens(self, name: str = "小林一家") -> dict[str, Any]:
        answer = self.post("/households", {"name": name})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def invites(self, household: dict[str, Any]) -> str:
        answer = self.post(f"/households/{household['id']}/invitations")
        assert answer.status_code == 201, answer.json
        return str(answer.json["code"])

    def joins(self, code: str, joined_on: str | None = None) -> dict[str, Any]:
        answer = self.post("/household-memberships", {"code": code, "joined_on": joined_on})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def leaves(self, membership: dict[str, Any], left_on: str, **more: str) -> Any:
        path = f"/households/{membership['household_id']}/members/{membership['id']}/leave"
        return self.post(path, {"left_on": left_on, **more})

    def membership(self, household: dict[str, Any]) -> dict[str, Any]:
        """My membership as the household shows it."""
        members = self.get(f"/households/{household['id']}").json["members"]
        return {**next(each for each in members if each["is_me"]), "household_id": household["id"]}


@pytest.fixture
def resident(app: Flask, hands: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Resident]:
    """Open residents, each signed in."""
    signed_in: dict[str, Actor] = {}
    handlers = app.extensions["lintan_hooks"]["foundation.authenticate"]

    def authenticate(token: str) -> Actor:
        actor = signed_in[token]
        with reading() as session:
            held = roles_of_resident(session, actor.id, clock.now())
        return replace(actor, roles=actor.roles | held)

    monkeypatch.setitem(handlers, "bearer", authenticate)

    def make(name: str | None = "小林") -> Resident:
        with transaction() as session:
            person = PersonRow(id=new_id(), display_name=name, opened_at=clock.now(), version=1)
            session.add(person)
        actor = Actor(id=person.id, kind=ActorKind.RESIDENT, roles=frozenset({str(Role.RESIDENT)}))
        token = f"token-{len(signed_in)}"
        signed_in[token] = actor
        return Resident(app.test_client(), actor, token)

    return make
