"""The people of the lives: they sign in with codes as an app does, and at the console with password and one-time code."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pyotp
from flask.testing import FlaskClient

from app.demo.people import PASSWORD as DEMO_PASSWORD
from app.foundation.data import clock, reading
from app.foundation.data.clock import FixedClock
from app.foundation.http import instant_json
from app.foundation.work import work_until_idle
from app.ledger import audit
from tests.identity.people import StaffMember, bearer, sign_in
from tests.planting.people import Resident as Planter
from tests.planting.people import Verifier

# An access token lives a quarter of an hour; whoever comes back later signs in again.
_TOKEN_LIFE = timedelta(minutes=14)
OFFICE_ADDRESS = "192.0.2.50"


@dataclass
class Caller(ABC):
    """Somebody who asks the product for something."""

    town: "Town"
    token: str = ""
    signed_in_at: datetime | None = None

    @property
    def client(self) -> FlaskClient:
        return self.town.client

    def headers(self, **more: str) -> dict[str, str]:
        """Sign in again where the token is too old."""
        if self.signed_in_at is None or clock.now() - self.signed_in_at >= _TOKEN_LIFE:
            self.come()
        return {**bearer(self.token), "Accept-Language": "en", **more}

    @abstractmethod
    def come(self) -> None:
        """Sign in."""

    def ask(self, method: str, path: str, body: Any = None, *, etag: str | None = None, **query: Any) -> Any:
        headers = self.headers() if etag is None else self.headers(**{"If-Match": etag})
        return self.client.open(f"/v1{path}", method=method, json=body, headers=headers, query_string=query)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.ask("GET", path, **query)
        assert answer.status_code == 200, (path, answer.json)
        return answer.json

    def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        return list(self.get(path, **query)["items"])

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.ask("POST", path, body)
        assert answer.status_code in (200, 201, 202, 204), (path, answer.json)
        return answer.json

    def change(self, path: str, body: Any) -> Any:
        """Read, then change by the version that was read."""
        seen = self.ask("GET", path)
        answer = self.ask("PATCH", path, body, etag=seen.headers["ETag"])
        assert answer.status_code == 200, (path, answer.json)
        return answer.json

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str | None]:
        """Status and code of what is expected to fail."""
        answer = self.ask(method, path, body, **more)
        return answer.status_code, (answer.get_json(silent=True) or {}).get("code")

    def told(self) -> list[str]:
        """The kinds of the notices in the inbox, newest first."""
        work_until_idle()
        return [each["kind"] for each in self.items("/notices", limit=100)]


@dataclass
class Person(Caller):
    """A resident with an app on one telephone, or at a desk without any."""

    phone: str = ""
    device: str = ""
    name: str = ""
    id: str = ""

    def come(self) -> None:
        told = sign_in(self.client, self.phone, device=self.device, name="Pura")
        self.token, self.id, self.signed_in_at = told["access_token"], told["actor"]["id"], clock.now()

    def agrees(self) -> None:
        """Read each text and agree to it."""
        for text in self.items("/consent-texts"):
            body = {"purpose": text["purpose"], "document_id": text["document_id"], "is_14_or_over": True}
            self.post("/me/consents", body)

    def plants(self, **changed: Any) -> dict[str, Any]:
        """Report five camphor trees of this hour, with a photo of the hillside."""
        planter = Planter(self.client, self.headers())
        return planter.claim(**{"captured_at": instant_json(clock.now() - timedelta(hours=1)), **changed})

    def planting(self, claim: dict[str, Any]) -> dict[str, Any]:
        return dict(self.get(f"/plantings/{claim['id']}"))

    def points(self) -> int:
        return int(self.get("/me/account")["free_points"])


@dataclass
class Served(Person):
    """A resident without a telephone, for whom a member of staff enters."""

    clerk: "Colleague | None" = None

    def come(self) -> None:
        assert self.clerk is not None
        paper = {"person_id": self.id, "reason": "本人到窗口申报植树", "paper_ref": "莲都-2026-07"}
        self.token = self.clerk.post("/assisted-sessions", paper)["access_token"]
        self.signed_in_at = clock.now()


@dataclass
class Colleague(Caller):
    """A member of staff."""

    member: StaffMember = field(default_factory=lambda: StaffMember("", "", ""))

    def come(self) -> None:
        answer = self.member.sign_in(self.client)
        assert answer.status_code == 201, answer.json
        self.token, self.signed_in_at = answer.json["access_token"], clock.now()

    @property
    def id(self) -> str:
        """The public id."""
        return str(self.get("/me")["id"])

    @property
    def path(self) -> str:
        return f"/staff/{self.id}"

    def console(self) -> Verifier:
        return Verifier(self.client, self.headers())

    def approves(self, claim: dict[str, Any]) -> str:
        """Approve a planting, with an answer that allows it to every question; return the state of the case."""
        answer = self.console().approve(claim)
        assert answer.status_code == 200, answer.json
        work_until_idle()
        return str(answer.json["state"])

    def agrees_to(self, proposal: dict[str, Any]) -> Any:
        """Approve, as a second person, exactly what is proposed."""
        approval_id = proposal.get("approval_id") or proposal["id"]
        read = self.get(f"/approvals/{approval_id}")
        return self.post(f"/approvals/{approval_id}/approve", {"content_sha256": read["content_sha256"]})


@dataclass
class Town:
    """The demo's city with its staff, made as the command line makes them."""

    client: FlaskClient
    hands: FixedClock
    secrets: dict[str, str]

    def later(self, **duration: float) -> None:
        self.hands.move(timedelta(**duration))

    def goes_to(self, day: date, hour: int = 12) -> None:
        """Move the hands to an hour of a day in Lishui."""
        self.hands.set(clock.day_start(day) + timedelta(hours=hour))

    def person(self, phone: str, name: str = "", *, device: str = "", agrees: bool = True) -> Person:
        """Somebody who signs in for the first time, says a name, and agrees to what the product asks."""
        found = Person(self, phone=phone, device=device or f"telephone-of-{phone}", name=name)
        if name:
            found.change("/me", {"display_name": name})
        if agrees:
            found.agrees()
        return found

    def served(self, name: str, clerk: Colleague, county: str) -> Served:
        """Somebody without a telephone, whose account a clerk opens."""
        body = {"display_name": name, "county": county, "reason": "没有手机，到镇窗口登记"}
        found = Served(self, name=name, id=clerk.post("/assisted-people", body)["id"], clerk=clerk)
        found.agrees()
        return found

    def clerk(self, username: str) -> Colleague:
        """One of the staff of the demo's city."""
        uri = pyotp.TOTP(self.secrets[username]).provisioning_uri(name=username)
        return Colleague(self, member=StaffMember(username, DEMO_PASSWORD, uri, OFFICE_ADDRESS))


def findings() -> dict[str, int]:
    """What the ledger's audit finds wrong, after all work is done; there must have been something to look at."""
    work_until_idle()
    with reading() as session:
        found = audit(session)
    assert found.pop("transfers") >= 1
    return {name: number for name, number in found.items() if number}
