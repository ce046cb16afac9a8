"""Who walks through the matrix: residents with their tokens, staff of each role, and the same roles elsewhere."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
from flask.testing import FlaskClient

from app.demo.city import found_city, second_factors
from app.demo.journey import Journey
from app.demo.people import ISSUER, LIANDU, LONGQUAN, PASSWORD
from app.foundation.data import clock
from app.foundation.proof import EVERY_COUNTY, SYSTEM
from app.foundation.work import work_until_idle
from app.identity import AgencyKind, NewStaff, Role, create_agency, create_staff
from app.identity.staffing.rules.roles import SCOPED_ROLES
from tests.journeys.test_spine import TestWire

PARK = "liandu-park"
# The owner of everything; neither the name nor the number may stand in what others are answered.
NAME, PHONE = "诸葛金丝雀", "13987610452"
PHONES = {
    "alice": PHONE,
    "bob": "13800100001",  # In alice's household and organisation, with no office in either.
    "carol": "13800100002",  # Has a household and an organisation of every kind of her own.
    "dave": "13800100003",  # A member of carol's organisation.
    "mallory": "13800100004",  # A resident and nothing else.
    "kid": "13800100005",  # Is 13, and has named alice as guardian.
    "zoe": "13800100006",  # Has asked to be erased.
    "gone": "13800100007",  # Has signed out.
    # Each does once what ends something, and nothing else.
    "parting": "13800100008",
    "leaver": "13800100009",
    "mover": "13800100010",
    "stayer": "13800100011",
    "kid2": "13800100012",
}
# Staff beyond those of the demo city: username, roles, agency, counties.
_SCOPED = tuple(sorted(SCOPED_ROLES))
STAFF: dict[str, tuple[str, tuple[Role, ...], str | None, tuple[str, ...]]] = {
    "park": ("park.clerk", _SCOPED, PARK, ()),
    "longquan": ("longquan.clerk", _SCOPED, "longquan-forestry", ()),
    "city_of_longquan": ("lishui.longquan", _SCOPED, ISSUER, (LONGQUAN,)),
    "support": ("desk.one", (Role.SUPPORT,), None, ()),
    "support2": ("desk.two", (Role.SUPPORT,), None, ()),
    "auditor": ("audit.one", (Role.AUDITOR,), None, ()),
    "admin": ("admin.one", (Role.ADMIN,), None, ()),
    "admin2": ("admin.two", (Role.ADMIN,), None, ()),
    "admin3": ("admin.three", (Role.ADMIN,), None, ()),
    "clerk_parting": ("desk.parting", (Role.SUPPORT,), None, ()),
    "clerk_leaver": ("desk.leaver", (Role.SUPPORT,), None, ()),
    "city_verifier": ("lishui.verifier", (Role.VERIFIER,), ISSUER, (EVERY_COUNTY,)),
}
OF_THE_CITY = {
    "verifier": "liandu.verifier",
    "verifier2": "liandu.second",
    "registrar": "liandu.registrar",
    "registrar2": "liandu.registrar2",
    "issuer": "lishui.issuer",
    "issuer2": "lishui.issuer2",
    "finance": "liandu.finance",
    "finance2": "liandu.finance2",
    "city_registrar": "lishui.registrar",
    "city_finance": "lishui.finance",
    "city_finance2": "lishui.finance2",
}
# One person of each role of staff, who holds no other; a resident, and one with every role that a resident can come by.
ROLES = {
    "resident": "mallory",
    "resident with all": "carol",
    "verifier": "verifier",
    "registrar": "registrar",
    "issuer": "issuer",
    "finance": "finance",
    "auditor": "auditor",
    "support": "support",
    "admin": "admin",
}
OTHER_RESIDENTS = ("mallory", "carol", "assisted")
OTHER_STAFF = ("park", "longquan", "city_of_longquan")


@dataclass
class Cast:
    """Everybody with a token, by the name that rows use."""

    client: FlaskClient
    journey: Journey
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def ask(self, status: int, who: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Ask as somebody for what must be answered with `status`; returns the body."""
        return self.journey.expect(status, method, f"/v1{path}", token=self.tokens[who], body=body, **more)

    def version(self, who: str, path: str) -> str:
        etag = self.journey.call("GET", f"/v1{path}", token=self.tokens[who]).etag
        assert etag is not None, path
        return etag

    def sign_in(self, who: str, *, device: str = "1") -> str:
        """Sign a resident in and return the token."""
        named = {"id": f"telephone-of-{who}-{device}", "name": f"telephone {device}"}
        asked = {"phone": PHONES[who], "purpose": "sign_in", "device_id": named["id"]}
        sent = self.journey.expect(201, "POST", "/v1/auth/otp", body=asked)
        body = {"challenge_id": sent["challenge_id"], "code": sent["sandbox_code"], "device": named}
        told = self.journey.expect(201, "POST", "/v1/auth/token", body=body)
        self.ids[who] = told["actor"]["id"]
        return str(told["access_token"])

    def decide(self, who: str, proposal: dict[str, Any]) -> None:
        """Let a second person approve."""
        body = {"content_sha256": proposal["content_sha256"]}
        self.ask(200, who, "POST", f"/approvals/{proposal['id']}/approve", body)


def _sign_in_with_device(cast: Cast) -> str:
    """Sign a member of staff in from a telephone."""
    new = NewStaff(username="desk.mover", display_name="王搬家", password=PASSWORD, roles=(Role.SUPPORT,))
    enrolled = create_staff(new, actor=SYSTEM, now=clock.now())
    body = {
        "username": new.username,
        "password": PASSWORD,
        "totp": pyotp.parse_uri(enrolled.totp_uri).at(clock.now()),
        "device": {"id": "telephone-of-a-clerk", "name": "telephone"},
    }
    return str(cast.journey.expect(201, "POST", "/v1/auth/staff/token", body=body)["access_token"])


def gather(client: FlaskClient) -> Cast:
    """Found the city and sign everybody in."""
    found_city()
    create_agency(
        slug=PARK,
        kind=AgencyKind.PARK,
        county_code=LIANDU,
        name_zh="白云国家森林公园",
        name_en="Baiyun Forest Park",
        actor=SYSTEM,
        now=clock.now(),
    )
    factors = second_factors()
    for username, roles, agency, counties in STAFF.values():
        new = NewStaff(
            username=username,
            display_name=f"王{username}",
            password=PASSWORD,
            roles=roles,
            agency_slug=agency,
            counties=counties,
        )
        enrolled = create_staff(new, actor=SYSTEM, now=clock.now())
        factors[username] = parse_qs(urlsplit(enrolled.totp_uri).query)["secret"][0]

    def wait(condition: Any) -> bool:
        work_until_idle()
        return bool(condition())

    cast = Cast(client, Journey(TestWire(client), factors, wait=wait))
    usernames = OF_THE_CITY | {name: member[0] for name, member in STAFF.items()}
    for name, username in usernames.items():
        cast.tokens[name] = cast.journey.sign_in_staff(username)
        cast.ids[name] = cast.ask(200, name, "GET", "/me")["id"]
    cast.tokens["clerk_mover"] = _sign_in_with_device(cast)
    for name in PHONES:
        cast.tokens[name] = cast.sign_in(name)
    cast.journey.tokens["resident"] = cast.tokens["alice"]
    return cast
