"""The main journey over HTTP, step by step; each returns the line that tells what was seen."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp

from app.demo.people import LIANDU, PASSWORD, RESIDENTS
from app.demo.pictures import hillside
from app.demo.wire import Answer, Caller
from app.foundation.data import clock, new_id
from app.foundation.http import instant_json
from app.places import Crs, degrees_of, position_from

# A hillside in Liandu, in WGS-84; the app sends what a Chinese phone measures, GCJ-02.
HILLSIDE = (28.4517, 119.9219)
CAMPHOR, TREES = "CICA", 5
# What the journey does with a resident's data; the fourth text, on full names in public, it has no use for.
AGREED_TO = ("location", "photos", "cross_border_payment")


class StepFailed(Exception):
    """A step saw something else than it should."""


@dataclass
class Journey:
    """What the steps share.

    Args:
        call: sends a request.
        second_factors: base-32 secrets of staff by name.
        wait: waits until a condition holds, and returns whether it does.
    """

    call: Caller
    second_factors: dict[str, str]
    wait: Callable[[Callable[[], bool]], bool]
    tokens: dict[str, str] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)

    def resident(self) -> str:
        """Return the access token of a resident; the first sign-in opens the person.

        A number gets one code a minute, so whoever walks again at once walks as the next resident.
        """
        if "resident" in self.tokens:
            return self.tokens["resident"]
        for each in RESIDENTS:
            device = {"id": str(UUID(int=int(each.phone))), "name": "demo"}
            body: dict[str, Any] = {"phone": each.phone, "purpose": "sign_in", "device_id": device["id"]}
            asked = self.call("POST", "/v1/auth/otp", body=body)
            if asked.status == 201:
                body = {
                    "challenge_id": asked.json["challenge_id"],
                    "code": asked.json["sandbox_code"],
                    "device": device,
                }
                self.tokens["resident"] = self.expect(201, "POST", "/v1/auth/token", body=body)["access_token"]
                self._say_name(self.tokens["resident"], each.name)
                return self.tokens["resident"]
        raise StepFailed("all three residents had a code within the last minute: wait one")

    def _say_name(self, token: str, name: str) -> None:
        """Give a new account its name, for the certificate to show masked."""
        mine = self.call("GET", "/v1/me", token=token)
        if mine.json["display_name"] is None:
            self.expect(200, "PATCH", "/v1/me", token=token, body={"display_name": name}, if_match=mine.etag)

    def sign_in_staff(self, username: str) -> str:
        """Return the access token of a member of staff; a code counts once, so this may wait for the next one."""
        if username in self.tokens:
            return self.tokens[username]
        totp, tried = pyotp.TOTP(self.second_factors[username]), set[str]()

        def is_let_in() -> bool:
            code = totp.at(clock.now())
            if code in tried:
                return False
            tried.add(code)
            body = {"username": username, "password": PASSWORD, "totp": code}
            answer = self.call("POST", "/v1/auth/staff/token", body=body)
            if answer.status == 201:
                self.tokens[username] = answer.json["access_token"]
            return answer.status == 201

        if not self.wait(is_let_in):
            raise StepFailed(f"{username} cannot sign in")
        return self.tokens[username]

    def expect(self, status: int, method: str, path: str, **more: Any) -> Any:
        """Send a request and return the body; any other status than `status` ends the journey."""
        answer: Answer = self.call(method, path, **more)
        if answer.status != status:
            raise StepFailed(f"{method} {path} answers {answer.status}, not {status}: {answer.json}")
        return answer.json

    def fetch(self, path: str) -> bytes:
        """Return a file that anybody may fetch; a file that is not there within the time one waits ends the journey."""
        answers: list[Answer] = []

        def is_there() -> bool:
            answers.append(self.call("GET", path))
            return answers[-1].status == 200

        if not self.wait(is_there):
            raise StepFailed(f"GET {path} answers {answers[-1].status}: {answers[-1].content[:200]!r}")
        return answers[-1].content


def agree_to_texts(journey: Journey) -> str:
    """A resident reads what the app asks consent for and agrees to what planting and paying take, one text at a time."""
    token = journey.resident()
    texts = {each["purpose"]: each for each in journey.expect(200, "GET", "/v1/consent-texts")["items"]}
    agreed = []
    for purpose in AGREED_TO:
        text = texts[purpose]
        body = {"purpose": purpose, "document_id": text["document_id"], "is_14_or_over": True}
        answer = journey.call("POST", "/v1/me/consents", token=token, body=body)
        if answer.status not in (200, 201):  # Whoever walks again has agreed before.
            raise StepFailed(f"agreeing to {purpose} answers {answer.status}: {answer.json}")
        agreed.append(f"{text['title']} v{text['version']}")
    stands = journey.expect(200, "GET", "/v1/me/consents", token=token)["items"]
    missing = [each["purpose"] for each in stands if each["purpose"] in AGREED_TO and not each["is_in_effect"]]
    if missing:
        raise StepFailed(f"agreed, and yet not in effect: {missing}")
    left = [each["current_text"]["title"] for each in stands if each["state"] == "never"]
    return f"agreed to {', '.join(agreed)}, each by itself; not asked for: {', '.join(left) or 'none'}"


def plant_trees(journey: Journey) -> str:
    """A resident records five camphor trees that were planted offline, adds two photos, and submits."""
    token = journey.resident()
    captured_at = clock.now() - timedelta(hours=3)
    # Each run plants elsewhere, some hundred metres apart: the same trees twice would be a doubt.
    lat, lon = (degree + (secrets.randbelow(2_000) - 1_000) / 50_000 for degree in HILLSIDE)
    shown = degrees_of(position_from(lat, lon, Crs.WGS84), Crs.GCJ02)
    planting = journey.expect(
        201,
        "POST",
        "/v1/plantings",
        token=token,
        body={
            "client_id": str(new_id()),
            "captured_at": instant_json(captured_at),
            "species_code": CAMPHOR,
            "tree_count": TREES,
            "duty_form": "afforest",
            "county": LIANDU,
            "position": {"lat_e7": round(shown.lat * 10**7), "lon_e7": round(shown.lon * 10**7), "crs": "gcj02"},
        },
    )
    photos = (
        hillside(secrets.randbits(30), taken_at=captured_at + timedelta(minutes=4), lat=lat, lon=lon),
        hillside(secrets.randbits(30)),
    )
    files = [journey.expect(201, "POST", "/v1/files", token=token, photo=photo)["id"] for photo in photos]
    address = f"/v1/plantings/{planting['id']}"
    submitted = journey.expect(200, "POST", f"{address}/submit", token=token, body={"file_ids": files})
    journey.found["planting"] = submitted
    return f"{planting['id']}: {TREES} trees recorded offline in GCJ-02, two photos, submitted to {submitted['review']['agency']}"


def approve_trees(journey: Journey) -> str:
    """The verifier of the county approves; another county's verifier is told there is nothing; points arrive."""
    case = f"/v1/reviews/{journey.found['planting']['review']['case_id']}"
    stranger = journey.call("GET", case, token=journey.sign_in_staff("longquan.verifier"))
    if stranger.status != 404:
        raise StepFailed(f"the verifier of Longquan gets {stranger.status} for a case of Liandu")
    verifier = journey.sign_in_staff("liandu.second")
    seen = journey.expect(200, "GET", case, token=verifier)
    answers = {question["id"]: _answer_for_approval(question) for question in seen["subject"]["questions"]}
    journey.expect(200, "POST", f"{case}/decisions", token=verifier, body={"verdict": "approve", "answers": answers})
    resident = journey.resident()
    planting = journey.expect(200, "GET", f"/v1/plantings/{journey.found['planting']['id']}", token=resident)
    address = f"/v1/awards/{planting['award']['id']}"

    def is_posted() -> bool:
        award = journey.found["award"] = journey.expect(200, "GET", address, token=resident)
        return any(part["kind"] == "now" and part["state"] == "posted" for part in award["parts"])

    if not journey.wait(is_posted):
        raise StepFailed(f"the points are not posted: {journey.found['award']}")
    award, account = journey.found["award"], journey.expect(200, "GET", "/v1/me/account", token=resident)
    arithmetic = "；".join(line["text"] for line in award["lines"])
    return f"approved in Liandu, 404 in Longquan; {award['rule']['text']}：{arithmetic}；free {account['free_points']}"


def _answer_for_approval(question: Any) -> str:
    return next(str(option["value"]) for option in question["options"] if option["allows_approval"])


def compute_year(journey: Journey) -> str:
    """The resident computes last year's footprint and sees each factor, with its source and how well it is known."""
    year = clock.civil_day(clock.now()).year - 1
    activities = {
        "electricity": {"energy_wh": 2_400_000},
        "natural_gas": {"volume_l": 180_000},
        "car": {"distance_m": 6_000_000},
        "rail": {"passenger_m": 1_200_000},
        "flight": {"passenger_m": 2_400_000},
    }
    footprint = journey.expect(
        201,
        "POST",
        "/v1/footprints",
        token=journey.resident(),
        body={"year": year, "county": LIANDU, "activities": activities},
    )
    journey.found["footprint"] = footprint
    for line in footprint["lines"]:
        if not line["factor"]["source"] or not line["factor"]["status"]:
            raise StepFailed(f"a factor does not say where it comes from: {line}")
    sentences = "；".join(line["text"] for line in footprint["lines"])
    return (
        f"{footprint['id']}: {footprint['total_g']} g in {year}, mixed scopes {footprint['mixed_scopes']}；{sentences}"
    )
