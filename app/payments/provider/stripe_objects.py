"""Stripe's objects, from its answers and from its messages, in our words. What cannot be read is None, never an exception."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.foundation.data import JSON_INTEGER_MAX, MalformedId, parse_public_id
from app.payments.provider.port import (
    ProviderDispute,
    ProviderEvent,
    ProviderPayment,
    ProviderRefund,
    ProviderStatus,
    Subject,
)
from app.payments.rules import DisputeState, RefundState

_SUBJECTS = {
    "payment_intent.succeeded": Subject.PAYMENT,
    "payment_intent.payment_failed": Subject.PAYMENT,
    "payment_intent.canceled": Subject.PAYMENT,
    "payment_intent.processing": Subject.PAYMENT,
    "charge.refunded": Subject.REFUNDS_OF_PAYMENT,
    "refund.created": Subject.REFUND,
    "refund.updated": Subject.REFUND,
    "refund.failed": Subject.REFUND,
    "charge.dispute.created": Subject.DISPUTE,
    "charge.dispute.updated": Subject.DISPUTE,
    "charge.dispute.closed": Subject.DISPUTE,
}
TYPES = tuple(_SUBJECTS)  # What the webhook is subscribed to.
_FINAL = frozenset({"payment_intent.succeeded", "payment_intent.canceled"})

_PAYMENT_STATUS = {
    "requires_payment_method": ProviderStatus.WAITING,
    "requires_confirmation": ProviderStatus.WAITING,
    "requires_action": ProviderStatus.WAITING,
    "requires_capture": ProviderStatus.WAITING,
    "processing": ProviderStatus.WAITING,
    "succeeded": ProviderStatus.SUCCEEDED,
    "canceled": ProviderStatus.CANCELED,
}
_REFUND_STATE = {
    "pending": RefundState.SENT,
    "requires_action": RefundState.SENT,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_DISPUTE_STATE = {
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "warning_needs_response": DisputeState.OPEN,
    "warning_under_review": DisputeState.OPEN,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
# Of a message's object only these are kept: a charge also carries the payer's name and address.
_KEPT = (
    "id",
    "object",
    "status",
    "amount",
    "amount_received",
    "amount_refunded",
    "currency",
    "payment_intent",
    "livemode",
)
_KEPT_METADATA = ("payment", "refund")
_TEXT_MAX = 255
_YEAR_3000 = 32_503_680_000


def payment_of(values: Mapping[str, Any], *, publishable_key: str) -> ProviderPayment | None:
    """Read a PaymentIntent."""
    status = _PAYMENT_STATUS.get(_text(values.get("status")))
    ref, amount = _text(values.get("id")), _amount(values.get("amount"))
    if status is None or not ref or amount is None:
        return None
    if status is ProviderStatus.WAITING and values.get("last_payment_error"):
        status = ProviderStatus.FAILED
    secret = _text(values.get("client_secret"))
    return ProviderPayment(
        ref=ref,
        payment_id=_our_id("pay", values),
        status=status,
        amount_fen=amount,
        received_fen=_amount(values.get("amount_received")) or 0,
        currency=_text(values.get("currency")),
        is_live=values.get("livemode") is True,
        client_payload={"client_secret": secret, "publishable_key": publishable_key} if secret else {},
    )


def refund_of(values: Mapping[str, Any]) -> ProviderRefund | None:
    """Read a refund."""
    state = _REFUND_STATE.get(_text(values.get("status")))
    ref, amount = _text(values.get("id")), _amount(values.get("amount"))
    if state is None or not ref or amount is None:
        return None
    return ProviderRefund(
        ref=ref,
        refund_id=_our_id("ref", values),
        payment_ref=_text(values.get("payment_intent")),
        state=state,
        amount_fen=amount,
        currency=_text(values.get("currency")),
    )


def dispute_of(values: Mapping[str, Any]) -> ProviderDispute | None:
    """Read a dispute."""
    state = _DISPUTE_STATE.get(_text(values.get("status")))
    ref, amount = _text(values.get("id")), _amount(values.get("amount"))
    if state is None or not ref or amount is None:
        return None
    return ProviderDispute(
        ref=ref,
        payment_ref=_text(values.get("payment_intent")),
        state=state,
        amount_fen=amount,
        currency=_text(values.get("currency")),
    )


def event_in(body: bytes, *, publishable_key: str) -> ProviderEvent | None:
    """Read an event from the bytes of a message."""
    try:
        values = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    return event_of(values, publishable_key=publishable_key)


def event_of(values: Any, *, publishable_key: str) -> ProviderEvent | None:
    """Read an event, whole or as it was kept."""
    if not isinstance(values, dict):
        return None
    event_id, kind, created = _text(values.get("id")), _text(values.get("type")), values.get("created")
    inner = values.get("data")
    told = inner.get("object") if isinstance(inner, dict) else None
    if not event_id or not kind or not isinstance(told, dict) or isinstance(created, bool):
        return None
    if not isinstance(created, int) or not 0 <= created < _YEAR_3000 or not isinstance(values.get("livemode"), bool):
        return None
    subject = _SUBJECTS.get(kind, Subject.OTHER)
    kept = _kept(told)
    ref = _text(kept.get("id"))
    return ProviderEvent(
        id=event_id,
        type=kind,
        created_at=datetime.fromtimestamp(created, UTC),
        is_live=values["livemode"],
        subject=subject,
        ref=ref,
        payment_ref=(ref if subject is Subject.PAYMENT else _text(kept.get("payment_intent"))) or None,
        payment_id=_our_id("pay", kept),
        refund_id=_our_id("ref", kept),
        payload={
            "id": event_id,
            "type": kind,
            "created": created,
            "livemode": values["livemode"],
            "data": {"object": kept},
        },
        payment=payment_of(kept, publishable_key=publishable_key) if subject is Subject.PAYMENT else None,
        is_final=kind in _FINAL,
    )


def _kept(told: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: told[name] for name in _KEPT if _is_plain(told.get(name))}
    metadata = told.get("metadata")
    if isinstance(metadata, dict):
        kept["metadata"] = {name: metadata[name] for name in _KEPT_METADATA if _text(metadata.get(name))}
    if told.get("last_payment_error"):
        kept["last_payment_error"] = True
    return kept


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool) or _amount(value) is not None or bool(_text(value))


def _text(value: Any) -> str:
    """Return a short text that every database can keep, else nothing."""
    if not isinstance(value, str) or not 0 < len(value) <= _TEXT_MAX or not value.isascii() or "\x00" in value:
        return ""
    return value


def _amount(value: Any) -> int | None:
    is_amount = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= JSON_INTEGER_MAX
    return value if is_amount else None


def _our_id(prefix: str, values: Mapping[str, Any]) -> UUID | None:
    metadata = values.get("metadata")
    text = _text(metadata.get({"pay": "payment", "ref": "refund"}[prefix])) if isinstance(metadata, Mapping) else ""
    try:
        return parse_public_id(prefix, text)
    except MalformedId:
        return None
