"""Taking back what was posted, by a counter-transfer (LEDGER 3, Debt)."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.ledger import queries, rules
from app.ledger.errors import AmountOutOfRange, ReplayConflict, ReversalExceeds, ReversalRefused
from app.ledger.models import LotRule, TransferKind
from app.ledger.queries import Account, Transfer
from app.ledger.usecases.accounts import ensure_accounts, lock_balances
from app.ledger.usecases.transfers import Cause, insert_transfers, transfer_row

_POINTS, _DEBT = "points", "debt"


def reverse(
    session: Session, transfer_id: UUID, *, cause: Cause, now: datetime, amount: int | None = None
) -> list[Transfer]:
    """Take back a transfer, or `amount` of it, and return the transfers that did; the same cause changes nothing twice.

    Points go back from what is free on the account; the rest becomes a debt of its owner. Points that come back to an
    owner return to the days from which the spend took them, the latest first: one reversal may be several transfers.

    Raises:
        TransferNotFound: there is nothing to take back.
        ReversalRefused: a hold, a void or a reversal, or points that one owner sent to another.
        ReversalExceeds: less than that is left of the original.
        AmountOutOfRange: less than one.
        InsufficientFunds: an account without a debt account has not got it any more.
        ReplayConflict: the cause took back another amount before.
    """
    original = queries.get_transfer(session, transfer_id)
    if original.kind not in {TransferKind.MOVE, TransferKind.POST} or original.reverses is not None:
        raise ReversalRefused()
    accounts = queries.accounts_by_ids(session, [original.debit_account, original.credit_account])
    payer, payee = accounts[original.credit_account], accounts[original.debit_account]
    if payer.lot_rule is LotRule.KEEPS and payee.lot_rule is LotRule.KEEPS:
        raise ReversalRefused()
    _lock(session, original, payer)

    earlier = queries.reversals_of(session, original.id)
    mine = [row for row in earlier if _is_by(row, cause)]
    if mine:
        if amount is not None and sum(row.amount for row in mine) != amount:
            raise ReplayConflict(transfer_id=str(mine[0].id))
        return mine
    left = original.amount - sum(row.amount for row in earlier)
    amount = left if amount is None else amount
    if amount > left or left == 0:
        raise ReversalExceeds(amount_max=left)
    if amount < 1:
        raise AmountOutOfRange(amount_max=left)
    if payer.lot_rule is LotRule.KEEPS:
        rows = _from_points_or_debt(session, original, amount, payer=payer, cause=cause, now=now)
    elif payee.lot_rule is LotRule.KEEPS:
        rows = _to_the_days_taken(session, original, amount, earlier, cause=cause, now=now)
    else:
        rows = [_row(original, amount, cause, now)]
    return insert_transfers(session, rows)


def _lock(session: Session, original: Transfer, payer: Account) -> None:
    """Lock the two sides of the original; where one is a debt, only after the points of its owner, as a grant does."""
    payer_side = (original.credit_account, original.credit_bucket)
    payee_side = (original.debit_account, original.debit_bucket)
    if payer.name.purpose == _DEBT:
        points = queries.find_accounts(session, [replace(payer.name, purpose=_POINTS)])
        lock_balances(session, [payee_side, *((account.id, 0) for account in points.values())])
        lock_balances(session, [payer_side])
    else:
        lock_balances(session, [payer_side, payee_side])


def _is_by(row: Transfer, cause: Cause) -> bool:
    same_source = (row.source_kind, row.source_id) == (cause.kind, cause.id)
    return same_source and (row.leg == cause.leg or row.leg.startswith(f"{cause.leg}/"))


def _from_points_or_debt(
    session: Session, original: Transfer, amount: int, *, payer: Account, cause: Cause, now: datetime
) -> list[Transfer]:
    balance = queries.balance_of(session, original.credit_account, today=clock.civil_day(now))
    from_points = min(max(0, balance.free), amount)
    rows = []
    if from_points:
        rows.append(_row(original, from_points, cause, now))
    if amount > from_points:
        # Opened under the lock on its owner's points, which no other reversal can hold now.
        name = replace(payer.name, purpose=_DEBT)
        debt = ensure_accounts(session, [name])[name]
        lock_balances(session, [(debt.id, 0)])
        owed = amount - from_points
        rows.append(_row(original, owed, cause.with_leg(_DEBT), now, debit=(debt.id, 0)))
    return rows


def _to_the_days_taken(
    session: Session, original: Transfer, amount: int, earlier: list[Transfer], *, cause: Cause, now: datetime
) -> list[Transfer]:
    returned: dict[date, int] = {}
    for row in earlier:
        if row.expires_on is not None:
            returned[row.expires_on] = returned.get(row.expires_on, 0) + row.amount
    parts = rules.split_return(amount, taken=queries.lots_taken(session, original), returned=returned)
    return [_row(original, part, cause.with_leg(str(day)), now, expires_on=day) for day, part in parts.items()]


def _row(
    original: Transfer,
    amount: int,
    cause: Cause,
    now: datetime,
    *,
    debit: tuple[UUID, int] | None = None,
    expires_on: date | None = None,
) -> Transfer:
    """Return a row that runs the original backwards, on the very balance rows it used."""
    return transfer_row(
        TransferKind.MOVE,
        debit=debit or (original.credit_account, original.credit_bucket),
        credit=(original.debit_account, original.debit_bucket),
        asset_id=original.asset_id,
        amount=amount,
        cause=cause,
        now=now,
        expires_on=expires_on,
        reverses=original.id,
    )
