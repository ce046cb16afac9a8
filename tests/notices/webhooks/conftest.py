"""Owners of organisations with tokens, and receivers that keep what they get."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import clock, new_id, public_id, transaction
from app.foundation.proof import Actor, ActorKind
from app.identity import MemberRole, OrganisationState, Role
from app.identity.organisations.models import OrganisationMemberRow, OrganisationRow
from app.identity.people.models import PersonRow
from app.notices.webhooks.outbound import NotReached
from app.notices.webhooks.usecases.send import use_outbound
from tests.identity.people import make_agency

URL = "https://hooks.receiver.cn/lintan"
TOPICS = ["certificate.issued", "organisation.checked"]


@dataclass
class Receivers:
    """Takes the place of the network: answers what it is told to, and keeps what it gets."""

    sent: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    answer: int | str | Exception = 200
    by_url: dict[str, int | str] = field(default_factory=dict)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.sent.append((url, body, dict(headers)))
        answer = self.by_url.get(url, self.answer)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            raise NotReached(answer)
        return answer


@pytest.fixture
def receivers(app: Flask) -> Iterator[Receivers]:
    before = app.extensions["lintan_webhooks"]
    replaced = Receivers()
    use_outbound(app, replaced)  # type: ignore[arg-type]
    yield replaced
    use_outbound(app, before)


@dataclass
class Owner:
    """An owner of an organisation."""

    client: FlaskClient
    token: str
    person_id: UUID
    organisation_id: UUID

    @property
    def organisation(self) -> str:
        return public_id("org", self.organisation_id)

    def ask(self, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.client.open(f"/v1/webhook-endpoints{path}", method=method, json=body, headers=sent)

    def enters(self, url: str = URL, topics: list[str] | None = None) -> dict[str, Any]:
        body = {"organisation_id": self.organisation, "url": url, "topics": topics or TOPICS}
        answer = self.ask("POST", body=body)
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def deliveries(self, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.ask("GET", f"/{endpoint['id']}/deliveries")
        assert answer.status_code == 200, answer.json
        return list(answer.json["items"])

    def shows(self, endpoint: dict[str, Any]) -> Any:
        return self.ask("GET", f"/{endpoint['id']}")


@pytest.fixture
def owner(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Owner]:
    """Make owners, or other members, of organisations that an agency has confirmed."""
    signed_in: dict[str, Actor] = {}
    handlers = app.extensions["lintan_hooks"]["foundation.authenticate"]
    monkeypatch.setitem(handlers, "bearer", signed_in.__getitem__)
    numbers = count(1)
    agency_id = make_agency()

    def make(
        *,
        of: UUID | None = None,
        role: MemberRole = MemberRole.OWNER,
        state: OrganisationState = OrganisationState.VERIFIED,
    ) -> Owner:
        number, now = next(numbers), clock.now()
        with transaction() as session:
            person = PersonRow(id=new_id(), display_name="林小姐", opened_at=now, version=1)
            session.add(person)
            organisation_id = of or new_id()
            if of is None:
                session.add(
                    OrganisationRow(
                        id=organisation_id,
                        name="瓯江竹业有限公司",
                        uscc=f"91331102EXAMPLE{number:03}",
                        county_code="331102",
                        kinds=["general"],
                        state=state,
                        agency_id=agency_id,
                        touched_at=now,
                        created_at=now,
                        verified_at=now,
                        version=1,
                    )
                )
            session.flush()
            session.add(
                OrganisationMemberRow(
                    id=new_id(),
                    organisation_id=organisation_id,
                    person_id=person.id,
                    role=role,
                    joined_at=now,
                    version=1,
                )
            )
        token = f"token-{number}"
        signed_in[token] = Actor(id=person.id, kind=ActorKind.RESIDENT, roles=frozenset({str(Role.RESIDENT)}))
        return Owner(app.test_client(), token, person.id, organisation_id)

    return make
