"""Residents who plant and verifiers who decide, over HTTP and with real sign-in."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from app.foundation.data import new_id, parse_public_id, run_in_transaction
from app.foundation.data.clock import FixedClock
from app.identity import Role
from app.places import Crs, degrees_of, position_from
from tests.evidence.pictures import LIANDU_GPS, camera_exif, jpeg
from tests.identity.people import (
    LIANDU,
    LONGQUAN,
    bearer,
    give_all_consents,
    make_agency,
    make_staff,
    sign_in,
)

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)  # 12:00 in Lishui, Arbor Day.
HILLSIDE = (28.4517, 119.9219)  # WGS-84; where LIANDU_GPS points.
E7 = 10_000_000
_phones = count(13_800_000_000)
_seeds = count(1_000)


def gcj02(lat: float = HILLSIDE[0], lon: float = HILLSIDE[1]) -> dict[str, Any]:
    """The position of a WGS-84 point as a Chinese phone sends it."""
    shown = degrees_of(position_from(lat, lon, Crs.WGS84), Crs.GCJ02)
    return {"lat_e7": round(shown.lat * E7), "lon_e7": round(shown.lon * E7), "crs": "gcj02"}


def wgs84(lat: float = HILLSIDE[0], lon: float = HILLSIDE[1]) -> dict[str, Any]:
    return {"lat_e7": round(lat * E7), "lon_e7": round(lon * E7), "crs": "wgs84"}


def camera(*, minutes_off: int = 0, gps: Any = LIANDU_GPS) -> bytes:
    """EXIF of a photo taken some minutes after the planting at noon."""
    local = NOON + timedelta(hours=8, minutes=minutes_off)
    return camera_exif(gps=gps, taken=local.strftime("%Y:%m:%d %H:%M:%S"), offset="+08:00")


def photo(*, seed: int | None = None, exif: bytes | None = None) -> bytes:
    """A JPEG like no other, unless the seed is given."""
    options = {} if exif is None else {"exif": exif}
    return jpeg(seed=next(_seeds) if seed is None else seed, **options)


@dataclass
class Caller:
    """Somebody signed in."""

    client: FlaskClient
    headers: dict[str, str]
    id: UUID | None = None

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, headers={**self.headers, **more.pop("headers", {})}, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.post(path, json=body, headers=headers, **more)

    def patch(self, path: str, body: Any, *, etag: str | None) -> Any:
        headers = self.headers if etag is None else {**self.headers, "If-Match": etag}
        return self.client.patch(path, json=body, headers=headers)


@dataclass
class Resident(Caller):
    """A resident with the app."""

    phone: str = ""

    def upload(self, content: bytes | None = None) -> str:
        form = {"file": (io.BytesIO(photo() if content is None else content), "a.jpg"), "purpose": "planting"}
        answer = self.client.post("/v1/files", data=form, content_type="multipart/form-data", headers=self.headers)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def record(self, **changed: Any) -> Any:
        return self.post("/v1/plantings", new_planting(**changed))

    def draft(self, **changed: Any) -> dict[str, Any]:
        answer = self.record(**changed)
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def submit(self, planting: dict[str, Any] | str, *contents: bytes) -> Any:
        """Upload the photos, one of its own kind if none is given, and submit."""
        planting_id = planting if isinstance(planting, str) else planting["id"]
        file_ids = [self.upload(content) for content in contents or (photo(),)]
        return self.post(f"/v1/plantings/{planting_id}/submit", {"file_ids": file_ids})

    def claim(self, *contents: bytes, **changed: Any) -> dict[str, Any]:
        """Record and submit."""
        answer = self.submit(self.draft(**changed), *contents)
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def read(self, planting: dict[str, Any]) -> dict[str, Any]:
        answer = self.get(f"/v1/plantings/{planting['id']}")
        assert answer.status_code == 200, answer.json
        return dict(answer.json)


@dataclass
class Verifier(Caller):
    """A verifier at the console."""

    username: str = ""

    def queue(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.get("/v1/reviews", query_string=query)
        assert answer.status_code == 200, answer.json
        return list(answer.json["items"])

    def case(self, planting: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = self.get(f"/v1/reviews/{planting['review']['case_id']}", **more)
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def decide(self, planting: dict[str, Any], verdict: str = "approve", **more: Any) -> Any:
        return self.post(f"/v1/reviews/{planting['review']['case_id']}/decisions", {"verdict": verdict, **more})

    def approve(self, planting: dict[str, Any]) -> Any:
        """Approve with the answer that allows it to every question."""
        questions = self.case(planting)["subject"]["questions"]
        return self.decide(planting, answers={each["id"]: each["options"][0]["value"] for each in questions})


def new_planting(**changed: Any) -> dict[str, Any]:
    """Five camphor trees in Liandu, recorded at noon without a network."""
    return {
        "client_id": str(new_id()),
        "species_code": "CICA",
        "tree_count": 5,
        "duty_form": "afforest",
        "captured_at": "2026-03-12T04:00:00Z",
        "position": gcj02(),
        "county": LIANDU,
        **changed,
    }


@dataclass
class City:
    """Two bureaus with their verifiers, made when first asked for."""

    client: FlaskClient
    hands: FixedClock
    _agencies: dict[str, Any] = field(default_factory=dict)
    _names: Any = field(default_factory=lambda: count(1))

    def agency(self, county: str) -> str:
        slug = {LIANDU: "liandu-forestry", LONGQUAN: "longquan-forestry"}[county]
        if county not in self._agencies:
            self._agencies[county] = make_agency(slug, county=county)
        return slug

    def resident(self, name: str | None = "张小明", *, agrees: bool = True) -> Resident:
        phone = str(next(_phones))
        told = sign_in(self.client, phone)
        resident = Resident(self.client, bearer(told), phone=phone)
        me = resident.get("/v1/me")
        if agrees:
            person_id = parse_public_id("per", me.json["id"])
            run_in_transaction(lambda session: give_all_consents(session, person_id))
        if name is not None:
            assert resident.patch("/v1/me", {"display_name": name}, etag=me.headers["ETag"]).status_code == 200
        return resident

    def verifier(self, county: str = LIANDU, **more: Any) -> Verifier:
        username = f"verifier.{next(self._names)}"
        member = make_staff(username, role=Role.VERIFIER, agency_slug=self.agency(county), **more)
        return self._staff(member, Verifier(self.client, {}, id=member.id, username=username))

    def auditor(self) -> Verifier:
        member = make_staff(f"auditor.{next(self._names)}", role=Role.AUDITOR)
        return self._staff(member, Verifier(self.client, {}, id=member.id))

    def _staff(self, member: Any, caller: Verifier) -> Verifier:
        answer = member.sign_in(self.client)
        assert answer.status_code == 201, answer.json
        caller.headers = bearer(answer.json)
        return caller


def moved(minutes: int = 0, days: int = 0) -> str:
    """An instant after noon, as an app writes it."""
    return (NOON + timedelta(minutes=minutes, days=days)).isoformat().replace("+00:00", "Z")
