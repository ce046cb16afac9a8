"""A payment is opened with what it pays for, and canceled at the provider before anything is released."""

from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, new_id
from app.foundation.proof import SYSTEM, logger, record
from app.foundation.work import publish
from app.identity import Purpose, require_consent
from app.payments import queries
from app.payments.changes import payment_changed
from app.payments.errors import AmountOutOfRange, PaymentOpen
from app.payments.models import PaymentRow
from app.payments.provider import provider
from app.payments.purposes import purposes
from app.payments.queries import Payment, payment_of
from app.payments.rules import AMOUNT_FEN_MAX, FIRST_CALL_AFTER, OPEN_STATES, PaymentState

GO_ON = "payments.go_on"

log = logger(__name__)


def amount_fen_min() -> int:
    """Return the least amount that can be paid online."""
    return int(current_app.config["LINTAN_PAYMENTS_AMOUNT_FEN_MIN"])


def open_payment(
    session: Session,
    *,
    purpose: str,
    subject_id: UUID,
    payer_id: UUID,
    payee_id: UUID,
    amount_fen: int,
    expires_at: datetime,
    now: datetime,
) -> Payment:
    """Write a payment into the caller's transaction; `call_provider` follows after its commit, by the request or the worker.

    Args:
        purpose: registered with `purposes`.
        payer_id: the resident who pays.
        subject_id: the order or adoption that is paid for; it has at most one open payment.
        payee_id: whose money it becomes.
        expires_at: then the payment is canceled at the provider, and `canceled` is told.

    Raises:
        HookMissing: nobody knows the purpose.
        PayeeNotFound: there is no such payee.
        ConsentNeeded: the provider takes data abroad, and the payer has not agreed to that.
        AmountOutOfRange: too little or too much to be paid online.
        PaymentOpen: the thing has an open payment.
    """
    purposes.handler(purpose)
    queries.get_payee(session, payee_id)
    if provider().takes_data_abroad:
        require_consent(session, payer_id, Purpose.CROSS_BORDER_PAYMENT)
    if not amount_fen_min() <= amount_fen <= AMOUNT_FEN_MAX:
        raise AmountOutOfRange(amount_fen_min=amount_fen_min(), amount_fen_max=AMOUNT_FEN_MAX)
    # The unique index says so too; two at once for one order wait for the lock of their order before they get here.
    if session.scalar(
        select(PaymentRow.id).where(
            PaymentRow.purpose == purpose, PaymentRow.subject_id == subject_id, PaymentRow.state.in_(OPEN_STATES)
        )
    ):
        raise PaymentOpen()
    row = PaymentRow(
        id=new_id(),
        purpose=purpose,
        subject_id=subject_id,
        payer_id=payer_id,
        payee_id=payee_id,
        amount_fen=amount_fen,
        state=PaymentState.CREATED,
        provider=provider().name,
        provider_ref=None,
        client_payload=None,
        attempt=1,
        paid_fen=0,
        suspense_fen=0,
        refunds_fen=0,
        refunded_fen=0,
        created_at=now,
        expires_at=expires_at,
        cancel_wanted_at=None,
        paid_at=None,
        told_at=None,
        next_call_at=now + FIRST_CALL_AFTER,
        tries=0,
        version=1,
    )
    session.add(row)
    session.flush()
    payment_changed(session, row)
    record(
        session,
        action="payments.created",
        object_kind="payments.payment",
        object_id=row.id,
        actor=SYSTEM,
        after={"purpose": purpose, "subject_id": str(subject_id), "amount_fen": amount_fen},
    )
    after_commit(log.info, "payments.payment.opened", payment_id=str(row.id), purpose=purpose, amount_fen=amount_fen)
    return payment_of(row)


def cancel_payment(session: Session, payment_id: UUID, *, now: datetime) -> Payment:
    """Ask for the end of a payment. What it reserves is released when `canceled` is told, never before; it may succeed instead.

    Locks the payment. Asking again, or when the payment has ended, changes nothing.

    Raises:
        PaymentNotFound: there is none of this id.
    """
    row = queries.lock_payment_row(session, payment_id)
    if row.state in OPEN_STATES and row.cancel_wanted_at is None:
        row.cancel_wanted_at = now
        row.next_call_at = now
        row.tries = 0
        row.version += 1
        session.flush()
        publish(session, GO_ON, f"cancel:{row.id}", {"payment": str(row.id)})
        after_commit(log.info, "payments.payment.cancel_wanted", payment_id=str(row.id))
    return payment_of(row)
