"""People for tests: they ask for codes, sign in and keep their tokens, as an app would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app import identity
from app.foundation.data import Base, clock, db, insert_once, reading
from app.foundation.proof import SYSTEM
from app.identity import AgencyKind, NewStaff, Purpose, Role
from app.identity.consents.queries import begin_consent, text_in_force
from app.identity.people.models import PersonRow

PHONE = "13800138000"
OTHER_PHONE = "13900139000"
DEVICE = "device-of-a-test-0001"
OTHER_DEVICE = "device-of-a-test-0002"
PASSWORD = "camphor trees by the Ou"
LIANDU, LONGQUAN = "331102", "331181"


def count(model: type[Base]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def only(model: type[Base]) -> Any:
    with reading() as session:
        return session.scalars(select(model)).one()


@contextmanager
def statements_asked() -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements that reach the database, with their parameters."""
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def ask_code(client: FlaskClient, phone: str = PHONE, *, address: str = "192.0.2.1", **more: Any) -> Any:
    body = {"phone": phone, "purpose": "sign_in", **more}
    return client.post("/v1/auth/otp", json=body, environ_overrides={"REMOTE_ADDR": address})


def try_code(client: FlaskClient, challenge_id: str, code: str, *, device: str = DEVICE, name: str = "Pura") -> Any:
    body = {"challenge_id": challenge_id, "code": code, "device": {"id": device, "name": name}}
    return client.post("/v1/auth/token", json=body)


def sign_in(client: FlaskClient, phone: str = PHONE, *, device: str = DEVICE, name: str = "Pura") -> dict[str, Any]:
    """Sign a resident in and return what the app is told."""
    sent = ask_code(client, phone)
    assert sent.status_code == 201, sent.json
    answer = try_code(client, sent.json["challenge_id"], sent.json["sandbox_code"], device=device, name=name)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def give_all_consents(session: Session, person_id: UUID) -> None:
    """Let a resident have agreed to everything, and be known at all if a test has made them up."""
    now = clock.now()
    insert_once(session, PersonRow, id=person_id, display_name=None, opened_at=now, version=1)
    for purpose in Purpose:
        text = text_in_force(session, purpose, date.max)
        assert text is not None, purpose
        begin_consent(session, person_id, purpose, text.id, now)


def bearer(signed_in: dict[str, Any] | str) -> dict[str, str]:
    token = signed_in if isinstance(signed_in, str) else signed_in["access_token"]
    return {"Authorization": f"Bearer {token}"}


def refresh(client: FlaskClient, token: str, *, device: str | None = DEVICE) -> Any:
    return client.post(
        "/v1/auth/refresh", json={"refresh_token": token, "device_id": device} if device else {"refresh_token": token}
    )


def other_than(code: str) -> str:
    """Return a code of the same length that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


@dataclass
class StaffMember:
    """A member of staff with password and authenticator app."""

    username: str
    password: str
    totp_uri: str
    address: str = "192.0.2.50"
    id: Any = None

    def code(self) -> str:
        return pyotp.parse_uri(self.totp_uri).at(clock.now())

    def sign_in(self, client: FlaskClient, **changed: Any) -> Any:
        address = changed.pop("address", self.address)
        body = {"username": self.username, "password": self.password, "totp": self.code(), **changed}
        return client.post("/v1/auth/staff/token", json=body, environ_overrides={"REMOTE_ADDR": address})


def make_agency(
    slug: str = "liandu-forestry", *, county: str | None = LIANDU, kind: AgencyKind = AgencyKind.FORESTRY
) -> Any:
    return identity.create_agency(
        slug=slug,
        kind=kind,
        county_code=county,
        name_zh="莲都区林业局",
        name_en="Liandu Forestry Bureau",
        actor=SYSTEM,
        now=clock.now(),
    )


def make_staff(username: str = "liandu.verifier", *, role: Role = Role.AUDITOR, **more: Any) -> StaffMember:
    new = NewStaff(username=username, display_name="张小明", password=PASSWORD, roles=[role], **more)
    enrolment = identity.create_staff(new, actor=SYSTEM, now=clock.now())
    return StaffMember(username=username, password=PASSWORD, totp_uri=enrolment.totp_uri, id=enrolment.staff_id)
