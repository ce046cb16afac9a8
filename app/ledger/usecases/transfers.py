"""Moves, holds and their ends. The database applies and refuses; here is who, what and how often (LEDGER 2)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation.data import POINTS_MAX
from app.ledger import queries, rules
from app.ledger.errors import AmountOutOfRange, AssetMismatch, HoldMismatch, ReplayConflict
from app.ledger.models import TransferKind, TransferRow
from app.ledger.queries import Account, Transfer
from app.ledger.usecases.accounts import lock_balances
from app.ledger.usecases.refusals import refusal_of

AMOUNT_MAX = POINTS_MAX  # The same 2^53 - 1 for points, kilograms and fen.

_TABLE = cast(Table, TransferRow.__table__)
# The primary key is the guard against posting twice: a row that is there already is left alone and not returned.
_INSERT: dict[str, Any] = {
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing(index_elements=["id"]).returning(_TABLE.c.id),
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(index_elements=["id"]).returning(_TABLE.c.id),
}
# What two postings of one cause may differ in: who tried, when, and how long a hold was meant to last.
_CIRCUMSTANCES = {"actor_id", "created_at", "hold_until"}
_CONTENT = [field.name for field in fields(Transfer) if field.name not in _CIRCUMSTANCES]


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes a transfer, and names it: a row of some room, and which of its consequences this is."""

    kind: str  # `points.award`
    id: UUID
    leg: str
    actor_id: UUID

    def transfer_id(self) -> UUID:
        """Return the id of the transfer that follows."""
        return rules.transfer_id(self.kind, self.id, self.leg)

    def with_leg(self, suffix: str) -> "Cause":
        """Return the cause of a further consequence: `leg/suffix`."""
        return Cause(self.kind, self.id, f"{self.leg}/{suffix}", self.actor_id)


@dataclass(frozen=True, slots=True)
class Move:
    """An amount that goes from `debit` to `credit`; `expires_on` is for points that come to an account with lots."""

    debit: Account
    credit: Account
    amount: int
    cause: Cause
    expires_on: date | None = None


def post_move(
    session: Session,
    *,
    debit: Account,
    credit: Account,
    amount: int,
    cause: Cause,
    now: datetime,
    expires_on: date | None = None,
) -> Transfer:
    """Move an amount at once and return the transfer; posting the same cause again returns the first one.

    Raises:
        InsufficientFunds: the debit side has less than that free.
        ReplayConflict: the cause was posted before with another content.
        AssetMismatch, AmountOutOfRange, ExpiryWrong: the move makes no sense.
    """
    return post_moves(session, [Move(debit, credit, amount, cause, expires_on)], now=now)[0]


def post_moves(session: Session, moves: Sequence[Move], *, now: datetime) -> list[Transfer]:
    """Post many moves together, all or none, and return their transfers in the order given. For batches of the worker.

    All balances are locked first, in one statement and in the order of their keys.

    Raises:
        The same as `post_move`.
    """
    rows = [transfer_of(move, now=now) for move in moves]
    if len(rows) > 1:
        sides = [((row.debit_account, row.debit_bucket), (row.credit_account, row.credit_bucket)) for row in rows]
        lock_balances(session, [side for pair in sides for side in pair])
    return insert_transfers(session, rows)


def transfer_of(move: Move, *, now: datetime) -> Transfer:
    """Return the row that a move becomes.

    Raises:
        AssetMismatch: the accounts are of two assets.
    """
    if move.debit.name.asset_id != move.credit.name.asset_id:
        raise AssetMismatch()
    return transfer_row(
        TransferKind.MOVE,
        debit=(move.debit.id, rules.bucket_of(move.credit.id, buckets=move.debit.buckets)),
        credit=(move.credit.id, rules.bucket_of(move.debit.id, buckets=move.credit.buckets)),
        asset_id=move.debit.name.asset_id,
        amount=move.amount,
        cause=move.cause,
        now=now,
        expires_on=move.expires_on,
    )


def post_hold(
    session: Session,
    *,
    debit: Account,
    credit: Account,
    amount: int,
    cause: Cause,
    now: datetime,
    hold_until: datetime | None = None,
) -> Transfer:
    """Reserve an amount for a later post to `credit`. `hold_until` is a note for the worker; only a void frees it.

    Raises:
        InsufficientFunds: the debit side has less than that free.
        ReplayConflict, AssetMismatch, AmountOutOfRange: as for a move.
    """
    if debit.name.asset_id != credit.name.asset_id:
        raise AssetMismatch()
    hold = transfer_row(
        TransferKind.HOLD,
        debit=(debit.id, rules.bucket_of(credit.id, buckets=debit.buckets)),
        credit=(credit.id, rules.bucket_of(debit.id, buckets=credit.buckets)),
        asset_id=debit.name.asset_id,
        amount=amount,
        cause=cause,
        now=now,
        hold_until=hold_until,
    )
    return insert_transfers(session, [hold])[0]


def post_hold_part(
    session: Session,
    hold_id: UUID,
    *,
    cause: Cause,
    now: datetime,
    amount: int | None = None,
    expires_on: date | None = None,
) -> Transfer:
    """Post a hold, all of it or `amount`; the rest is free again.

    Raises:
        HoldResolved: the hold has ended by another cause.
        HoldMismatch: there is no such hold, or it is smaller.
        ReplayConflict: the cause was posted before with another content.
    """
    hold = _get_hold(session, hold_id)
    post = _resolution(TransferKind.POST, hold, hold.amount if amount is None else amount, cause, now, expires_on)
    return insert_transfers(session, [post])[0]


def void_hold(session: Session, hold_id: UUID, *, cause: Cause, now: datetime) -> Transfer:
    """End a hold without a move.

    Raises:
        HoldResolved: the hold has ended by another cause.
        HoldMismatch: there is no such hold.
    """
    hold = _get_hold(session, hold_id)
    return insert_transfers(session, [_resolution(TransferKind.VOID, hold, hold.amount, cause, now, None)])[0]


def _get_hold(session: Session, hold_id: UUID) -> Transfer:
    hold = queries.transfer_by_id(session, hold_id)
    if hold is None or hold.kind is not TransferKind.HOLD:
        raise HoldMismatch()
    return hold


def _resolution(
    kind: TransferKind, hold: Transfer, amount: int, cause: Cause, now: datetime, expires_on: date | None
) -> Transfer:
    return transfer_row(
        kind,
        debit=(hold.debit_account, hold.debit_bucket),
        credit=(hold.credit_account, hold.credit_bucket),
        asset_id=hold.asset_id,
        amount=amount,
        cause=cause,
        now=now,
        hold_id=hold.id,
        expires_on=expires_on,
    )


def transfer_row(
    kind: TransferKind,
    *,
    debit: tuple[UUID, int],
    credit: tuple[UUID, int],
    asset_id: UUID,
    amount: int,
    cause: Cause,
    now: datetime,
    hold_id: UUID | None = None,
    hold_until: datetime | None = None,
    expires_on: date | None = None,
    reverses: UUID | None = None,
) -> Transfer:
    """Return the row of a transfer, named by its cause. `debit` and `credit` are balance rows: account and bucket.

    Raises:
        AmountOutOfRange: the amount is not between 1 and 2^53 - 1.
    """
    # The database says so too; but a number that fits no column would not even reach its constraints.
    if not 1 <= amount <= AMOUNT_MAX:
        raise AmountOutOfRange(amount_max=AMOUNT_MAX)
    return Transfer(
        id=cause.transfer_id(),
        kind=kind,
        asset_id=asset_id,
        debit_account=debit[0],
        debit_bucket=debit[1],
        credit_account=credit[0],
        credit_bucket=credit[1],
        amount=amount,
        hold_id=hold_id,
        hold_until=hold_until,
        expires_on=expires_on,
        source_kind=cause.kind,
        source_id=cause.id,
        leg=cause.leg,
        reverses=reverses,
        actor_id=cause.actor_id,
        created_at=now,
    )


def insert_transfers(session: Session, transfers: Sequence[Transfer]) -> list[Transfer]:
    """Insert transfers, and return for each the row that now stands under its id. Several need their balances locked."""
    rows = [
        {name: getattr(row, name) for name in Transfer.__slots__} for row in sorted(transfers, key=lambda row: row.id)
    ]
    if not rows:
        return []
    insert = _INSERT[session.get_bind().dialect.name]
    try:
        inserted = set(session.execute(insert, rows if len(rows) > 1 else rows[0]).scalars())
    except IntegrityError as error:
        raise refusal_of(error) from error
    if len(inserted) == len(transfers):
        return list(transfers)
    return _with_replays(session, transfers)


def _with_replays(session: Session, transfers: Sequence[Transfer]) -> list[Transfer]:
    standing = queries.transfers_by_ids(session, [row.id for row in transfers])
    for row in transfers:
        first = standing[row.id]
        if any(getattr(first, name) != getattr(row, name) for name in _CONTENT):
            raise ReplayConflict(transfer_id=str(row.id))
    return [standing[row.id] for row in transfers]
