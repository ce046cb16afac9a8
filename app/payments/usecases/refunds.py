"""Refunds: of what is not used, within what was paid, and above a setting only with a second person (SECURITY 1.4, 1.6, B4)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, ProposalState, changes_between, find_proposal, propose
from app.foundation.data import after_commit, clock, new_id, parse_public_id, public_id
from app.foundation.proof import SYSTEM, Actor, ActorKind, logger, record
from app.foundation.work import publish
from app.payments import queries, rules
from app.payments.errors import MoreThanPaid, NotPaid, NotRefundable, RefundWaiting, RefundWindowOver
from app.payments.models import PaymentRow, RefundRow
from app.payments.purposes import purposes
from app.payments.queries import Refund, payment_of, refund_of
from app.payments.rules import PAID_STATES, PaymentState, RefundState
from app.payments.usecases.facts import open_finance_task
from app.payments.usecases.opening import GO_ON

REFUND_KIND = "payments.refund"
SYSTEM_REFUND = "payments.system_refund"

log = logger(__name__)


def refund_alone_fen_max() -> int:
    """Return up to which amount one person is enough."""
    return int(current_app.config["LINTAN_PAYMENTS_REFUND_ALONE_FEN_MAX"])


def request_refund(
    session: Session, payment_id: UUID, *, amount_fen: int, reason: str, actor: Actor, now: datetime
) -> Refund:
    """Ask for money of a payment back. It is approved at once up to a setting, above it by a finance person who is not the actor.

    Locks the payment; whether the actor may ask is the calling room's question. The purpose says how much is not used; when the refund
    has arrived the money goes back through the ledger by itself and `refunded` is told.

    Args:
        reason: a constant of the purpose's room, such as `changed_mind`.

    Raises:
        PaymentNotFound: there is none of this id.
        NotPaid: nothing came in, or it is disputed.
        MoreThanPaid: other refunds leave less than that.
        NotRefundable: what was bought is used.
        RefundWindowOver: the payment is 90 days old.
        RefundWaiting: another refund of it waits for a second person.
    """
    if actor.kind is ActorKind.SYSTEM:
        raise ValueError("the system asks with refund_by_system")
    row = queries.lock_payment_row(session, payment_id)
    _require_refundable(session, row, amount_fen, now=now)
    for waiting in queries.refund_rows_of(session, payment_id):
        if waiting.state is RefundState.REQUESTED and not _closed(session, waiting):
            raise RefundWaiting()
    refund = _add(session, row, amount_fen, reason, actor, now=now)
    if amount_fen <= refund_alone_fen_max():
        _approve(session, row, refund, actor=actor, now=now)
        return refund_of(refund)
    payee = queries.get_payee(session, row.payee_id)
    proposal = propose(
        session,
        kind=REFUND_KIND,
        content=_content(refund),
        title=f"{public_id('pay', row.id)}: {amount_fen} fen",
        proposer=actor,
        now=now,
        subject_id=refund.id,
        agency_id=payee.agency_id,
        county=payee.county,
    )
    refund.approval_id = proposal.id
    refund.next_call_at = proposal.expires_at  # Looked at again then, in case nobody has approved it.
    session.flush()
    return refund_of(refund)


def refund_by_system(session: Session, payment_id: UUID, *, reason: str, now: datetime) -> Refund:
    """Send back all that is left of a payment, without a second person: for a success that came too late for what it was to pay.

    The finance people get an alarm instead. Asking again returns the refund that is under way.

    Raises:
        PaymentNotFound: there is none of this id.
        NotPaid: nothing came in.
        MoreThanPaid: nothing is left of it.
    """
    row = queries.lock_payment_row(session, payment_id)
    under_way = [
        refund
        for refund in queries.refund_rows_of(session, payment_id)
        if refund.requested_by == SYSTEM.id and refund.state is not RefundState.FAILED
    ]
    if under_way:
        return refund_of(under_way[-1])
    if row.state not in PAID_STATES or row.state is PaymentState.DISPUTED:
        raise NotPaid(state=row.state.value)
    left_fen = row.paid_fen - row.refunds_fen
    if left_fen < 1:
        raise MoreThanPaid(amount_fen_max=left_fen)
    refund = _add(session, row, left_fen, reason, SYSTEM, now=now)
    _approve(session, row, refund, actor=SYSTEM, now=now)
    open_finance_task(session, row, SYSTEM_REFUND)
    after_commit(log.error, "payments.refund.by_system", payment_id=str(row.id), amount_fen=left_fen, reason=reason)
    return refund_of(refund)


def refund_difference(_: Session, proposal: Proposal) -> list[Change]:
    """Return every member of a proposed refund: all of it is new."""
    return changes_between(None, proposal.content)


def apply_refund_approval(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Let an approved refund go out, if what it is of is still there.

    Raises:
        NotPaid, MoreThanPaid, NotRefundable, RefundWindowOver: as for the request; things have changed since.
    """
    row, refund = queries.lock_refund_row(session, parse_public_id("ref", proposal.content["id"]))
    if _content(refund) != proposal.content or not rules.refund_may_move(refund.state, RefundState.APPROVED):
        raise NotRefundable()
    _require_refundable(session, row, refund.amount_fen, now=now)
    _approve(session, row, refund, actor=approver, now=now)


def close_unapproved(session: Session, refund_id: UUID) -> None:
    """End a refund whose proposal was refused, withdrawn or not decided in time."""
    _, refund = queries.lock_refund_row(session, refund_id)
    if refund.state is RefundState.REQUESTED:
        _closed(session, refund)


def _closed(session: Session, refund: RefundRow) -> bool:
    """Return whether a requested refund has come to nothing, and note it."""
    now = clock.now()
    proposal = find_proposal(session, refund.approval_id) if refund.approval_id is not None else None
    is_open = proposal is not None and proposal.state_at(now) is ProposalState.PROPOSED
    if proposal is not None and is_open:
        refund.next_call_at = proposal.expires_at
    else:
        refund.state, refund.done_at, refund.next_call_at = RefundState.REFUSED, now, None
        _note(session, refund, actor=SYSTEM)
    session.flush()
    return not is_open


def _require_refundable(session: Session, row: PaymentRow, amount_fen: int, *, now: datetime) -> None:
    if row.state not in PAID_STATES or row.state is PaymentState.DISPUTED or row.paid_at is None:
        raise NotPaid(state=row.state.value)
    left_fen = row.paid_fen - row.refunds_fen
    if not 1 <= amount_fen <= left_fen:
        raise MoreThanPaid(amount_fen_max=left_fen)
    if not rules.within_refund_window(row.paid_at, now=now):
        raise RefundWindowOver()
    unused_fen = purposes.handler(row.purpose).refundable_fen(session, payment_of(row))
    if amount_fen > unused_fen:
        raise NotRefundable(amount_fen_max=unused_fen)


def _add(session: Session, row: PaymentRow, amount_fen: int, reason: str, actor: Actor, *, now: datetime) -> RefundRow:
    refund = RefundRow(
        id=new_id(),
        payment_id=row.id,
        amount_fen=amount_fen,
        reason=reason,
        state=RefundState.REQUESTED,
        requested_by=actor.id,
        approval_id=None,
        provider=row.provider,
        provider_ref=None,
        requested_at=now,
        first_call_at=None,
        done_at=None,
        next_call_at=None,
        tries=0,
    )
    session.add(refund)
    session.flush()
    _note(session, refund, actor=actor)
    return refund


def _approve(session: Session, row: PaymentRow, refund: RefundRow, *, actor: Actor, now: datetime) -> None:
    refund.state, refund.next_call_at = RefundState.APPROVED, now
    row.refunds_fen += refund.amount_fen
    row.version += 1
    session.flush()
    _note(session, refund, actor=actor)
    publish(session, GO_ON, f"refund:{refund.id}", {"refund": str(refund.id)})


def _content(refund: RefundRow) -> dict[str, Any]:
    return {
        "id": public_id("ref", refund.id),
        "payment_id": public_id("pay", refund.payment_id),
        "amount_fen": refund.amount_fen,
        "reason": refund.reason,
    }


def _note(session: Session, refund: RefundRow, *, actor: Actor) -> None:
    record(
        session,
        action=f"payments.refund_{refund.state.value}",
        object_kind="payments.refund",
        object_id=refund.id,
        actor=actor,
        after=_content(refund),
    )
    after_commit(
        log.info,
        "payments.refund.noted",
        refund_id=str(refund.id),
        state=refund.state.value,
        amount_fen=refund.amount_fen,
    )
