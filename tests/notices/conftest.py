"""Residents with an inbox, senders that keep what they get, and a clock that stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.foundation.data import clock, new_id, parse_public_id, reading, transaction
from app.foundation.data.clock import FixedClock
from app.notices import notify
from app.notices.channels import Address, Channels, Outgoing
from app.notices.models import DeliveryRow, NoticeRow
from tests.identity.people import DEVICE, PHONE, bearer, sign_in

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)  # 12:00 in Lishui.
EVENING = datetime(2026, 3, 12, 15, 0, tzinfo=UTC)  # 23:00: quiet hours.
MORNING = datetime(2026, 3, 12, 23, 0, tzinfo=UTC)  # 07:00 of the next day.


@pytest.fixture(autouse=True)
def hands(request: pytest.FixtureRequest) -> Iterator[FixedClock | None]:
    """The product's clock, standing at noon in Lishui until a test moves it."""
    if "app" not in request.fixturenames:
        yield None
        return
    request.getfixturevalue("app")
    with clock.standing_at(NOON) as standing:
        yield standing


@dataclass
class Outbox:
    """A sender that keeps what it gets, or fails as it is told."""

    name: str = "outbox"
    sent: list[tuple[Address, Outgoing]] = field(default_factory=list)
    failure: Exception | None = None
    groups: frozenset[str] | None = None

    def takes(self, group: str) -> bool:
        return self.groups is None or group in self.groups

    def send(self, to: Address, message: Outgoing, *, now: datetime) -> str | None:
        if self.failure is not None:
            raise self.failure
        self.sent.append((to, message))
        return f"ref-{len(self.sent)}"

    def openid_of(self, code: str, *, now: datetime) -> str:
        if self.failure is not None:
            raise self.failure
        return f"openid-of-{code}"


@pytest.fixture
def senders(app: Flask) -> Iterator[Channels]:
    """All three channels on, each with a sender that keeps what it gets."""
    before = app.extensions["lintan_notices"]
    app.extensions["lintan_notices"] = Channels(sms=Outbox(), wechat=Outbox(), push=Outbox())
    yield app.extensions["lintan_notices"]
    app.extensions["lintan_notices"] = before


@dataclass
class Reader:
    """A resident with a session, and what they do with their notices."""

    client: FlaskClient
    id: UUID
    headers: dict[str, str]

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, headers={**self.headers, **more.pop("headers", {})}, **more)

    def post(self, path: str, body: Any = None, **headers: Any) -> Any:
        return self.client.post(path, json=body, headers={**self.headers, **headers})

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.put(path, json=body, headers={**self.headers, **headers})

    def delete(self, path: str) -> Any:
        return self.client.delete(path, headers=self.headers)

    def inbox(self, **query: str) -> dict[str, Any]:
        answer = self.get("/v1/notices", query_string=query, headers={"Accept-Language": "en"})
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def choose(self, etag: str = '"0"', **changed: Any) -> Any:
        body = {"groups": [], "quiet_from": "22:00", "quiet_until": "07:00", "digest_hour": None, **changed}
        return self.put("/v1/me/notice-preferences", body, **{"If-Match": etag})

    def takes_push(self, token: str = "token-of-the-test", platform: str = "huawei") -> Any:
        answer = self.put("/v1/me/push-targets", {"platform": platform, "token": token})
        assert answer.status_code == 200, answer.json
        return answer

    def tell(self, kind: str = "points.settled", *, subject: UUID | None = None, **params: Any) -> UUID:
        """Tell this resident something, as a room would."""
        subject = subject or new_id()
        given = params or ({"points": 20} if kind.startswith("points.") else {})
        with transaction() as session:
            notify(
                session,
                person_id=self.id,
                kind=kind,
                subject_kind="points.award",
                subject_id=subject,
                params=given,
                now=clock.now(),
            )
        return subject


@pytest.fixture
def make_reader(app: Flask) -> Callable[..., Reader]:
    """Sign a resident in."""

    def make(phone: str = PHONE, *, device: str = DEVICE) -> Reader:
        client = app.test_client()
        told = sign_in(client, phone, device=device)
        return Reader(client, parse_public_id("per", told["actor"]["id"]), bearer(told))

    return make


@pytest.fixture
def reader(make_reader: Callable[..., Reader]) -> Reader:
    return make_reader()


def deliveries() -> list[DeliveryRow]:
    with reading() as session:
        return list(session.scalars(select(DeliveryRow).order_by(DeliveryRow.created_at, DeliveryRow.id)))


def notices() -> list[NoticeRow]:
    with reading() as session:
        return list(session.scalars(select(NoticeRow).order_by(NoticeRow.created_at, NoticeRow.id)))
