"""What the sandbox provider does: its side of payments, refunds and disputes, and the payer's."""

import secrets
import zlib
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.data import clock, crockford, new_id
from app.foundation.work import publish
from app.payments.sandbox.models import (
    SandboxBalanceRow,
    SandboxDisputeRow,
    SandboxEventRow,
    SandboxIntentRow,
    SandboxRefundRow,
)

WEBHOOK, REFUND_SETTLES = "payments.sandbox_webhook", "payments.sandbox_refund"
OPEN = frozenset({"requires_payment_method", "processing"})
REORDERED_WITHIN_S = 5


class Refused(Exception):
    """The sandbox's answer is an error of the 4xx kind."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


def create_intent(session: Session, *, amount: int, currency: str, details: dict[str, Any]) -> SandboxIntentRow:
    """Open an intent that waits for its payer."""
    ref = f"pi_{crockford(new_id())}"
    row = SandboxIntentRow(
        id=ref,
        amount=amount,
        amount_received=0,
        currency=currency,
        status="requires_payment_method",
        last_error=None,
        client_secret=f"{ref}_secret_{secrets.token_hex(12)}",
        details=details,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def get_intent(session: Session, ref: str) -> SandboxIntentRow:
    """Return an intent, locked."""
    query = select(SandboxIntentRow).where(SandboxIntentRow.id == ref)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise Refused("resource_missing", 404)
    return row


def succeed(session: Session, ref: str) -> SandboxEventRow:
    """Let the payer pay."""
    row = _open(session, ref)
    row.status, row.amount_received, row.last_error = "succeeded", row.amount, None
    _book(session, "charge", ref, row.amount)
    return emit(session, "payment_intent.succeeded", intent_json(row))


def fail(session: Session, ref: str) -> SandboxEventRow:
    """Let the payer's bank refuse; the payer may try again."""
    row = _open(session, ref)
    row.status, row.last_error = "requires_payment_method", "card_declined"
    return emit(session, "payment_intent.payment_failed", intent_json(row))


def cancel(session: Session, ref: str) -> SandboxEventRow:
    """Close an intent that nobody has paid."""
    row = _open(session, ref)
    row.status = "canceled"
    return emit(session, "payment_intent.canceled", intent_json(row))


def create_refund(session: Session, ref: str, *, amount: int, details: dict[str, Any]) -> SandboxRefundRow:
    """Take a refund in; it reaches the payer a little later, as with wallets. More than was paid is refused."""
    intent = get_intent(session, ref)
    gone = session.scalar(
        select(func.coalesce(func.sum(SandboxRefundRow.amount), 0)).where(
            SandboxRefundRow.intent_id == ref, SandboxRefundRow.status != "failed"
        )
    )
    if intent.status != "succeeded":
        raise Refused("payment_intent_unexpected_state")
    if amount < 1 or int(gone or 0) + amount > intent.amount_received:
        raise Refused("charge_already_refunded" if gone == intent.amount_received else "amount_too_large")
    row = SandboxRefundRow(
        id=f"re_{crockford(new_id())}",
        intent_id=ref,
        amount=amount,
        status="pending",
        details=details,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    emit(session, "refund.created", refund_json(row))
    publish(session, REFUND_SETTLES, row.id, {"refund": row.id})
    return row


def settle_refund(session: Session, ref: str, *, arrives: bool) -> None:
    """Let a refund reach the payer, or come back; a refund that had arrived may come back too."""
    row = session.get(SandboxRefundRow, ref, with_for_update=True, populate_existing=True)
    if row is None or row.status == "failed" or (row.status == "succeeded" and arrives):
        return
    if arrives:
        row.status = "succeeded"
        _book(session, "refund", ref, -row.amount)
        emit(session, "charge.refunded", _charge_json(session, row))
        emit(session, "refund.updated", refund_json(row))
        return
    if row.status == "succeeded":
        _book(session, "refund_failure", ref, row.amount)
    row.status = "failed"
    emit(session, "refund.failed", refund_json(row))


def open_dispute(session: Session, ref: str) -> SandboxEventRow:
    """Let the payer's bank ask for everything back."""
    intent = get_intent(session, ref)
    disputed = session.scalar(select(SandboxDisputeRow.id).where(SandboxDisputeRow.intent_id == ref))
    if intent.status != "succeeded" or disputed is not None:
        raise Refused("charge_not_disputable")
    row = SandboxDisputeRow(
        id=f"dp_{crockford(new_id())}",
        intent_id=ref,
        amount=intent.amount,
        status="needs_response",
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return emit(session, "charge.dispute.created", dispute_json(row))


def close_dispute(session: Session, ref: str, *, won: bool) -> SandboxEventRow:
    """Decide the open dispute about an intent."""
    query = select(SandboxDisputeRow).where(
        SandboxDisputeRow.intent_id == ref, SandboxDisputeRow.status == "needs_response"
    )
    row = session.scalar(query.with_for_update())
    if row is None:
        raise Refused("no_open_dispute")
    row.status = "won" if won else "lost"
    if not won:
        _book(session, "adjustment", row.id, -row.amount)
    return emit(session, "charge.dispute.closed", dispute_json(row))


def emit(session: Session, kind: str, told: dict[str, Any]) -> SandboxEventRow:
    """Write down a message and send it through the outbox: more than once, late or out of order where the settings say so."""
    now = clock.now()
    row = SandboxEventRow(id=f"evt_{crockford(new_id())}", type=kind, told=told, is_delivered=False, created_at=now)
    session.add(row)
    session.flush()
    config = current_app.config
    for copy in range(config["LINTAN_PAYMENTS_SANDBOX_COPIES"]):
        key = f"{row.id}:{copy}"
        wait_s = config["LINTAN_PAYMENTS_SANDBOX_DELAY_S"]
        if config["LINTAN_PAYMENTS_SANDBOX_REORDER"]:
            wait_s += zlib.crc32(key.encode()) % REORDERED_WITHIN_S
        publish(session, WEBHOOK, key, {"event": row.id}, due_at=now + timedelta(seconds=wait_s))
    return row


def intent_json(row: SandboxIntentRow) -> dict[str, Any]:
    """Return an intent as Stripe writes it, as far as it is read."""
    return {
        "id": row.id,
        "object": "payment_intent",
        "amount": row.amount,
        "amount_received": row.amount_received,
        "currency": row.currency,
        "status": row.status,
        "last_payment_error": {"code": row.last_error, "type": "card_error"} if row.last_error else None,
        "client_secret": row.client_secret,
        "metadata": row.details,
        "livemode": False,
        "created": int(row.created_at.timestamp()),
    }


def refund_json(row: SandboxRefundRow) -> dict[str, Any]:
    """Return a refund as Stripe writes it, as far as it is read."""
    return {
        "id": row.id,
        "object": "refund",
        "amount": row.amount,
        "currency": "cny",
        "status": row.status,
        "payment_intent": row.intent_id,
        "metadata": row.details,
        "created": int(row.created_at.timestamp()),
    }


def dispute_json(row: SandboxDisputeRow) -> dict[str, Any]:
    """Return a dispute as Stripe writes it, as far as it is read."""
    return {
        "id": row.id,
        "object": "dispute",
        "amount": row.amount,
        "currency": "cny",
        "status": row.status,
        "payment_intent": row.intent_id,
        "metadata": {},
        "livemode": False,
        "created": int(row.created_at.timestamp()),
    }


def _charge_json(session: Session, refund: SandboxRefundRow) -> dict[str, Any]:
    refunded = session.scalar(
        select(func.sum(SandboxRefundRow.amount)).where(
            SandboxRefundRow.intent_id == refund.intent_id, SandboxRefundRow.status == "succeeded"
        )
    )
    return {
        "id": f"ch_{refund.intent_id.removeprefix('pi_')}",
        "object": "charge",
        "payment_intent": refund.intent_id,
        "amount_refunded": int(refunded or 0),
        "currency": "cny",
        "metadata": {},
        "livemode": False,
    }


def _open(session: Session, ref: str) -> SandboxIntentRow:
    row = get_intent(session, ref)
    if row.status not in OPEN:
        raise Refused("payment_intent_unexpected_state")
    return row


def _book(session: Session, kind: str, source: str, amount: int) -> None:
    session.add(
        SandboxBalanceRow(
            id=f"txn_{crockford(new_id())}", kind=kind, source=source, amount=amount, created_at=clock.now()
        )
    )
