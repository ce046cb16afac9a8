"""Messages of the provider: kept first, answered with 200, and applied by the worker (SECURITY 1.3).

A message about a fact that cannot change any more, and that is not older than what was applied, is taken at its word. For every other
one the provider is asked how things stand now, so that order and repetition do not matter.
"""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, insert_once, reading, run_in_transaction, transaction
from app.foundation.proof import logger
from app.foundation.work import publish
from app.payments import queries, rules
from app.payments.errors import WebhookRefused
from app.payments.models import EventStatus, PaymentRow, ProviderEventRow
from app.payments.provider import (
    ProviderDispute,
    ProviderEvent,
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
    Subject,
    provider,
)
from app.payments.queries import Payment
from app.payments.rules import OPEN_STATES, PAID_STATES, RefundState
from app.payments.usecases import facts
from app.payments.usecases.calls import go_on_with_refund
from app.payments.usecases.opening import GO_ON

Told = ProviderPayment | ProviderRefund | ProviderDispute

log = logger(__name__)


def receive_webhook(body: bytes, signature: str, *, now: datetime) -> bool:
    """Keep a message, and return whether it is new.

    Raises:
        WebhookRefused: not signed by the provider just now, of the other mode, or not readable.
    """
    event = provider().verified(body, signature, now=now)
    if event is None:
        log.info("payments.webhook.refused", bytes=len(body))
        raise WebhookRefused()
    with transaction() as session:
        return _keep(session, event, body_sha256=hashlib.sha256(body).hexdigest(), now=now)


def find_missed_events() -> None:
    """Take in what the provider could not deliver."""
    missed = provider().missed_events()

    def keep(session: Session) -> None:
        for event in missed:
            digest = hashlib.sha256(json.dumps(event.payload, sort_keys=True).encode()).hexdigest()
            _keep(session, event, body_sha256=digest, now=clock.now())

    run_in_transaction(keep)


def _keep(session: Session, event: ProviderEvent, *, body_sha256: str, now: datetime) -> bool:
    is_ours = event.subject is not Subject.OTHER
    is_new = insert_once(
        session,
        ProviderEventRow,
        id=event.id,
        provider=provider().name,
        type=event.type,
        created_at=event.created_at,
        payload=event.payload,
        body_sha256=body_sha256,
        status=EventStatus.RECEIVED if is_ours else EventStatus.UNKNOWN,
        received_at=now,
        next_call_at=now + rules.FIRST_CALL_AFTER if is_ours else None,
        tries=0,
    )
    if is_new and is_ours:
        publish(session, GO_ON, f"event:{event.id}", {"event": event.id})
    if is_new:
        after_commit(log.info, "payments.webhook.kept", event_id=event.id, type=event.type)
    return is_new


def apply_event(event_id: str) -> None:
    """Apply a kept message, asking the provider where its word is not enough.

    Raises:
        ProviderUnavailable: it did not answer; the message is due again later.
    """
    event = run_in_transaction(lambda session: _claim(session, event_id, now=clock.now()))
    if event is None:
        return
    with reading() as session:
        payment_id, refund_id = _find(session, event)
        payment = queries.find_payment(session, payment_id) if payment_id is not None else None
        told_at = _told_at(session, payment_id)
    if payment is None:
        _finish(event_id, EventStatus.UNKNOWN)
        return
    if event.subject is Subject.REFUNDS_OF_PAYMENT:
        _ask_about_refunds(payment.id)
        _finish(event_id, EventStatus.APPLIED)
        return
    if event.subject is Subject.DISPUTE and payment.state not in PAID_STATES:
        # The message of the success is late or lost; a dispute means that there was one.
        _look_at(payment)
    at_its_word = event.is_final and payment.state in OPEN_STATES and (told_at is None or event.created_at >= told_at)
    told: Told | None = event.payment
    if not at_its_word and not _differs(payment.id, event.payment):
        try:
            told = _asked(event, payment.provider_ref)
        except ProviderRefused:
            told = None
    if told is None:
        _finish(event_id, EventStatus.UNKNOWN)
        return
    run_in_transaction(lambda session: _apply(session, event, told, payment.id, refund_id))


def _claim(session: Session, event_id: str, *, now: datetime) -> ProviderEvent | None:
    row = queries.lock_event_row(session, event_id)
    if row is None or row.status is not EventStatus.RECEIVED:
        return None
    if row.provider != provider().name:
        row.next_call_at = None
        return None
    row.tries += 1
    row.next_call_at = now + rules.back_off(row.tries)
    session.flush()
    return provider().event_of(row.payload)


def _find(session: Session, event: ProviderEvent) -> tuple[UUID | None, UUID | None]:
    """Return the payment, and the refund if it is about one, that a message speaks of.

    By the provider's reference first; by our own id where a crash has kept us from noting the reference.
    """
    name = provider().name
    payment_id = queries.find_payment_id(session, name, event.payment_ref) if event.payment_ref else None
    if event.subject is Subject.REFUND:
        refund_id = queries.find_refund_id(session, name, event.ref) or event.refund_id
        refund = queries.find_refund(session, refund_id) if refund_id is not None else None
        if refund is None or payment_id not in (None, refund.payment_id):
            return payment_id, None
        return refund.payment_id, refund.id
    return payment_id or (event.payment_id if event.subject is Subject.PAYMENT else None), None


def _told_at(session: Session, payment_id: UUID | None) -> datetime | None:
    row = session.get(PaymentRow, payment_id) if payment_id is not None else None
    return row.told_at if row is not None else None


def _differs(payment_id: UUID, told: ProviderPayment | None) -> bool:
    """Return whether a message names other figures than the payment's: then it needs a person, not the provider."""
    if told is None:
        return False
    with reading() as session:
        row = session.get(PaymentRow, payment_id)
        return row is not None and not facts.fits(row, told)


def _asked(event: ProviderEvent, payment_ref: str | None) -> Told:
    match event.subject:
        case Subject.REFUND:
            return provider().retrieve_refund(event.ref)
        case Subject.DISPUTE:
            return provider().retrieve_dispute(event.ref)
        case _:
            return provider().retrieve(payment_ref or event.ref)


def _look_at(payment: Payment) -> None:
    if payment.provider_ref is None:
        return
    told = provider().retrieve(payment.provider_ref)

    def note(session: Session) -> None:
        facts.apply_payment(session, queries.lock_payment_row(session, payment.id), told, now=clock.now())

    run_in_transaction(note)


def _ask_about_refunds(payment_id: UUID) -> None:
    with reading() as session:
        waiting = [refund.id for refund in queries.refunds_of(session, payment_id) if refund.state is RefundState.SENT]
    for refund_id in waiting:
        go_on_with_refund(refund_id)


def _apply(session: Session, event: ProviderEvent, told: Told, payment_id: UUID, refund_id: UUID | None) -> None:
    now = clock.now()
    if isinstance(told, ProviderRefund) and refund_id is not None:
        row, refund = queries.lock_refund_row(session, refund_id)
        status = facts.apply_refund(session, row, refund, told, now=now)
    elif isinstance(told, ProviderRefund):
        facts.report_unknown_refund(session, queries.lock_payment_row(session, payment_id))
        status = EventStatus.UNKNOWN
    elif isinstance(told, ProviderDispute):
        status = facts.apply_dispute(session, queries.lock_payment_row(session, payment_id), told, now=now)
    else:
        row = queries.lock_payment_row(session, payment_id)
        status = facts.apply_payment(session, row, told, now=now, told_at=event.created_at)
    _mark(session, event.id, status, now=now)


def _finish(event_id: str, status: EventStatus) -> None:
    run_in_transaction(lambda session: _mark(session, event_id, status, now=clock.now()))


def _mark(session: Session, event_id: str, status: EventStatus, *, now: datetime) -> None:
    row = queries.lock_event_row(session, event_id)
    if row is not None and row.status is EventStatus.RECEIVED:
        row.status, row.applied_at, row.next_call_at = status, now, None
        session.flush()
