"""Money in the ledger: in through clearing to a payment's suspense, on to whom it is for, and back the same way.

Every transfer is named by its payment, refund or dispute and a leg, so that no fact is posted twice (DESIGN 2.4). The callers hold
the payment's lock.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import transaction
from app.foundation.proof import SYSTEM
from app.ledger import (
    CITY_ID,
    Account,
    Asset,
    AssetKind,
    Cause,
    InsufficientFunds,
    Transfer,
    ensure_account,
    ensure_asset,
    post_move,
    reverse,
    transfer_by_id,
)
from app.payments import queries, rules
from app.payments.errors import MoreThanPaid, NotPaid
from app.payments.models import DisputeRow, PaymentRow, RefundRow, TakeRow
from app.payments.rules import PAID_STATES

ASSET_CODE, UNIT = "CNY", "fen"


def fen_asset(session: Session) -> Asset:
    """Return the one asset of money."""
    return ensure_asset(session, ASSET_CODE, AssetKind.CNY_FEN, UNIT)


def payable_account(session: Session, payee_id: UUID) -> Account:
    """Return the account of what a payee is owed; below zero when a refund followed a payout."""
    return ensure_account(session, "payee", payee_id, fen_asset(session), "payable")


def fees_account(session: Session) -> Account:
    """Return the account of the fees that the city keeps."""
    return ensure_account(session, "city", CITY_ID, fen_asset(session), "fees")


def _city(session: Session, purpose: str) -> Account:
    return ensure_account(session, "city", CITY_ID, fen_asset(session), purpose)


def _of_payment(session: Session, payment_id: UUID, purpose: str) -> Account:
    return ensure_account(session, "payment", payment_id, fen_asset(session), purpose)


def _paid(payment_id: UUID) -> Cause:
    return Cause("payments.payment", payment_id, "paid", actor_id=SYSTEM.id)


def post_paid(session: Session, row: PaymentRow, *, now: datetime) -> None:
    """Post a payment that has succeeded: clearing -> suspense."""
    post_move(
        session,
        debit=_city(session, "clearing"),
        credit=_of_payment(session, row.id, "suspense"),
        amount=row.amount_fen,
        cause=_paid(row.id),
        now=now,
    )
    row.suspense_fen += row.amount_fen


def take_from_suspense(
    session: Session, payment_id: UUID, *, to: Account, amount_fen: int, cause: Cause, now: datetime
) -> Transfer:
    """Move money of a paid payment from suspense to an account of the purpose's room, and return the transfer.

    Posting the same cause again changes nothing. What is taken goes back by itself when it is refunded, the first take first: a
    fee that is kept is taken last. Locks the payment.

    Raises:
        PaymentNotFound: there is none of this id.
        NotPaid: the money has not come in.
        MoreThanPaid: less than that stands in suspense.
        ReplayConflict: the cause was posted before with another content.
    """
    row = queries.lock_payment_row(session, payment_id)
    if row.state not in PAID_STATES:
        raise NotPaid(state=row.state.value)
    is_new = transfer_by_id(session, cause.transfer_id()) is None
    if is_new and amount_fen > row.suspense_fen:
        raise MoreThanPaid(amount_fen_max=row.suspense_fen)
    suspense = _of_payment(session, payment_id, "suspense")
    transfer = post_move(session, debit=suspense, credit=to, amount=amount_fen, cause=cause, now=now)
    if is_new:
        number = len(queries.take_rows_of(session, payment_id)) + 1
        session.add(
            TakeRow(
                transfer_id=transfer.id, payment_id=payment_id, number=number, amount_fen=amount_fen, returned_fen=0
            )
        )
        row.suspense_fen -= amount_fen
        session.flush()
    return transfer


def post_refunded(session: Session, row: PaymentRow, refund: RefundRow, *, now: datetime) -> None:
    """Post a refund that has reached the payer: what was taken -> suspense -> clearing."""
    _return_takes(session, row, refund, now=now)
    reverse(
        session,
        _paid(row.id).transfer_id(),
        cause=Cause("payments.refund", refund.id, "back", actor_id=SYSTEM.id),
        now=now,
        amount=refund.amount_fen,
    )
    row.suspense_fen -= refund.amount_fen
    session.flush()


def post_refund_owed(session: Session, row: PaymentRow, refund: RefundRow, *, arrived: bool, now: datetime) -> None:
    """Post a refund that came back: -> refund due, until a person has paid it otherwise.

    The books are then the same whether it had `arrived`, and came back from clearing, or never did, and comes from suspense.
    """
    if not arrived:
        _return_takes(session, row, refund, now=now)
    post_move(
        session,
        debit=_city(session, "clearing") if arrived else _of_payment(session, row.id, "suspense"),
        credit=_of_payment(session, row.id, "refund_due"),
        amount=refund.amount_fen,
        cause=Cause("payments.refund", refund.id, "came_back" if arrived else "owed", actor_id=SYSTEM.id),
        now=now,
    )
    if not arrived:
        row.suspense_fen -= refund.amount_fen
    session.flush()


def _return_takes(session: Session, row: PaymentRow, refund: RefundRow, *, now: datetime) -> None:
    """Bring into suspense what a refund needs. What stands there goes first.

    A payee whose account has not enough any more owes the rest; what a lost dispute has taken before is lost a second time.
    """
    missing_fen = max(0, refund.amount_fen - row.suspense_fen)
    takes = queries.take_rows_of(session, row.id)
    taken_fen = min(missing_fen, sum(take.amount_fen - take.returned_fen for take in takes))
    for place, part_fen in rules.split_return(
        taken_fen, takes=[(take.amount_fen, take.returned_fen) for take in takes]
    ):
        _give_back(session, row, takes[place], part_fen, refund, now=now)
        takes[place].returned_fen += part_fen
    if missing_fen > taken_fen:
        post_move(
            session,
            debit=_city(session, "dispute_loss"),
            credit=_of_payment(session, row.id, "suspense"),
            amount=missing_fen - taken_fen,
            cause=Cause("payments.refund", refund.id, "loss", actor_id=SYSTEM.id),
            now=now,
        )
    row.suspense_fen += missing_fen


def _give_back(
    session: Session, row: PaymentRow, take: TakeRow, part_fen: int, refund: RefundRow, *, now: datetime
) -> None:
    cause = Cause("payments.refund", refund.id, f"return/{take.number}", actor_id=SYSTEM.id)
    try:
        with transaction() as inner:
            reverse(inner, take.transfer_id, cause=cause, now=now, amount=part_fen)
    except InsufficientFunds:
        post_move(
            session,
            debit=payable_account(session, row.payee_id),
            credit=_of_payment(session, row.id, "suspense"),
            amount=part_fen,
            cause=cause,
            now=now,
        )


def post_dispute_lost(session: Session, row: PaymentRow, dispute: DisputeRow, *, now: datetime) -> None:
    """Post a lost dispute: what still stands in suspense, and for the rest a loss -> clearing."""
    from_suspense_fen = min(row.suspense_fen, dispute.amount_fen)
    parts = (
        ("suspense", from_suspense_fen, _of_payment(session, row.id, "suspense")),
        ("loss", dispute.amount_fen - from_suspense_fen, _city(session, "dispute_loss")),
    )
    for leg, part_fen, account in parts:
        if part_fen:
            post_move(
                session,
                debit=account,
                credit=_city(session, "clearing"),
                amount=part_fen,
                cause=Cause("payments.dispute", dispute.id, leg, actor_id=SYSTEM.id),
                now=now,
            )
    row.suspense_fen -= from_suspense_fen
    session.flush()
