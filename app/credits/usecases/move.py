"""Kilograms are reserved, released, delivered and passed on. Serials follow every transfer, the lowest first.

All take the caller's session and never commit. The order of locks is the ledger's accounts, then serial blocks: a post
locks both balances, and whoever takes blocks from an account has its balance.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.credits import queries, rules
from app.credits.errors import HoldNotForThis, NotEnoughKilograms
from app.credits.models import BlockMoveRow
from app.credits.queries import Batch
from app.credits.rules import HolderKind, SerialRange
from app.foundation.data import clock
from app.foundation.proof import Actor, record
from app.ledger import (
    Account,
    AccountName,
    Cause,
    InsufficientFunds,
    Transfer,
    TransferKind,
    accounts_by_ids,
    balance_of,
    ensure_accounts,
    post_hold,
    post_hold_part,
    post_move,
    transfer_by_id,
    void_hold,
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who can hold kilograms."""

    kind: HolderKind
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Kilograms of a batch that are set aside. `until` is when the caller means to release it; nothing ends by itself."""

    id: UUID
    batch_id: UUID
    kg: int
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Kilograms that came to a holder, with their serials."""

    transfer_id: UUID
    batch_id: UUID
    kg: int
    serials: tuple[SerialRange, ...]


def available_kg(session: Session, batch_id: UUID, *, now: datetime) -> int:
    """Return how many kilograms of a batch can be reserved or bought.

    Raises:
        BatchNotFound: there is none of this id.
    """
    batch = queries.get_batch(session, batch_id)
    return balance_of(session, batch.sale_account_id, today=clock.civil_day(now)).free


def hold_kg(
    session: Session,
    batch_id: UUID,
    kg: int,
    *,
    cause: Cause,
    until: datetime | None,
    now: datetime,
    deliver_to: Holder | None = None,
) -> Hold:
    """Reserve kilograms of a batch that is for sale; the same cause reserves once. Which serials they are is settled later.

    Args:
        deliver_to: whose account they will go to; without it they will be retired. A hold knows its destination.
        until: when the caller will release it at the latest; a note for the worker.

    Raises:
        BatchNotFound: there is none of this id.
        NotEnoughKilograms: fewer are free.
        ReplayConflict: the cause reserved another amount, batch or destination before.
    """
    batch = queries.get_batch(session, batch_id)
    source = accounts_by_ids(session, [batch.sale_account_id, batch.retired_account_id])
    goal = source[batch.retired_account_id] if deliver_to is None else holding_of(session, batch, deliver_to)
    with too_few_told():
        hold = post_hold(
            session,
            debit=source[batch.sale_account_id],
            credit=goal,
            amount=kg,
            cause=cause,
            now=now,
            hold_until=until,
        )
    return Hold(id=hold.id, batch_id=batch_id, kg=hold.amount, until=hold.hold_until)


def release_hold(session: Session, hold_id: UUID, *, cause: Cause, now: datetime) -> None:
    """Let reserved kilograms go; the same cause releases once.

    Raises:
        HoldResolved: they were retired, delivered or released by another cause.
        HoldMismatch: there is no such reservation.
    """
    void_hold(session, hold_id, cause=cause, now=now)


def deliver_held(session: Session, hold_id: UUID, *, cause: Cause, actor: Actor, now: datetime) -> Delivery:
    """Hand reserved kilograms to the holder they were reserved for.

    Raises:
        HoldNotForThis: they were reserved to be retired, or it is no reservation of kilograms.
        HoldResolved: the reservation has ended by another cause.
    """
    batch = batch_of_hold(session, hold_id, to_be_retired=False)
    transfer = post_hold_part(session, hold_id, cause=cause, now=now)
    return _delivered(session, transfer, batch, actor=actor)


def transfer_kg(
    session: Session,
    batch_id: UUID,
    kg: int,
    *,
    sender: Holder,
    receiver: Holder,
    cause: Cause,
    actor: Actor,
    now: datetime,
) -> Delivery:
    """Pass kilograms on from one holder to another, with their serials; the same cause does it once.

    Raises:
        BatchNotFound: there is none of this id.
        NotEnoughKilograms: the sender has fewer free.
        ReplayConflict: the cause moved something else before.
    """
    batch = queries.get_batch(session, batch_id)
    debit, credit = holding_of(session, batch, sender), holding_of(session, batch, receiver)
    with too_few_told():
        transfer = post_move(session, debit=debit, credit=credit, amount=kg, cause=cause, now=now)
    return _delivered(session, transfer, batch, actor=actor)


def holding_of(session: Session, batch: Batch, holder: Holder) -> Account:
    """Return a holder's account in a batch, opened when it is new."""
    name = AccountName(holder.kind, holder.id, batch.asset_id, "holding")
    return ensure_accounts(session, [name])[name]


def batch_of_hold(session: Session, hold_id: UUID, *, to_be_retired: bool) -> Batch:
    """Return the batch that a hold reserves from.

    Raises:
        HoldNotForThis: it is no hold of a batch, or for the other destination.
    """
    hold = transfer_by_id(session, hold_id)
    batch = None if hold is None else queries.find_batch_of_asset(session, hold.asset_id)
    if hold is None or batch is None or hold.kind is not TransferKind.HOLD:
        raise HoldNotForThis()
    if (hold.credit_account == batch.retired_account_id) is not to_be_retired:
        raise HoldNotForThis()
    return batch


def move_serials(session: Session, transfer: Transfer) -> tuple[SerialRange, ...]:
    """Let serials follow a transfer that was just posted, the lowest of the payer first; a repetition changes nothing.

    Raises:
        SerialsOutOfStep: the ledger and the blocks do not agree. Nobody's fault but ours.
    """
    done = queries.moves_of(session, [transfer.id]).get(transfer.id)
    if done is not None:
        return tuple(move.range for move in done)
    takes = rules.take_lowest(queries.blocks_of(session, transfer.debit_account), transfer.amount)
    session.add_all(
        [
            BlockMoveRow(
                transfer_id=transfer.id,
                first=take.range.first,
                last=take.range.last,
                from_account=transfer.debit_account,
                to_account=transfer.credit_account,
                from_first=take.block.range.first,
                from_last=take.block.range.last,
                from_transfer_id=take.block.transfer_id,
            )
            for take in takes
        ]
    )
    session.flush()
    return tuple(take.range for take in takes)


@contextmanager
def too_few_told() -> Iterator[None]:
    """Say in kilograms what the ledger says in amounts."""
    try:
        yield
    except InsufficientFunds as error:
        raise NotEnoughKilograms() from error


def _delivered(session: Session, transfer: Transfer, batch: Batch, *, actor: Actor) -> Delivery:
    is_new = transfer.id not in queries.moves_of(session, [transfer.id])
    serials = move_serials(session, transfer)
    if is_new:
        record(
            session,
            action="credits.moved",
            object_kind="ledger.transfer",
            object_id=transfer.id,
            actor=actor,
            after={"batch_id": str(batch.id), "serials": [[each.first, each.last] for each in serials]},
        )
    return Delivery(transfer_id=transfer.id, batch_id=batch.id, kg=transfer.amount, serials=serials)
