"""A batch large enough for a benchmark's orders, and the quotes that they are placed by."""

import http.client
import json
from collections.abc import Iterator
from uuid import uuid4

import config
from app import create_app
from app.foundation.data import db
from tests.credits.people import Register
from tests.identity.people import make_agency
from tests.offsets.shop import Shop

BATCH_KG = 1_000_000
QINGTIAN = "331121"  # No county in which the demo city has an office of this kind.
Address = tuple[str, int]


def stock() -> None:
    """Issue a batch by two registrars, and name who is paid for it, in the database that the environment names."""
    app = create_app(config.load())
    with app.app_context():
        Shop(app, Register(make_agency("bench-forestry", county=QINGTIAN))).batch(BATCH_KG)
        db.engine.dispose()


def agree(address: Address, token: str) -> None:
    """Let the buyer agree that the payment's data go abroad: an order is refused without it."""
    connection = http.client.HTTPConnection(*address)
    connection.request("GET", "/v1/consent-texts")
    texts = json.loads(connection.getresponse().read())["items"]
    (text,) = [each for each in texts if each["purpose"] == "cross_border_payment"]
    body = {"purpose": text["purpose"], "document_id": text["document_id"], "is_14_or_over": True}
    post(address, token, "/v1/me/consents", body, over=connection)


def quotes(address: Address, token: str, count: int) -> Iterator[str]:
    """Return the ids of `count` fresh quotes of one kilogram."""
    return iter([str(post(address, token, "/v1/offset-quotes", {"kg": 1})["id"]) for _ in range(count)])


def place(address: Address, token: str, quote_ids: Iterator[str], count: int) -> None:
    """Place `count` orders over one connection, each by a quote of its own."""
    connection = http.client.HTTPConnection(*address)
    for _ in range(count):
        post(address, token, "/v1/offset-orders", {"quote_id": next(quote_ids), "purpose": "self"}, over=connection)


def post(
    address: Address,
    token: str,
    path: str,
    body: dict[str, object],
    *,
    over: http.client.HTTPConnection | None = None,
) -> dict[str, object]:
    """Send a POST under a key of its own and return the answer, which must be 201."""
    connection = over or http.client.HTTPConnection(*address)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid4()),
    }
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    content: dict[str, object] = json.loads(answer.read())
    if answer.status != 201:
        raise SystemExit(f"{path} answers {answer.status}: {content}")
    return content
