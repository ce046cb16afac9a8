"""Assets and accounts, made when first needed, and the locks on them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation.data import clock, insert_once, new_id
from app.ledger import queries
from app.ledger.errors import AssetMismatch
from app.ledger.models import AccountRow, AssetKind, AssetRow
from app.ledger.queries import Account, AccountName, Asset
from app.ledger.usecases.refusals import refusal_of

# The city itself owns the issuing, expiring and clearing accounts.
CITY_ID = UUID(int=0)


def ensure_asset(session: Session, code: str, kind: AssetKind, unit: str) -> Asset:
    """Return the asset of a code, and make it when it is new.

    Raises:
        AssetMismatch: the code stands for another kind or unit.
    """
    found = queries.find_asset(session, code)
    if found is None:
        insert_once(session, AssetRow, id=new_id(), code=code, kind=kind, unit=unit)
        found = queries.find_asset(session, code)
    if found is None or (found.kind, found.unit) != (kind, unit):
        raise AssetMismatch(asset_code=code)
    return found


def ensure_account(session: Session, owner_kind: str, owner_id: UUID, asset: Asset, purpose: str) -> Account:
    """Return an owner's account, and open it when it is new.

    Raises:
        PurposeUnknown: `ledger_purpose` has no such account.
    """
    name = AccountName(owner_kind, owner_id, asset.id, purpose)
    return ensure_accounts(session, [name])[name]


def ensure_accounts(session: Session, names: Iterable[AccountName]) -> dict[AccountName, Account]:
    """Return the accounts of all names; those that are new are opened together.

    Another transaction may open the same account at the same moment: the unique key lets one of them through, and the
    other waits for it and finds its row. Names are taken in order, so two groups cannot wait for each other.

    Raises:
        PurposeUnknown: `ledger_purpose` has no such account.
    """
    wanted = sorted(set(names), key=lambda name: (name.owner_kind, name.owner_id, name.asset_id, name.purpose))
    found = queries.find_accounts(session, wanted)
    missing = [name for name in wanted if name not in found]
    if missing:
        _open(session, missing)
        found |= queries.find_accounts(session, missing)
    return found


def _open(session: Session, names: list[AccountName]) -> None:
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "owner_kind": name.owner_kind,
            "owner_id": name.owner_id,
            "asset_id": name.asset_id,
            "purpose": name.purpose,
            "created_at": now,
        }
        for name in names
    ]
    try:
        session.execute(make(AccountRow).on_conflict_do_nothing(), rows)
    except IntegrityError as error:
        raise refusal_of(error) from error


def lock_accounts(session: Session, accounts: Iterable[Account]) -> None:
    """Lock all balance rows of these accounts until the transaction ends: after orders, before serial blocks."""
    lock_balances(session, [(account.id, bucket) for account in accounts for bucket in range(account.buckets)])


def lock_balances(session: Session, keys: Iterable[tuple[UUID, int]]) -> None:
    """Lock some balance rows, of busy accounts only the buckets that will be used.

    On SQLite the writer holds the file already.
    """
    wanted = sorted(set(keys))
    if session.get_bind().dialect.name == "postgresql" and wanted:
        session.execute(
            text("SELECT ledger_lock(CAST(:accounts AS uuid[]), CAST(:buckets AS integer[]))"),
            {"accounts": [account for account, _ in wanted], "buckets": [bucket for _, bucket in wanted]},
        )
