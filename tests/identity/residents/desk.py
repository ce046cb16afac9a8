"""What the tests of residents' accounts do over and over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select

from app.foundation.data import parse_public_id, reading
from app.foundation.data.clock import FixedClock
from app.foundation.proof.audit import AuditRow
from app.identity import Role
from tests.identity.people import bearer, make_staff

NEW_PHONE = "13700137000"
MINUTE = timedelta(seconds=61)  # The next code to the same number or device.


def version_of(client: FlaskClient, who: Any, path: str = "/v1/me") -> str:
    return str(client.get(path, headers=bearer(who)).headers["ETag"])


def put(client: FlaskClient, who: Any, path: str, body: dict[str, Any] | None, *, etag: str | None = None) -> Any:
    headers = {**bearer(who), "If-Match": etag or version_of(client, who)}
    return client.put(path, json=body, headers=headers)


def post(client: FlaskClient, who: Any, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return client.post(path, json=body, headers={**bearer(who), **headers})


def get(client: FlaskClient, who: Any, path: str) -> Any:
    return client.get(path, headers=bearer(who))


def born(client: FlaskClient, who: Any, day: str) -> Any:
    return put(client, who, "/v1/me/birth-date", {"birth_date": day})


def supporter(client: FlaskClient, name: str = "desk.one", *, address: str = "192.0.2.50") -> dict[str, Any]:
    """A member of staff at a desk, signed in."""
    member = make_staff(name, role=Role.SUPPORT)
    member.address = address
    return dict(member.sign_in(client).json)


def person_id(signed_in: dict[str, Any]) -> UUID:
    return parse_public_id("per", signed_in["actor"]["id"])


def audited(action: str) -> list[AuditRow]:
    """The audit's rows of one action."""
    with reading() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == action)))


def change_codes(client: FlaskClient, who: Any, hands: FixedClock, phone: str = NEW_PHONE) -> dict[str, str]:
    """Ask for both codes of a change of number, and return the body of the change."""
    old = post(client, who, "/v1/me/phone/codes", {"which": "old"})
    new = post(client, who, "/v1/me/phone/codes", {"which": "new", "phone": phone})
    assert (old.status_code, new.status_code) == (201, 201), (old.json, new.json)
    return {
        "challenge_id": new.json["challenge_id"],
        "code": new.json["sandbox_code"],
        "old_challenge_id": old.json["challenge_id"],
        "old_code": old.json["sandbox_code"],
    }
