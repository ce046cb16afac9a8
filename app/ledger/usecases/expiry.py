"""Points that were not spent in time go to the city's expiry account (LEDGER 3, Expiry)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.foundation.sync import changed
from app.ledger import queries, rules
from app.ledger.models import BalanceRow, LotRow
from app.ledger.queries import Account, AccountName
from app.ledger.usecases.accounts import CITY_ID, ensure_accounts, lock_balances
from app.ledger.usecases.transfers import Cause, Move, insert_transfers, transfer_of

EXPIRY_SOURCE = "ledger.expiry"
# The account on a resident's telephone, one a resident, as the room points lists it.
POINTS_COLLECTION = "account"


def expire_due(session: Session, *, now: datetime, limit: int = 500) -> int:
    """Take due points from up to `limit` accounts and return from how many; 0 means that nothing is left to do.

    What holds still need stays, and is taken by the run after they end. A run that dies half-way loses nothing: its
    transaction takes back the batch, and the next one finds the same lots.
    """
    today = clock.civil_day(now)
    # In the order of the index on the day, so that the cost follows what is due and not what there is. Accounts whose
    # points are all held are passed over, or a batch could be full of them for ever.
    due_lots = (
        select(LotRow.account_id)
        .join(BalanceRow, and_(BalanceRow.account_id == LotRow.account_id, BalanceRow.bucket == 0))
        .where(LotRow.expires_on <= today, BalanceRow.posted > BalanceRow.held)
        .order_by(LotRow.expires_on, LotRow.account_id)
        .limit(limit)
    )
    accounts = queries.accounts_by_ids(session, session.scalars(due_lots).unique().all())
    if not accounts:
        return 0
    sinks = _sinks(session, accounts.values())
    lock_balances(session, _sides(accounts.values(), sinks))
    standing = session.execute(
        select(
            BalanceRow.account_id,
            BalanceRow.version,
            BalanceRow.posted,
            BalanceRow.held,
            func.coalesce(func.sum(LotRow.remaining), 0),
        )
        .join(LotRow, and_(LotRow.account_id == BalanceRow.account_id, LotRow.expires_on <= today))
        .where(BalanceRow.account_id.in_(list(accounts)))
        .group_by(BalanceRow.account_id, BalanceRow.bucket)
    )
    moves = []
    for account_id, version, posted, held, due in standing:
        points = rules.expiring_amount(posted=posted, held=held, due=int(due))
        if points:
            account = accounts[account_id]
            # Two runs that find the same account in the same state make the same transfer.
            cause = Cause(EXPIRY_SOURCE, account_id, f"after {version}", actor_id=CITY_ID)
            if account.name.owner_kind == "resident":
                changed(session, account.name.owner_id, POINTS_COLLECTION, account.name.owner_id)
            moves.append(Move(account, sinks[account.name.asset_id], points, cause))
    insert_transfers(session, [transfer_of(move, now=now) for move in moves])
    return len(moves)


def _sinks(session: Session, accounts: Iterable[Account]) -> dict[UUID, Account]:
    """Return the city's expiry account of each asset."""
    names = [AccountName("city", CITY_ID, asset_id, "expiry") for asset_id in {each.name.asset_id for each in accounts}]
    return {name.asset_id: sink for name, sink in ensure_accounts(session, names).items()}


def _sides(accounts: Iterable[Account], sinks: dict[UUID, Account]) -> list[tuple[UUID, int]]:
    sides = []
    for account in accounts:
        sink = sinks[account.name.asset_id]
        sides += [(account.id, 0), (sink.id, rules.bucket_of(account.id, buckets=sink.buckets))]
    return sides
