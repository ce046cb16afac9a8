"""What a provider says becomes a fact here: once, whatever the order it is heard in and however often.

Each function is called with the payment locked. It moves a state forward, posts to the ledger, and tells the purpose's room.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, insert_once, new_id, transaction
from app.foundation.http import DomainError
from app.foundation.proof import SYSTEM, logger, record
from app.foundation.work import open_task
from app.identity import Role
from app.payments import queries, rules
from app.payments.changes import payment_changed
from app.payments.models import DisputeRow, EventStatus, PaymentRow, RefundRow
from app.payments.provider import ProviderDispute, ProviderPayment, ProviderRefund, ProviderStatus, provider
from app.payments.purposes import PaymentPurpose, purposes
from app.payments.queries import dispute_of, payment_of, refund_of
from app.payments.rules import CURRENCY, OPEN_STATES, PAID_STATES, DisputeState, PaymentState, RefundState
from app.payments.usecases import suspense

_STATES = {
    ProviderStatus.WAITING: PaymentState.PENDING,
    ProviderStatus.FAILED: PaymentState.FAILED,
    ProviderStatus.SUCCEEDED: PaymentState.SUCCEEDED,
    ProviderStatus.CANCELED: PaymentState.CANCELED,
}
# What the finance people find on their list.
MISMATCH, UNCLAIMED, HOOK_FAILED = "payments.mismatch", "payments.unclaimed", "payments.purpose_failed"
REFUND_FAILED, CHARGED_BACK, REFUND_UNKNOWN = (
    "payments.refund_failed",
    "payments.charged_back",
    "payments.refund_unknown",
)

log = logger(__name__)


def fits(row: PaymentRow, told: ProviderPayment) -> bool:
    """Return whether the provider speaks of this payment: ours, of this amount, in yuan, real or test as we are."""
    return (
        told.payment_id == row.id
        and row.provider == provider().name
        and row.provider_ref in (None, told.ref)
        and told.amount_fen == row.amount_fen
        and told.currency == CURRENCY
        and told.is_live == provider().is_live
        and (told.status is not ProviderStatus.SUCCEEDED or told.received_fen == row.amount_fen)
    )


def apply_payment(
    session: Session, row: PaymentRow, told: ProviderPayment, *, now: datetime, told_at: datetime | None = None
) -> EventStatus:
    """Let a payment be what the provider says, if that is a move forward; an amount that differs is left to a person.

    Args:
        told_at: the provider's time of the message; None for an answer of just now.
    """
    if not fits(row, told):
        return _mismatch(session, row)
    if row.state in OPEN_STATES:
        row.provider_ref = told.ref
        row.client_payload = told.client_payload or row.client_payload
    if told_at is not None and (row.told_at is None or row.told_at < told_at):
        row.told_at = told_at
    was, now_is = row.state, _STATES[told.status]
    # What a paid payment becomes follows from its refunds and disputes, not from the success that is told again.
    if was in PAID_STATES or not rules.may_move(was, now_is):
        if row.state in OPEN_STATES:
            session.flush()
        return EventStatus.UNCHANGED
    _move(session, row, now_is)
    if now_is is PaymentState.PENDING:
        row.tries = 0
        row.next_call_at = min(row.expires_at, row.created_at + rules.FIRST_LOOK_AFTER)
    elif now_is is PaymentState.FAILED:
        _tell(session, row, lambda purpose, inner: purpose.failed(inner, payment_of(row), now))
    elif now_is is PaymentState.CANCELED:
        _end(session, row, now=now)
    else:
        _succeed(session, row, was=was, now=now)
    return EventStatus.APPLIED


def cancel_unopened(session: Session, row: PaymentRow, *, now: datetime) -> None:
    """End a payment that the provider has refused to open."""
    _move(session, row, PaymentState.CANCELED)
    _end(session, row, now=now)


def _end(session: Session, row: PaymentRow, *, now: datetime) -> None:
    _close(row)
    session.flush()
    _tell(session, row, lambda purpose, inner: purpose.canceled(inner, payment_of(row), now))


def _succeed(session: Session, row: PaymentRow, *, was: PaymentState, now: datetime) -> None:
    late = rules.is_late(was=was, expires_at=row.expires_at, canceling=row.cancel_wanted_at is not None, now=now)
    row.paid_fen, row.paid_at = row.amount_fen, now
    _close(row)
    suspense.post_paid(session, row, now=now)
    session.flush()
    after_commit(log.info, "payments.payment.paid", payment_id=str(row.id), amount_fen=row.amount_fen, is_late=late)
    _tell(session, row, lambda purpose, inner: purpose.paid(inner, payment_of(row), late, now))
    is_claimed = not row.suspense_fen or row.refunds_fen or purposes.handler(row.purpose).collects
    if not is_claimed:
        open_finance_task(session, row, UNCLAIMED)


def apply_refund(
    session: Session, row: PaymentRow, refund: RefundRow, told: ProviderRefund, *, now: datetime
) -> EventStatus:
    """Let a refund be what the provider says, if that is a move forward."""
    if (
        told.amount_fen != refund.amount_fen
        or told.currency != CURRENCY
        or told.payment_ref != row.provider_ref
        or refund.provider_ref not in (None, told.ref)
    ):
        return _mismatch(session, row)
    refund.provider_ref = told.ref
    if told.state is not refund.state and rules.refund_may_move(refund.state, told.state):
        move_refund(session, row, refund, told.state, now=now)
        return EventStatus.APPLIED
    session.flush()
    return EventStatus.UNCHANGED


def move_refund(session: Session, row: PaymentRow, refund: RefundRow, state: RefundState, *, now: datetime) -> None:
    """Move a refund forward with all that follows."""
    was, refund.state = refund.state, state
    if state is RefundState.SENT:
        refund.tries = 0
        refund.next_call_at = now + rules.FIRST_LOOK_AFTER
        session.flush()
        return
    refund.done_at, refund.next_call_at = now, None
    if state is RefundState.SUCCEEDED:
        row.refunded_fen += refund.amount_fen
        suspense.post_refunded(session, row, refund, now=now)
    elif was is RefundState.SUCCEEDED:
        row.refunded_fen -= refund.amount_fen
        suspense.post_refund_owed(session, row, refund, arrived=True, now=now)
    elif refund.provider_ref is not None:
        suspense.post_refund_owed(session, row, refund, arrived=False, now=now)
    else:
        row.refunds_fen -= refund.amount_fen  # The provider has never taken it, so it may be asked for again.
    session.flush()
    _settle(session, row)
    record(
        session,
        action=f"payments.refund_{state.value}",
        object_kind="payments.refund",
        object_id=refund.id,
        actor=SYSTEM,
        before={"state": was.value},
        after={"state": state.value, "amount_fen": refund.amount_fen},
    )
    after_commit(log.info, "payments.refund.moved", refund_id=str(refund.id), state=state.value)
    if state is RefundState.SUCCEEDED:
        _tell(session, row, lambda purpose, inner: purpose.refunded(inner, payment_of(row), refund_of(refund), now))
    else:
        open_finance_task(session, row, REFUND_FAILED)
        _tell(
            session, row, lambda purpose, inner: purpose.refund_failed(inner, payment_of(row), refund_of(refund), now)
        )


def apply_dispute(session: Session, row: PaymentRow, told: ProviderDispute, *, now: datetime) -> EventStatus:
    """Let a dispute be what the provider says, if that is new."""
    is_ours = told.payment_ref == row.provider_ref and told.currency == CURRENCY
    if not is_ours or not 0 < told.amount_fen <= row.amount_fen or row.state not in PAID_STATES:
        return _mismatch(session, row)
    opened = insert_once(
        session,
        DisputeRow,
        id=new_id(),
        payment_id=row.id,
        provider=row.provider,
        provider_ref=told.ref,
        amount_fen=told.amount_fen,
        state=DisputeState.OPEN,
        opened_at=now,
    )
    dispute = next(each for each in queries.dispute_rows_of(session, row.id) if each.provider_ref == told.ref)
    closed = rules.dispute_may_move(dispute.state, told.state)
    if closed:
        dispute.state, dispute.closed_at = told.state, now
    if not opened and not closed:
        return EventStatus.UNCHANGED
    if closed and told.state is DisputeState.LOST:
        suspense.post_dispute_lost(session, row, dispute, now=now)
    session.flush()
    _settle(session, row)
    record(
        session,
        action=f"payments.dispute_{dispute.state.value}",
        object_kind="payments.dispute",
        object_id=dispute.id,
        actor=SYSTEM,
        after={"amount_fen": dispute.amount_fen, "payment_id": str(row.id)},
    )
    after_commit(log.error, "payments.dispute.moved", payment_id=str(row.id), state=dispute.state.value)
    if dispute.state is DisputeState.LOST:
        open_finance_task(session, row, CHARGED_BACK)
        _tell(
            session, row, lambda purpose, inner: purpose.charged_back(inner, payment_of(row), dispute_of(dispute), now)
        )
    return EventStatus.APPLIED


def report_unknown_refund(session: Session, row: PaymentRow) -> None:
    """Tell the finance people that the provider refunded what nobody here has asked for: they settle it by hand."""
    open_finance_task(session, row, REFUND_UNKNOWN)


def _settle(session: Session, row: PaymentRow) -> None:
    """Let the payment's state follow from its refunds and disputes."""
    refunds = queries.refund_rows_of(session, row.id)
    state = rules.state_once_paid(
        paid_fen=row.paid_fen,
        refunded_fen=row.refunded_fen,
        refund_failed=any(refund.state is RefundState.FAILED for refund in refunds),
        disputes=[dispute.state for dispute in queries.dispute_rows_of(session, row.id)],
    )
    if state is row.state:
        row.version += 1
        session.flush()
        payment_changed(session, row)
    elif rules.may_move(row.state, state):
        _move(session, row, state)
    else:
        raise AssertionError(f"a payment cannot go from {row.state} to {state}")


def _move(session: Session, row: PaymentRow, state: PaymentState) -> None:
    was, row.state = row.state, state
    row.version += 1
    payment_changed(session, row)
    if state is not PaymentState.SUCCEEDED:
        session.flush()
    record(
        session,
        action=f"payments.{state.value}",
        object_kind="payments.payment",
        object_id=row.id,
        actor=SYSTEM,
        before={"state": was.value},
        after={"state": state.value, "amount_fen": row.amount_fen},
    )


def _close(row: PaymentRow) -> None:
    """Nothing can be paid any more: nothing to ask, and no secret to keep."""
    row.next_call_at = None
    row.client_payload = None


def _tell(session: Session, row: PaymentRow, tell: Callable[[PaymentPurpose, Session], None]) -> None:
    """Tell the purpose's room a fact. Its refusal takes back what it did, not the fact, and a person looks at it."""
    purpose = purposes.handler(row.purpose)
    try:
        with transaction() as inner:
            tell(purpose, inner)
    except DomainError as refusal:
        log.error("payments.purpose.refused", payment_id=str(row.id), purpose=row.purpose, code=refusal.code)
        session.refresh(row)
        open_finance_task(session, row, HOOK_FAILED)


def _mismatch(session: Session, row: PaymentRow) -> EventStatus:
    log.error("payments.provider.mismatch", payment_id=str(row.id))
    open_finance_task(session, row, MISMATCH)
    return EventStatus.MISMATCH


def open_finance_task(session: Session, row: PaymentRow, kind: str) -> None:
    """Put a task about a payment before the finance people of its payee's agency."""
    payee = queries.get_payee(session, row.payee_id)
    open_task(
        session,
        kind=kind,
        subject_kind="payments.payment",
        subject_id=row.id,
        role=Role.FINANCE,
        agency_id=payee.agency_id,
        county=payee.county,
    )
