"""Those who ask and those who answer, over HTTP and with real sign-in."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from app.foundation.data import parse_public_id
from app.identity import Role
from tests.identity.people import bearer, make_staff, sign_in

TEXT = "3月12日提交的记录还没有结果。"
_phones = count(13_700_000_000)
_names = count(1)


@dataclass
class Caller:
    """Somebody signed in."""

    client: FlaskClient
    headers: dict[str, str]
    id: UUID
    phone: str = ""

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, headers=self.headers, **more)

    def post(self, path: str, body: Any = None, *, etag: str | None = None, client: FlaskClient | None = None) -> Any:
        headers = self.headers if etag is None else {**self.headers, "If-Match": etag}
        return (client or self.client).post(path, json=body, headers=headers)

    def ask(self, text: str = TEXT, **more: Any) -> dict[str, Any]:
        answer = self.post("/v1/tickets", {"topic": "planting", "text": text, **more})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def read(self, ticket: dict[str, Any]) -> Any:
        return self.get(f"/v1/tickets/{ticket['id']}")

    def write(self, ticket: dict[str, Any], text: str = "还有一句") -> Any:
        return self.post(f"/v1/tickets/{ticket['id']}/messages", {"text": text})

    def close(self, ticket: dict[str, Any]) -> Any:
        return self.post(f"/v1/tickets/{ticket['id']}/close")

    def queue(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.get("/v1/tickets/queue", query_string=query)
        assert answer.status_code == 200, answer.json
        return list(answer.json["items"])

    def act(self, act: str, ticket: dict[str, Any], body: Any = None, **more: Any) -> Any:
        """Do something at the desk, having just read the ticket unless an ETag is given."""
        if body is not None and "etag" not in more and act != "contact":
            more["etag"] = self.read(ticket).headers["ETag"]
        return self.post(f"/v1/tickets/{ticket['id']}/{act}", body, **more)


def resident(client: FlaskClient, name: str | None = "张小明") -> Caller:
    phone = str(next(_phones))
    told = sign_in(client, phone)
    caller = Caller(client, bearer(told), parse_public_id("per", told["actor"]["id"]), phone)
    if name is not None:
        headers = {**caller.headers, "If-Match": '"1"'}
        assert client.patch("/v1/me", json={"display_name": name}, headers=headers).status_code == 200
    return caller


def support(client: FlaskClient, *, role: Role = Role.SUPPORT) -> Caller:
    member = make_staff(f"desk.{next(_names)}", role=role)
    answer = member.sign_in(client)
    assert answer.status_code == 201, answer.json
    return Caller(client, bearer(answer.json), member.id)
