"""What payments keeps of payers: amounts and states under their id. The law of accounts keeps what was paid."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.identity import (
    NOT_YET,
    Blocked,
    Erasure,
    Held,
    Kept,
    Law,
    PersonData,
    Progress,
    copies,
    kept_until,
    person_data,
)
from app.payments.models import DisputeRow, PaymentRow, RefundRow
from app.payments.rules import OPEN_STATES, DisputeState, PaymentState, RefundState

_UNDER_WAY = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT)


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    mine = select(PaymentRow.id).where(PaymentRow.payer_id == person_id)
    ids = {"payer_id": "per", "payment_id": "pay", "payee_id": "pye", "approval_id": "apv"}
    hidden = ("client_payload", "next_call_at", "tries", "attempt", "requested_by")
    return {
        "payments": copies(session, PaymentRow, PaymentRow.payer_id == person_id, {"id": "pay", **ids}, but=hidden),
        "refunds": copies(session, RefundRow, RefundRow.payment_id.in_(mine), {"id": "ref", **ids}, but=hidden),
        "disputes": copies(session, DisputeRow, DisputeRow.payment_id.in_(mine), ids),
    }


def _blocks(session: Session, person_id: UUID, _now: datetime) -> tuple[Blocked, ...]:
    mine = select(PaymentRow.id).where(PaymentRow.payer_id == person_id)
    back = select(RefundRow.id).where(RefundRow.payment_id.in_(mine), RefundRow.state.in_(_UNDER_WAY))
    dispute = select(DisputeRow.id).where(DisputeRow.payment_id.in_(mine), DisputeRow.state == DisputeState.OPEN)
    unpaid = mine.where(or_(PaymentRow.state.in_(OPEN_STATES), PaymentRow.state == PaymentState.REFUND_FAILED))
    found = []
    if session.scalar(unpaid.limit(1)) is not None:
        found.append(
            Blocked("payment_open", _("A payment of yours is open. Pay or cancel it first, or wait for its end."))
        )
    if session.scalar(back.limit(1)) is not None:
        found.append(Blocked("refund_open", _("A refund to you is under way. Ask again when it has arrived.")))
    if session.scalar(dispute.limit(1)) is not None:
        found.append(Blocked("dispute_open", _("Your bank asks for a payment back. Ask again when that is decided.")))
    return tuple(found)


def _erase(session: Session, erasure: Erasure) -> Progress:
    """Keep what was paid for as long as accounts are kept; cut what was never paid, or is no longer kept, from its payer.

    While money is under way in either direction the payer stays.
    """
    if _blocks(session, erasure.person_id, erasure.at):
        return NOT_YET
    today = clock.civil_day(erasure.at)
    last = None
    cut = 0
    for row in session.scalars(select(PaymentRow).where(PaymentRow.payer_id == erasure.person_id)):
        row.client_payload = None
        until = kept_until(Law.ACCOUNTING, clock.civil_day(row.paid_at)) if row.paid_at is not None else None
        if until is not None and until > today:
            last = max(last or until, until)
        elif cut < erasure.limit:
            row.payer_id = uuid4()
            cut += 1
    kept = (Kept("payments", last, Law.ACCOUNTING),) if last is not None else ()
    return Progress(cut < erasure.limit, kept)


PERSON_DATA = PersonData(
    held=(
        Held(
            "payments_payment",
            "what somebody paid, when and for what",
            "the sale, its receipt and the accounts",
            "30 years after the fiscal year (accounts); never paid: with the account",
        ),
        Held("payments_refund", "what went back", "as above", "as above"),
        Held("payments_dispute", "what a bank asked back", "as above", "as above"),
    ),
    export=_export,
    erase=_erase,
    blocks=_blocks,
    not_personal={
        "payments_payee": "organisations and offices that are paid",
        "payments_payee_subject": "what a payee is paid for",
        "payments_take": "moves between accounts of a payment",
        "payments_provider_event": "a provider's message cut down to ids, states and amounts",
        "payments_sandbox_intent": "the sandbox provider's books: ids and amounts of invented payments",
        "payments_sandbox_refund": "the sandbox provider's books",
        "payments_sandbox_event": "the sandbox provider's books",
        "payments_sandbox_balance": "the sandbox provider's books",
        "payments_sandbox_dispute": "the sandbox provider's books",
        "payments_sandbox_key": "the sandbox provider's books",
    },
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "payments", PERSON_DATA)
