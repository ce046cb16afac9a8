"""Residents who have agreed to nothing yet, and people of the city who change the texts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.approvals import approve_proposal
from app.foundation.data import clock, new_id, parse_public_id
from app.foundation.proof import EVERY_COUNTY, Actor, ActorKind, Grant
from app.identity.consents.purposes import TEXT_KIND
from app.rulebook import NewDocument, Status, propose_document
from tests.identity.people import make_agency
from tests.planting.conftest import city, hands
from tests.planting.people import City, Resident

__all__ = ["city", "hands"]


class Agreeing:
    """A resident and what they say to the texts."""

    def __init__(self, resident: Resident) -> None:
        self.resident = resident
        self.id = parse_public_id("per", resident.get("/v1/me").json["id"])

    def texts(self) -> dict[str, dict[str, Any]]:
        return {each["purpose"]: each for each in self.resident.get("/v1/consent-texts").json["items"]}

    def agree(self, *purposes: str, **said: Any) -> Any:
        """Agree to the texts in force; returns the last answer."""
        answer = None
        for purpose in purposes:
            body = {"purpose": purpose, "document_id": self.texts()[purpose]["document_id"], "is_14_or_over": True}
            answer = self.resident.post("/v1/me/consents", {**body, **said})
        return answer

    def withdraw(self, purpose: str) -> Any:
        return self.resident.client.delete(f"/v1/me/consents/{purpose}", headers=self.resident.headers)

    def stands(self) -> dict[str, dict[str, Any]]:
        answer = self.resident.get("/v1/me/consents")
        assert answer.status_code == 200, answer.json
        return {each["purpose"]: each for each in answer.json["items"]}


@pytest.fixture
def resident(city: City) -> Agreeing:
    return Agreeing(city.resident(agrees=False))


@pytest.fixture
def new_text(hands: Any) -> Callable[..., None]:
    """Lets a registrar of the city write the next version of a text and an issuer approve it."""
    agency_id = make_agency("lishui-ecology", county=None)

    def person(role: str) -> Actor:
        return Actor(
            new_id(), ActorKind.STAFF, frozenset({"staff", role}), grants=(Grant(role, agency_id, (EVERY_COUNTY,)),)
        )

    def publish(name: str, *, renewal_needed: bool, effective_from: date | None = None) -> None:
        words = {f"{member}_{language}": f"{member}, newer" for member in _MEMBERS for language in ("zh", "en")}
        new = NewDocument(
            kind=TEXT_KIND,
            name=name,
            title_zh="位置信息（新）",
            title_en="Location (new)",
            content={**words, "renewal_needed": renewal_needed},
            source="A decision of the tests.",
            status=Status.DECIDED,
            effective_from=effective_from or clock.civil_day(clock.now()),
        )
        proposal = propose_document(new, proposer=person("registrar"), now=clock.now())
        approve_proposal(
            proposal.id, content_sha256=proposal.content_sha256, approver=person("issuer"), now=clock.now()
        )

    return publish


_MEMBERS = ("text", "why", "how_long", "how_to_withdraw")
