"""Stripe's HTTP interface, as far as we use it, answered in the process: stripe-python cannot tell the difference.

Keys are kept as Stripe keeps them: the same key with the same parameters gives the first answer, with others an error.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.foundation.data import clock, insert_once, rows_written, run_in_transaction
from app.payments.sandbox import books
from app.payments.sandbox.books import Refused
from app.payments.sandbox.models import (
    SandboxBalanceRow,
    SandboxDisputeRow,
    SandboxEventRow,
    SandboxKeyRow,
    SandboxRefundRow,
)

_PATH = re.compile(r"/v1/(?P<kind>[a-z_]+)(?:/(?P<ref>[A-Za-z0-9_]+)(?:/(?P<verb>[a-z]+))?)?")
_METADATA = re.compile(r"metadata\[(\w{1,40})\]")
LISTED_AT_ONCE = 100

Params = dict[str, str]
Answer = tuple[int, dict[str, Any]]


class SandboxHTTPClient(stripe.HTTPClient):
    """Where requests to the sandbox go."""

    name = "lintan-sandbox"

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer one request, with its key, in a transaction of the provider's own."""
        parts = urlsplit(url)
        params = dict(parse_qsl(str(post_data or parts.query), keep_blank_values=True))
        key = (headers or {}).get("Idempotency-Key") if method == "post" else None
        status, body = run_in_transaction(lambda session: _keyed(session, key, method, parts.path, params))
        return body, status, {"Content-Type": "application/json"}

    def close(self) -> None:
        """There is no connection to close."""


def _keyed(session: Session, key: str | None, method: str, path: str, params: Params) -> tuple[int, str]:
    if key is None:
        status, told = _answer(session, method, path, params)
        return status, json.dumps(told)
    text = json.dumps([method, path, sorted(params.items())])
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    if not insert_once(session, SandboxKeyRow, key=key, fingerprint=fingerprint, created_at=clock.now()):
        kept = session.get(SandboxKeyRow, key, populate_existing=True)
        if kept is None or kept.fingerprint != fingerprint:
            return 400, json.dumps(_error("idempotency_key_in_use", kind="idempotency_error"))
        return kept.status or 500, kept.body or ""
    status, told = _answer(session, method, path, params)
    body = json.dumps(told)
    rows_written(session, update(SandboxKeyRow).where(SandboxKeyRow.key == key).values(status=status, body=body))
    return status, body


def _answer(session: Session, method: str, path: str, params: Params) -> Answer:
    match = _PATH.fullmatch(path)
    try:
        if match is None:
            raise Refused("resource_missing", 404)
        ask = _posted if method == "post" else _read
        return 200, ask(session, match["kind"], match["ref"], match["verb"], params)
    except Refused as refusal:
        return refusal.status, _error(refusal.code)


def _posted(session: Session, kind: str, ref: str | None, verb: str | None, params: Params) -> dict[str, Any]:
    match kind, ref, verb:
        case "payment_intents", None, None:
            if params.get("currency") != "cny":
                raise Refused("invalid_currency")
            row = books.create_intent(
                session, amount=_amount(params), currency=params["currency"], details=_metadata(params)
            )
            return books.intent_json(row)
        case "payment_intents", str(), "cancel":
            books.cancel(session, ref)
            return books.intent_json(books.get_intent(session, ref))
        case "refunds", None, None:
            refund = books.create_refund(
                session, params.get("payment_intent", ""), amount=_amount(params), details=_metadata(params)
            )
            return books.refund_json(refund)
    raise Refused("resource_missing", 404)


def _read(session: Session, kind: str, ref: str | None, verb: str | None, params: Params) -> dict[str, Any]:
    match kind, ref:
        case "payment_intents", str():
            return books.intent_json(books.get_intent(session, ref))
        case "refunds", str():
            refund = session.get(SandboxRefundRow, ref, populate_existing=True)
            if refund is not None:
                return books.refund_json(refund)
        case "refunds", None:
            refunds = session.scalars(
                select(SandboxRefundRow)
                .where(SandboxRefundRow.intent_id == params.get("payment_intent", ""))
                .limit(LISTED_AT_ONCE)
            )
            return _list(kind, [books.refund_json(row) for row in refunds])
        case "disputes", str():
            dispute = session.get(SandboxDisputeRow, ref, populate_existing=True)
            if dispute is not None:
                return books.dispute_json(dispute)
        case "events", None:
            return _list(kind, _events(session, params))
        case "balance_transactions", None:
            lines = session.scalars(
                select(SandboxBalanceRow).order_by(SandboxBalanceRow.id.desc()).limit(LISTED_AT_ONCE)
            )
            return _list(kind, [_balance_json(row) for row in lines])
    raise Refused("resource_missing", 404)


def _events(session: Session, params: Params) -> list[dict[str, Any]]:
    query = select(SandboxEventRow).order_by(SandboxEventRow.created_at.desc(), SandboxEventRow.id.desc())
    if "delivery_success" in params:
        query = query.where(SandboxEventRow.is_delivered == (params["delivery_success"] == "true"))
    return [event_json(row) for row in session.scalars(query.limit(LISTED_AT_ONCE))]


def event_json(row: SandboxEventRow) -> dict[str, Any]:
    """Return a message as Stripe writes it."""
    return {
        "id": row.id,
        "object": "event",
        "type": row.type,
        "created": int(row.created_at.timestamp()),
        "livemode": False,
        "data": {"object": row.told},
    }


def _balance_json(row: SandboxBalanceRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "object": "balance_transaction",
        "type": row.kind,
        "source": row.source,
        "amount": row.amount,
        "net": row.amount,
        "fee": 0,
        "currency": "cny",
        "created": int(row.created_at.timestamp()),
    }


def _list(kind: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "url": f"/v1/{kind}", "has_more": False, "data": items}


def _error(code: str, *, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"type": kind, "code": code, "message": code}}


def _amount(params: Params) -> int:
    text = params.get("amount", "")
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= 8 and int(text) > 0):
        raise Refused("parameter_invalid_integer")
    return int(text)


def _metadata(params: Params) -> dict[str, Any]:
    return {match[1]: value for name, value in params.items() if (match := _METADATA.fullmatch(name))}
