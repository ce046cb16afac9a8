"""Organisations for tests: owners sign them up, upload their licence and hand them in; agencies check them."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient

from app.foundation.data import parse_public_id, run_in_transaction
from app.identity import AgencyKind, Role
from app.identity.entrance.usecases.sessions import authenticate
from app.identity.organisations.rules.uscc import check_character
from tests.evidence.pictures import jpeg
from tests.identity.people import DEVICE, LIANDU, LONGQUAN, bearer, give_all_consents, make_agency, make_staff, sign_in

CONTACT = {"name": "林小姐", "phone": "0578-2000000"}
STATION = {
    "groups": ["bird", "raptor"],
    "hours": [{"weekday": day, "opens": "08:30", "closes": "17:30"} for day in range(1, 6)],
    "county_codes": [LIANDU],
    "phone": "0578-2111111",
    "duty_phone": "13700137000",
    "capacity": 12,
}
EVALUATOR = {"accreditation_number": "CMA 251100000000", "scope": ["Events"], "valid_until": "2026-12-31"}


def code(number: int = 1) -> str:
    """Return a code that nobody has: its organisation part says that it is an example."""
    first_17 = f"91331102EXAMPLE{number:02d}"
    return first_17 + check_character(first_17)


@cache
def _licence(seed: int) -> bytes:
    return jpeg(seed=seed)


@dataclass
class Caller:
    """Somebody who is signed in."""

    client: FlaskClient
    token: str
    id: str

    def ask(self, method: str, path: str, body: Any = None, *, version: int | str | None = None, **more: Any) -> Any:
        headers = bearer(self.token)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if body is not None:
            more["json"] = body
        return self.client.open(f"/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.ask("POST", path, body)

    def check(self, path: str, body: Any) -> Any:
        """Decide about an organisation or a part as they stand now; `path` ends with `/check`."""
        organisation = "/".join(path.split("/")[:3])
        return self.ask("POST", path, body, version=self.get(organisation).headers["ETag"].strip('"'))

    def upload(self, seed: int = 1) -> str:
        form = {"file": (BytesIO(_licence(seed)), "licence.jpg"), "purpose": "organisation"}
        answer = self.client.post("/v1/files", data=form, headers=bearer(self.token))
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def sign_up(self, number: int = 1, **changed: Any) -> dict[str, Any]:
        answer = self.try_sign_up(number, **changed)
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def try_sign_up(self, number: int = 1, **changed: Any) -> Any:
        body = {
            "name": "瓯江竹业有限公司",
            "uscc": code(number),
            "county_code": LIANDU,
            "kinds": ["general"],
            "contact": CONTACT,
        }
        return self.post("/organisations", {**body, **changed})

    def submit(self, organisation: dict[str, Any], *files: str) -> Any:
        return self.post(f"/organisations/{organisation['id']}/submit", {"document_ids": list(files)})

    def show(self, organisation: dict[str, Any]) -> Any:
        return self.get(f"/organisations/{organisation['id']}")

    def roles(self) -> set[str]:
        """Return the roles that the next request has."""
        return set(authenticate(self.token).roles)


def resident(client: FlaskClient, phone: str = "13800138000") -> Caller:
    told = sign_in(client, phone, device=f"{DEVICE}-{phone}")
    person_id = parse_public_id("per", told["actor"]["id"])
    run_in_transaction(lambda session: give_all_consents(session, person_id))
    return Caller(client, told["access_token"], told["actor"]["id"])


def checker(
    client: FlaskClient,
    slug: str = "liandu-forestry",
    *,
    county: str | None = LIANDU,
    kind: AgencyKind = AgencyKind.FORESTRY,
) -> Caller:
    """Make an agency and its verifier, and sign them in."""
    make_agency(slug, county=county, kind=kind)
    counties = {"counties": [county]} if county else {"counties": [LIANDU, LONGQUAN]}
    member = make_staff(f"{slug}.verifier", role=Role.VERIFIER, agency_slug=slug, **counties)
    told = member.sign_in(client).json
    return Caller(client, told["access_token"], told["actor"]["id"])


def colleague(client: FlaskClient, slug: str = "liandu-forestry", name: str = "second") -> Caller:
    """A further verifier of an agency in Liandu, signed in."""
    member = make_staff(f"{slug}.{name}", role=Role.VERIFIER, agency_slug=slug, counties=[LIANDU])
    member.address = "192.0.2.61"
    told = member.sign_in(client).json
    return Caller(client, told["access_token"], told["actor"]["id"])


def verified(owner: Caller, agency: Caller, number: int = 1, **changed: Any) -> dict[str, Any]:
    """Return an organisation that its agency has verified."""
    organisation = owner.sign_up(number, **changed)
    answer = owner.submit(organisation, owner.upload(number))
    assert answer.status_code == 200, answer.json
    answer = agency.check(f"/organisations/{organisation['id']}/check", {"verdict": "approve"})
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def with_part(owner: Caller, agency: Caller, organisation: dict[str, Any], kind: str, facts: dict[str, Any]) -> None:
    """Bring the facts of a part in force."""
    path = f"/organisations/{organisation['id']}"
    version = owner.get(path).headers["ETag"].strip('"')
    answer = owner.ask("PUT", f"{path}/profiles/{kind}", facts, version=version)
    assert answer.status_code == 200, answer.json
    answer = agency.check(f"{path}/profiles/{kind}/check", {"verdict": "approve"})
    assert answer.status_code == 200, answer.json


def joined(owner: Caller, organisation: dict[str, Any], person: Caller, role: str = "member") -> None:
    """Let somebody join by an invitation."""
    made = owner.post(f"/organisations/{organisation['id']}/invitations", {"role": role})
    assert made.status_code == 201, made.json
    answer = person.post("/organisation-memberships", {"code": made.json["code"]})
    assert answer.status_code == 201, answer.json


def version_of(owner: Caller, organisation: dict[str, Any]) -> str:
    return str(owner.show(organisation).headers["ETag"].strip('"'))
