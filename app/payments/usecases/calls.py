"""Calls to the provider, each between two transactions: note that we ask, ask, note what it said (DESIGN 4, two-step).

Whoever dies in between leaves a row that is due again; the provider's keys make the repetition harmless.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, reading, run_in_transaction
from app.foundation.proof import logger
from app.payments import queries, rules
from app.payments.models import EventStatus
from app.payments.provider import (
    ProviderKeyUsed,
    ProviderPayment,
    ProviderRefused,
    ProviderUnavailable,
    provider,
)
from app.payments.queries import Payment, payment_of
from app.payments.rules import KEYS_TRUSTED_FOR, OPEN_STATES, RefundState
from app.payments.usecases import facts

PROVIDER_REFUSED = "payments.provider_refused"

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a payment needs of the provider now."""

    payment: Payment
    attempt: int
    wants_end: bool


def call_provider(payment_id: UUID) -> Payment:
    """Open a payment at the provider, outside any transaction, and return it as it stands then.

    A provider that does not answer leaves it `created`; the worker goes on. Calling it again is harmless.

    Raises:
        PaymentNotFound: there is none of this id.
    """
    try:
        go_on_with_payment(payment_id)
    except ProviderUnavailable:
        log.info("payments.payment.left_to_worker", payment_id=str(payment_id))
    with reading() as session:
        found = queries.payments_by_ids(session, [payment_id])
    return found[payment_id]


def go_on_with_payment(payment_id: UUID) -> None:
    """Ask the provider whatever an open payment needs: to open it, to end it, or how it stands.

    Raises:
        ProviderUnavailable: it did not answer; the payment is due again later.
    """
    asked = run_in_transaction(lambda session: _claim(session, payment_id, now=clock.now()))
    if asked is None:
        return
    try:
        told = _ask(asked)
    except ProviderKeyUsed:
        # The settings have changed since the first try. Nobody ever got the secret of what was opened under the old key.
        run_in_transaction(lambda session: _next_attempt(session, payment_id, asked.attempt))
        raise ProviderUnavailable("key used") from None
    except ProviderRefused as refusal:
        code = refusal.code
        run_in_transaction(lambda session: _refused(session, payment_id, code))
        return
    run_in_transaction(lambda session: _note(session, payment_id, told))


def _claim(session: Session, payment_id: UUID, *, now: datetime) -> _Asked | None:
    row = queries.lock_payment_row(session, payment_id)
    if row.state not in OPEN_STATES or row.provider != provider().name:
        if row.next_call_at is not None:
            row.next_call_at = None if row.state not in OPEN_STATES else now + rules.LOOK_EVERY
            session.flush()
        return None
    if now >= row.expires_at and row.cancel_wanted_at is None:
        row.cancel_wanted_at = now
    row.tries += 1
    wants_end = row.cancel_wanted_at is not None
    waits_only = row.provider_ref is not None and not wants_end
    next_call_at = now + (rules.LOOK_EVERY if waits_only else rules.back_off(row.tries))
    row.next_call_at = next_call_at if wants_end else min(next_call_at, row.expires_at)
    session.flush()
    return _Asked(payment=payment_of(row), attempt=row.attempt, wants_end=wants_end)


def _ask(asked: _Asked) -> ProviderPayment:
    payment = asked.payment
    if payment.provider_ref is None:
        told = provider().open(
            payment.id, attempt=asked.attempt, amount_fen=payment.amount_fen, purpose=payment.purpose
        )
    elif asked.wants_end:
        return provider().cancel(payment.provider_ref)
    else:
        return provider().retrieve(payment.provider_ref)
    # An answer that was lost may have opened it: it is opened again under the same key, and then canceled.
    return provider().cancel(told.ref) if asked.wants_end else told


def _note(session: Session, payment_id: UUID, told: ProviderPayment) -> None:
    row = queries.lock_payment_row(session, payment_id)
    before = row.tries, row.next_call_at
    facts.apply_payment(session, row, told, now=clock.now())
    if row.cancel_wanted_at is not None and row.state in OPEN_STATES:
        row.tries, row.next_call_at = before  # It could be neither canceled nor paid: we ask again.
        session.flush()


def _next_attempt(session: Session, payment_id: UUID, attempt: int) -> None:
    row = queries.lock_payment_row(session, payment_id)
    if row.attempt == attempt:
        row.attempt += 1
        session.flush()


def _refused(session: Session, payment_id: UUID, code: str) -> None:
    """The provider does not take the payment: nothing can be paid, so what is reserved is released."""
    row = queries.lock_payment_row(session, payment_id)
    if row.state not in OPEN_STATES:
        return
    log.error("payments.payment.refused", payment_id=str(payment_id), code=code)
    facts.open_finance_task(session, row, PROVIDER_REFUSED)
    if row.provider_ref is None:
        facts.cancel_unopened(session, row, now=clock.now())


def go_on_with_refund(refund_id: UUID) -> None:
    """Send an approved refund, or ask how a sent one stands.

    Raises:
        ProviderUnavailable: it did not answer; the refund is due again later.
    """
    asked = run_in_transaction(lambda session: _claim_refund(session, refund_id, now=clock.now()))
    if asked is None:
        return
    payment_ref, refund_ref, amount_fen, key_is_old = asked
    try:
        if refund_ref is not None:
            told = provider().retrieve_refund(refund_ref)
        else:
            # Under a key that the provider may have forgotten the same refund would be sent a second time.
            found = provider().find_refund(payment_ref, refund_id) if key_is_old else None
            told = found or provider().refund(payment_ref, refund_id=refund_id, amount_fen=amount_fen)
    except ProviderKeyUsed:
        raise ProviderUnavailable("key used") from None
    except ProviderRefused as refusal:
        code = refusal.code
        run_in_transaction(lambda session: _refund_refused(session, refund_id, code))
        return

    def note(session: Session) -> None:
        row, refund = queries.lock_refund_row(session, refund_id)
        if facts.apply_refund(session, row, refund, told, now=clock.now()) is EventStatus.MISMATCH:
            refund.next_call_at = None
            session.flush()

    run_in_transaction(note)


def _claim_refund(session: Session, refund_id: UUID, *, now: datetime) -> tuple[str, str | None, int, bool] | None:
    row, refund = queries.lock_refund_row(session, refund_id)
    if refund.state not in (RefundState.APPROVED, RefundState.SENT) or row.provider != provider().name:
        if refund.next_call_at is not None:
            refund.next_call_at = None if refund.state is not RefundState.APPROVED else now + rules.LOOK_EVERY
            session.flush()
        return None
    if row.provider_ref is None:
        raise AssertionError("a paid payment has the provider's reference")
    refund.tries += 1
    refund.first_call_at = refund.first_call_at or now
    key_is_old = now - refund.first_call_at > KEYS_TRUSTED_FOR
    refund.next_call_at = now + (rules.LOOK_EVERY if refund.provider_ref else rules.back_off(refund.tries))
    session.flush()
    return row.provider_ref, refund.provider_ref, refund.amount_fen, key_is_old


def _refund_refused(session: Session, refund_id: UUID, code: str) -> None:
    row, refund = queries.lock_refund_row(session, refund_id)
    log.error("payments.refund.refused", refund_id=str(refund_id), code=code)
    # A refund that the provider has once taken is not failed by an answer to a question about it.
    if refund.provider_ref is None and rules.refund_may_move(refund.state, RefundState.FAILED):
        facts.move_refund(session, row, refund, RefundState.FAILED, now=clock.now())
