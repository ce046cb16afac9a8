"""Colleagues at an agency, over HTTP and with real sign-in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from app.foundation.data import public_id
from app.foundation.data.clock import FixedClock
from app.identity import Role
from tests.identity.people import StaffMember, bearer, make_staff

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)


@dataclass
class Colleague:
    """A member of staff, signed in."""

    client: FlaskClient
    member: StaffMember
    token: str

    @property
    def id(self) -> UUID:
        found: UUID = self.member.id
        return found

    @property
    def public_id(self) -> str:
        return public_id("stf", self.id)

    @property
    def path(self) -> str:
        return f"/v1/staff/{self.public_id}"

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query_string=query, headers=bearer(self.token))

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(path, json=body, headers=bearer(self.token))

    def approve(self, proposed: Any) -> Any:
        """Approve what somebody else was answered for a proposal."""
        assert proposed.status_code == 202, proposed.json
        said = {"content_sha256": proposed.json["content_sha256"]}
        return self.post(f"/v1/approvals/{proposed.json['id']}/approve", said)

    def roles(self) -> list[tuple[str, str | None]]:
        """The caller's own roles, each with the name of whose place it is held in."""
        return [(each["role"], each["deputy_for_name"]) for each in self.get("/v1/me").json["roles"]]


@dataclass
class Office:
    """Makes colleagues; each sign-in uses a new step of the clock, because a one-time code works once."""

    client: FlaskClient
    hands: FixedClock
    agency_id: UUID
    made: list[Colleague] = field(default_factory=list)

    def colleague(self, username: str, *, role: Role, **more: Any) -> Colleague:
        member = make_staff(username, role=role, **more)
        self.made.append(Colleague(self.client, member, self.token_of(member)))
        return self.made[-1]

    def clerk(self, username: str = "liandu.wang", *, role: Role = Role.VERIFIER, **more: Any) -> Colleague:
        return self.colleague(username, role=role, agency_slug="liandu-forestry", **more)

    def token_of(self, member: StaffMember) -> str:
        answer = member.sign_in(self.client)
        assert answer.status_code == 201, answer.json
        return str(answer.json["access_token"])

    def later(self, **duration: float) -> None:
        self.hands.move(timedelta(**duration))


def said(answer: Any) -> tuple[int, str | None]:
    """Status and code of an answer."""
    body = answer.get_json(silent=True) or {}
    return answer.status_code, body.get("code")
