"""A resident does everything one can do, has a copy of it, and is forgotten: nothing of them is found, and the books balance."""

import hashlib
import json
import logging
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.demo.city import found_city, second_factors
from app.demo.journey import LIANDU, Journey, compute_year
from app.demo.journey_credits import issue_batch
from app.demo.pictures import hillside
from app.evidence.models import EvidenceFile
from app.foundation.data import clock, file_store, new_id, parse_public_id, reading, run_in_transaction
from app.foundation.http import instant_json
from app.foundation.proof import json_formatter
from app.foundation.work import work_until_idle
from app.identity.rights.print.paper import unnamed
from app.identity.rights.rules import LONGEST_REQUEST
from app.identity.rights.usecases.erasing import erase_step, look_again
from app.ledger import audit
from app.offsets.models import OrderRow
from app.payments.models import PaymentRow
from tests.identity.organisations.people import code
from tests.journeys.test_spine import TestWire
from tests.journeys.traces import place_spellings, spellings, traces

PHONE, NAME, NOTE = "13987610452", "欧阳金丝雀", "在老樟树背后的祠堂旁"
REVIEW_NOTE, RECIPIENT, HOUSEHOLD = "看见金丝雀家的水井", "司徒听雨", "金丝雀与水井之家"
TELEPHONE, QUESTION = "金丝雀的手机", "我家门牌写成了金鸡岭十七号"
# In Liandu, as a telephone measures it, in the product's own system.
LAT_E7, LON_E7 = 284_517_319, 1_199_219_467
CANARIES = {
    "phone": spellings(PHONE),
    "name": spellings(NAME),
    "note": spellings(NOTE),
    "review note": spellings(REVIEW_NOTE),
    "recipient of a gift": spellings(RECIPIENT),
    "household": spellings(HOUSEHOLD),
    "telephone": spellings(TELEPHONE),
    "question": spellings(QUESTION),
    "place": place_spellings(LAT_E7, LON_E7),
}


class Lines(logging.Handler):
    """Keeps every line of the log as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(json_formatter())
        self.written: list[bytes] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record).encode())


@pytest.fixture
def log_lines() -> Iterator[Lines]:
    lines, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(lines)
    root.setLevel(level)


@pytest.fixture
def journey(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Journey:
    monkeypatch.setitem(app.config, "LINTAN_ENV", "demo")
    found_city()

    def wait(condition: Any) -> bool:
        work_until_idle()
        return bool(condition())

    walked = Journey(TestWire(app.test_client()), second_factors(), wait=wait)
    walked.tokens["resident"] = sign_in(walked)
    return walked


def sign_in(journey: Journey) -> str:
    device = {"id": "telephone-of-a-canary", "name": TELEPHONE}
    asked = journey.expect(
        201, "POST", "/v1/auth/otp", body={"phone": PHONE, "purpose": "sign_in", "device_id": device["id"]}
    )
    body = {"challenge_id": asked["challenge_id"], "code": asked["sandbox_code"], "device": device}
    return str(journey.expect(201, "POST", "/v1/auth/token", body=body)["access_token"])


def live_in_the_city(journey: Journey) -> None:
    """Name, consents, household, a planting that is approved, a footprint, an order for oneself and a gift."""
    token = journey.resident()
    mine = journey.call("GET", "/v1/me", token=token)
    journey.expect(200, "PATCH", "/v1/me", token=token, body={"display_name": NAME}, if_match=mine.etag)
    for each in journey.expect(200, "GET", "/v1/consent-texts")["items"]:
        body = {"purpose": each["purpose"], "document_id": each["document_id"], "is_14_or_over": True}
        journey.expect(201, "POST", "/v1/me/consents", token=token, body=body)
    journey.expect(201, "POST", "/v1/households", token=token, body={"name": HOUSEHOLD})
    journey.expect(201, "POST", "/v1/tickets", token=token, body={"topic": "other", "text": QUESTION})
    organisation = {
        "name": "瓯江竹业有限公司",
        "uscc": code(),
        "county_code": LIANDU,
        "kinds": ["general"],
        "contact": {"name": NAME, "phone": PHONE},
    }
    made = journey.expect(201, "POST", "/v1/organisations", token=token, body=organisation)
    journey.expect(200, "POST", f"/v1/organisations/{made['id']}/close", token=token)
    plant(journey, token)
    issue_batch(journey)
    compute_year(journey)
    journey.found["own order"] = buy(journey, token, {"purpose": "self"})
    journey.found["gift"] = buy(journey, token, {"purpose": "gift", "beneficiary_name": RECIPIENT})


def plant(journey: Journey, token: str) -> None:
    captured_at = clock.now() - timedelta(hours=3)
    planting = journey.expect(
        201,
        "POST",
        "/v1/plantings",
        token=token,
        body={
            "client_id": str(new_id()),
            "captured_at": instant_json(captured_at),
            "species_code": "CICA",
            "tree_count": 5,
            "duty_form": "afforest",
            "county": LIANDU,
            "position": {"lat_e7": LAT_E7, "lon_e7": LON_E7, "crs": "wgs84"},
            "note": NOTE,
        },
    )
    photo = hillside(secrets.randbits(30), taken_at=captured_at, lat=LAT_E7 / 10**7, lon=LON_E7 / 10**7)
    file_id = journey.expect(201, "POST", "/v1/files", token=token, photo=photo)["id"]
    address = f"/v1/plantings/{planting['id']}"
    submitted = journey.expect(200, "POST", f"{address}/submit", token=token, body={"file_ids": [file_id]})
    case = f"/v1/reviews/{submitted['review']['case_id']}"
    verifier = journey.sign_in_staff("liandu.second")
    seen = journey.expect(200, "GET", case, token=verifier)
    answers = {
        question["id"]: next(str(each["value"]) for each in question["options"] if each["allows_approval"])
        for question in seen["subject"]["questions"]
    }
    decision = {"verdict": "approve", "answers": answers, "note": REVIEW_NOTE}
    journey.expect(200, "POST", f"{case}/decisions", token=verifier, body=decision)
    work_until_idle()
    journey.found["planting"] = planting["id"]


def buy(journey: Journey, token: str, purpose: dict[str, str]) -> Any:
    asked = {"batch_id": journey.found["batch"]["id"], "kg": 25}
    quote = journey.expect(201, "POST", "/v1/offset-quotes", token=token, body=asked)
    order = journey.expect(201, "POST", "/v1/offset-orders", token=token, body={"quote_id": quote["id"], **purpose})
    blocked = journey.expect(409, "POST", "/v1/me/erasure", token=token, body={"confirmation": "erase my account"})
    assert [each["code"] for each in blocked["errors"]] == ["order_open", "payment_open"]
    journey.expect(200, "POST", f"/sandbox/payments/{order['payment']['id']}/succeed")
    work_until_idle()
    order = journey.expect(200, "GET", f"/v1/offset-orders/{order['id']}", token=token)
    assert order["state"] == "fulfilled"
    return order


def copy_of_everything(journey: Journey) -> dict[str, Any]:
    """Ask for a copy, let the worker build it, and return the JSON after a look at the PDF."""
    token = journey.resident()
    asked = journey.expect(201, "POST", "/v1/me/exports", token=token, body={"person_id": None})
    work_until_idle()
    ready = journey.expect(200, "GET", f"/v1/me/exports/{asked['id']}", token=token)
    assert ready["state"] == "ready", ready
    by_format = {}
    for file in ready["files"]:
        content = journey.fetch(file["content_path"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["byte_count"], file["sha256"])
        by_format[file["format"]] = content
    with pypdfium2.PdfDocument(by_format["pdf"]) as document:
        printed = "".join(page.get_textpage().get_text_range() for page in document)
    assert NAME in printed
    assert str(LAT_E7) in printed
    journey.found["export"] = ready
    return dict(json.loads(by_format["json"]))


def balances() -> list[tuple[Any, ...]]:
    with reading() as session:
        rows = session.execute(text("SELECT account_id, bucket, posted, held FROM ledger_balance ORDER BY 1, 2"))
        return [tuple(row) for row in rows]


def figures(journey: Journey) -> Any:
    return journey.expect(200, "GET", f"/v1/batches/{journey.found['batch']['id']}")


def green(app: Flask) -> None:
    with reading() as session:
        findings = audit(session)
    assert findings.pop("transfers") >= 1
    assert set(findings.values()) == {0}
    runner = app.test_cli_runner()
    for command in (["log", "audit"], ["log", "check"], ["audit", "verify"], ["ledger", "seal", "verify"]):
        outcome = runner.invoke(args=command)
        assert outcome.exit_code == 0, (command, outcome.output)


def owner_url(app: Flask) -> str | None:
    return str(app.config["LINTAN_OWNER_DATABASE_URL"]) or None


def test_who_is_forgotten_leaves_no_trace_and_the_books_balance(app, home, server, journey, log_lines):
    live_in_the_city(journey)
    token = journey.resident()
    whole = copy_of_everything(journey)
    with reading() as session:
        keys = session.scalars(select(EvidenceFile.store_key)).all()
        # Its head is that of every photo in the city, and other tests have left some.
        contents = [file_store().get(key) for key in keys]
        middle = [content[len(content) // 2 :][:64] for content in contents]
    canaries = {**CANARIES, "photo": tuple(middle)}

    rooms = whole["rooms"]
    assert rooms["identity.people"]["profile"][0]["display_name"] == NAME
    assert rooms["identity.people"]["phones"][0]["phone"] == f"+86{PHONE}"
    assert rooms["planting"]["claims"][0]["note"] == NOTE
    assert rooms["review"]["decision_notes"][0]["note"] == REVIEW_NOTE
    assert [each["beneficiary_name"] for each in rooms["offsets"]["orders"]] == [None, RECIPIENT]
    assert {each["kg"] for each in rooms["offsets"]["orders"]} == {25}
    assert len(rooms["payments"]["payments"]) == len(rooms["certificates"]["commitments"]) == 2
    assert rooms["points"]["awards"][0]["points"] == 50
    assert rooms["footprint"]["footprints"][0]["total_g"] == journey.found["footprint"]["total_g"]
    assert unnamed(whole) == set()
    # The net is not torn: every canary is there before.
    assert {name for _, name in traces(app, home, owner_url(app), canaries)} == canaries.keys()

    asked = journey.expect(201, "POST", "/v1/me/erasure", token=token, body={"confirmation": "erase my account"})
    before, batch = balances(), figures(journey)
    with clock.standing_at(clock.now() + timedelta(days=8)) as hands:
        work_until_idle()
        hands.move(LONGEST_REQUEST)
        work_until_idle()
        erased = journey.expect(200, "GET", f"/v1/erasures/{asked['id']}")

        assert (erased["state"], {each["room"] for each in erased["kept"] if each["until"]}) == (
            "restricted",
            {"payments", "offsets"},
        )
        assert journey.call("GET", "/v1/me", token=token).status == 401
        assert balances() == before
        assert figures(journey) == batch
        green(app)
        number = journey.found["own order"]["certificate"]["number"]
        assert journey.expect(200, "GET", f"/v1/verify/{number}")["status"] == "valid"
        assert traces(app, home, owner_url(app), canaries) == set()
        forms = [form for name in CANARIES for form in canaries[name]]
        assert [line for line in log_lines.written if any(form in line for form in forms)] == []

        again = sign_in(journey)
        me = journey.expect(200, "GET", "/v1/me", token=again)
        assert me["id"] != whole["person_id"]
        assert me["display_name"] is None
        for path in ("/v1/plantings", "/v1/offset-orders", "/v1/certificates", "/v1/footprints", "/v1/awards"):
            assert journey.expect(200, "GET", path, token=again)["items"] == []
        assert journey.call("GET", f"/v1/plantings/{journey.found['planting']}", token=again).status == 404
        assert journey.call("GET", f"/v1/me/exports/{journey.found['export']['id']}", token=again).status == 404

    person_id = parse_public_id("per", whole["person_id"])
    for day, state, orders, payments in (
        (date(2029, 12, 1), "restricted", 0, 2),
        (date(2057, 1, 1), "erased", 0, 0),
    ):
        with clock.standing_at(clock.day_start(day)):
            run_in_transaction(lambda session: look_again(session, clock.now()))
            while erase_step():
                pass
        assert journey.expect(200, "GET", f"/v1/erasures/{asked['id']}")["state"] == state
        assert (bought_by(OrderRow.buyer_id, person_id), bought_by(PaymentRow.payer_id, person_id)) == (
            orders,
            payments,
        )
    assert balances() == before
    green(app)


def bought_by(column: Any, person_id: UUID) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).where(column == person_id)) or 0
