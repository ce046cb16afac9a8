"""What the ledger answers: balances, pages of entries, balances of a past time, single transfers. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from app.ledger import rules
from app.ledger.errors import TransferNotFound
from app.ledger.models import (
    AccountRow,
    AssetKind,
    AssetRow,
    BalanceRow,
    EntryRow,
    LotRow,
    LotRule,
    PurposeRow,
    TransferKind,
    TransferRow,
)

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing that is counted."""

    id: UUID
    code: str
    unit: str
    kind: AssetKind


@dataclass(frozen=True, slots=True)
class AccountName:
    """What finds an account: whose it is, of which asset, and what for."""

    owner_kind: str
    owner_id: UUID
    asset_id: UUID
    purpose: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account, with what its purpose says about its balance rows."""

    id: UUID
    name: AccountName
    buckets: int
    lot_rule: LotRule


@dataclass(frozen=True, slots=True)
class Transfer:
    """One row of `ledger_transfer`."""

    id: UUID
    kind: TransferKind
    asset_id: UUID
    debit_account: UUID
    debit_bucket: int
    credit_account: UUID
    credit_bucket: int
    amount: int
    hold_id: UUID | None
    hold_until: datetime | None
    expires_on: date | None
    source_kind: str
    source_id: UUID
    leg: str
    reverses: UUID | None
    actor_id: UUID
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that expire on one day."""

    expires_on: date
    remaining: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on an account.

    `free` = posted - held - what the next expiry run will take; `lots` are the days to come, the earliest first.
    """

    posted: int
    held: int
    due: int
    free: int
    lots: tuple[Lot, ...]


NOTHING = Balance(posted=0, held=0, due=0, free=0, lots=())


@dataclass(frozen=True, slots=True)
class PurposeTotal:
    """What stands on all accounts of one purpose, and how many entries brought it there."""

    posted: int
    entries: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an account with the transfer that made it. `amount` is signed; 0 for a hold and its end."""

    seq: int
    transfer_id: UUID
    kind: TransferKind
    amount: int
    balance_after: int
    held_after: int
    created_at: datetime
    lots: dict[str, int] | None
    source_kind: str
    source_id: UUID
    leg: str
    expires_on: date | None
    reverses: UUID | None


_ACCOUNTS: Select[Any] = cast(
    "Select[Any]",
    select(
        AccountRow.id,
        AccountRow.owner_kind,
        AccountRow.owner_id,
        AccountRow.asset_id,
        AccountRow.purpose,
        PurposeRow.buckets,
        PurposeRow.lot_rule,
    )
    .join(AssetRow, AssetRow.id == AccountRow.asset_id)
    .join(
        PurposeRow,
        and_(
            PurposeRow.asset_kind == AssetRow.kind,
            PurposeRow.owner_kind == AccountRow.owner_kind,
            PurposeRow.purpose == AccountRow.purpose,
        ),
    ),
)


# An account with lots has one bucket (ledger_purpose_bucket_floor), so the join repeats no balance but by its lots.
_BALANCES: Select[Any] = cast(
    "Select[Any]",
    select(BalanceRow.bucket, BalanceRow.posted, BalanceRow.held, LotRow.expires_on, LotRow.remaining)
    .join(LotRow, LotRow.account_id == BalanceRow.account_id, isouter=True)
    .order_by(BalanceRow.bucket, LotRow.expires_on),
)


def find_asset(session: Session, code: str) -> Asset | None:
    """Return the asset of a code."""
    row = session.execute(
        select(AssetRow.id, AssetRow.code, AssetRow.unit, AssetRow.kind).where(AssetRow.code == code)
    ).one_or_none()
    return None if row is None else Asset(*row)


def find_accounts(session: Session, names: Iterable[AccountName]) -> dict[AccountName, Account]:
    """Return the accounts that exist, by their names."""
    # By equalities and one list an owner's kind, not by a list of rows: for that SQLite would read every account.
    owners: dict[tuple[str, UUID, str], list[UUID]] = {}
    for name in names:
        owners.setdefault((name.owner_kind, name.asset_id, name.purpose), []).append(name.owner_id)
    wanted = or_(
        false(),
        *(
            and_(
                AccountRow.owner_kind == owner_kind,
                AccountRow.owner_id.in_(ids),
                AccountRow.asset_id == asset_id,
                AccountRow.purpose == purpose,
            )
            for (owner_kind, asset_id, purpose), ids in owners.items()
        ),
    )
    return {found.name: found for found in _accounts(session, _ACCOUNTS.where(wanted))}


def accounts_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Account]:
    """Return accounts by their ids."""
    return {found.id: found for found in _accounts(session, _ACCOUNTS.where(AccountRow.id.in_(list(ids))))}


def _accounts(session: Session, query: Select[Any]) -> list[Account]:
    return [
        Account(id=row[0], name=AccountName(*row[1:5]), buckets=row[5], lot_rule=row[6])
        for row in session.execute(query)
    ]


def balance_of(session: Session, account_id: UUID, *, today: date) -> Balance:
    """Return what stands on an account, summed over its buckets; nothing, if there is no such account.

    Args:
        today: the civil day that decides what is due.
    """
    return _balance(session, _BALANCES.where(BalanceRow.account_id == account_id), today=today)


def balance_of_owner(
    session: Session, *, owner_kind: str, owner_id: UUID, asset_code: str, purpose: str, today: date
) -> Balance:
    """Return the same for an owner who may not have an account yet, in one statement."""
    query = (
        _BALANCES.join(AccountRow, AccountRow.id == BalanceRow.account_id)
        .join(AssetRow, AssetRow.id == AccountRow.asset_id)
        .where(
            AccountRow.owner_kind == owner_kind,
            AccountRow.owner_id == owner_id,
            AccountRow.purpose == purpose,
            AssetRow.code == asset_code,
        )
    )
    return _balance(session, query, today=today)


def _balance(session: Session, query: Select[Any], *, today: date) -> Balance:
    rows = session.execute(query).all()
    if not rows:
        return NOTHING
    by_bucket = {bucket: (posted, held) for bucket, posted, held, _, _ in rows}
    posted, held = (sum(part) for part in zip(*by_bucket.values(), strict=True))
    lots = [Lot(day, remaining) for *_, day, remaining in rows if day is not None]
    due = sum(lot.remaining for lot in lots if rules.is_due(lot.expires_on, today=today))
    return Balance(
        posted=posted,
        held=held,
        due=due,
        free=rules.free_amount(posted=posted, held=held, due=due),
        lots=tuple(lot for lot in lots if not rules.is_due(lot.expires_on, today=today)),
    )


def totals_by_purpose(session: Session, kind: AssetKind) -> dict[str, PurposeTotal]:
    """Return what stands on all accounts of a kind of asset, by what they are for; they sum to zero.

    One statement, so the totals are of one moment. It reads a balance row an account: for runs, not for requests.
    """
    # Balances by a subquery an account: as a join, SQLite would read all balances of the city and then ask whose they are.
    of_kind = AccountRow.asset_id.in_(select(AssetRow.id).where(AssetRow.kind == kind))
    posted, entries = (
        select(func.sum(column)).where(BalanceRow.account_id == AccountRow.id).scalar_subquery()
        for column in (BalanceRow.posted, BalanceRow.version)
    )
    query = select(AccountRow.purpose, func.sum(posted), func.sum(entries)).where(of_kind).group_by(AccountRow.purpose)
    return {purpose: PurposeTotal(int(posted), int(entries)) for purpose, posted, entries in session.execute(query)}


def select_entries(account_id: UUID, *, bucket: int = 0) -> Select[Any]:
    """Return the query of an account's entries, newest first; each row has the fields of `Entry`."""
    query = (
        select(
            EntryRow.seq,
            EntryRow.transfer_id,
            TransferRow.kind,
            EntryRow.amount,
            EntryRow.balance_after,
            EntryRow.held_after,
            EntryRow.created_at,
            EntryRow.lots,
            TransferRow.source_kind,
            TransferRow.source_id,
            TransferRow.leg,
            TransferRow.expires_on,
            TransferRow.reverses,
        )
        .join(TransferRow, TransferRow.id == EntryRow.transfer_id)
        .where(EntryRow.account_id == account_id, EntryRow.bucket == bucket)
        .order_by(EntryRow.seq.desc())
    )
    return cast("Select[Any]", query)


def page_of_entries(
    session: Session, account_id: UUID, *, before_seq: int | None = None, limit: int = 50, bucket: int = 0
) -> list[Entry]:
    """Return up to `limit` entries with a number below `before_seq`, newest first."""
    query = select_entries(account_id, bucket=bucket).limit(min(limit, PAGE_MAX))
    if before_seq is not None:
        query = query.where(EntryRow.seq < before_seq)
    return [Entry(*row) for row in session.execute(query)]


def balance_as_of(session: Session, account_id: UUID, *, at: datetime) -> tuple[int, int]:
    """Return what was posted and held on an account at a past time, summed over its buckets."""
    buckets = session.scalar(select(func.count()).where(BalanceRow.account_id == account_id)) or 0
    posted = held = 0
    for bucket in range(buckets):
        row = session.execute(select_as_of(account_id, bucket=bucket, at=at)).one_or_none()
        if row is not None:
            posted, held = posted + row.balance_after, held + row.held_after
    return posted, held


def select_as_of(account_id: UUID, *, bucket: int, at: datetime) -> Select[Any]:
    """Return the query of the last entry not after `at`."""
    query = (
        select(EntryRow.balance_after, EntryRow.held_after)
        .where(EntryRow.account_id == account_id, EntryRow.bucket == bucket, EntryRow.created_at <= at)
        .order_by(EntryRow.seq.desc())
        .limit(1)
    )
    return cast("Select[Any]", query)


_TRANSFER = [getattr(TransferRow, name) for name in Transfer.__slots__]


def transfers_by_ids(session: Session, ids: Sequence[UUID]) -> dict[UUID, Transfer]:
    """Return transfers by their ids; those that do not exist are left out."""
    rows = session.execute(select(*_TRANSFER).where(TransferRow.id.in_(ids)))
    return {row[0]: Transfer(*row) for row in rows}


def transfer_by_id(session: Session, transfer_id: UUID) -> Transfer | None:
    """Return one transfer, or None."""
    return transfers_by_ids(session, [transfer_id]).get(transfer_id)


def get_transfer(session: Session, transfer_id: UUID) -> Transfer:
    """Return one transfer.

    Raises:
        TransferNotFound: there is none of this id.
    """
    found = transfer_by_id(session, transfer_id)
    if found is None:
        raise TransferNotFound(transfer_id=str(transfer_id))
    return found


def reversals_of(session: Session, transfer_id: UUID) -> list[Transfer]:
    """Return the transfers that take back this one, in the order of their ids."""
    query = select(*_TRANSFER).where(TransferRow.reverses == transfer_id).order_by(TransferRow.id)
    return [Transfer(*row) for row in session.execute(query)]


def lots_taken(session: Session, spend: Transfer) -> dict[date, int]:
    """Return the days that a spend took its points from; reads the entries of the one account that paid."""
    lots = session.scalar(
        select(EntryRow.lots).where(
            EntryRow.account_id == spend.debit_account,
            EntryRow.bucket == spend.debit_bucket,
            EntryRow.transfer_id == spend.id,
        )
    )
    return {date.fromisoformat(day): points for day, points in (lots or {}).items()}
