"""Lets anybody drive the ledger: `factory(n)` prepares a database and returns `(connect, audit)`.

`LINTAN_DATABASE_URL` names the database (on PostgreSQL `LINTAN_OWNER_DATABASE_URL` too, for the set-up). `connect()` is called
inside each worker process and returns `transfer(src, dst, amount)`, which moves points at once through the product's own triggers:
src and dst are residents 0..n-1, or -1 for the hot account, the city's. `audit()` returns a dict; all values but `transfers`
must be 0.
"""

import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy.engine import make_url

import config
from app import create_app
from app.foundation.data import clock, run_in_transaction
from app.foundation.data.types import instant_text
from app.foundation.work import set_up
from app.ledger import (
    CITY_ID,
    Account,
    AccountName,
    Cause,
    PointsGrant,
    ensure_account,
    ensure_points,
    find_accounts,
    grant_many,
    transfer_id,
)
from app.ledger import (
    audit as ledger_audit,
)
from app.ledger.rules import bucket_of

FUNDED_WITH = 1_000_000_000
GRANTED_AT_ONCE = 500
EXPIRES_ON = date(2099, 1, 1)
HOT = -1

Transfer = Callable[[int, int, int], None]

# One statement, one round trip: the trigger locks, checks and books (LEDGER 2.3).
_COLUMNS = (
    "id, kind, asset_id, debit_account, debit_bucket, credit_account, credit_bucket, amount,"
    " expires_on, source_kind, source_id, leg, actor_id, created_at"
)
_POSTGRESQL = (
    f"INSERT INTO ledger_transfer ({_COLUMNS}) VALUES (%s,'move',%s,%s,%s,%s,%s,%s,%s,'bench',%s,'move',%s,%s)"
)
_SQLITE = f"INSERT INTO ledger_transfer ({_COLUMNS}) VALUES (?,'move',?,?,?,?,?,?,?,'bench',?,'move',?,?)"


def factory(n: int) -> tuple[Callable[[], Transfer], Callable[[], dict[str, int]]]:
    """Prepare `n` funded residents and the hot account; return `(connect, audit)`."""
    app = create_app(config.load())
    residents = [UUID(int=number + 1) for number in range(n)]
    with app.app_context():
        set_up()
        for start in range(0, n, GRANTED_AT_ONCE):
            run_in_transaction(lambda session, part=residents[start : start + GRANTED_AT_ONCE]: _fund(session, part))
        asset, hot, accounts = run_in_transaction(lambda session: _open(session, residents))

    def connect() -> Transfer:
        return _mover(asset, hot, accounts)

    def audit() -> dict[str, int]:
        with app.app_context():
            return run_in_transaction(ledger_audit)

    return connect, audit


def _fund(session: Any, residents: list[UUID]) -> None:
    grants = [
        PointsGrant(each, FUNDED_WITH, EXPIRES_ON, Cause("bench.fund", each, "grant", CITY_ID)) for each in residents
    ]
    grant_many(session, grants, now=clock.now())


def _open(session: Any, residents: list[UUID]) -> tuple[UUID, Account, list[Account]]:
    asset = ensure_points(session)
    hot = ensure_account(session, "city", CITY_ID, asset, "redeemed")
    found: dict[AccountName, Account] = {}
    names = [AccountName("resident", each, asset.id, "points") for each in residents]
    for start in range(0, len(names), GRANTED_AT_ONCE):
        found |= find_accounts(session, names[start : start + GRANTED_AT_ONCE])
    return asset.id, hot, [found[name] for name in names]


def _mover(asset: UUID, hot: Account, accounts: list[Account]) -> Transfer:
    url = make_url(os.environ.get("LINTAN_DATABASE_URL") or config.load()["LINTAN_DATABASE_URL"])
    on_sqlite = url.get_backend_name() == "sqlite"
    execute, spell = (
        _sqlite(str(url.database))
        if on_sqlite
        else _postgresql(url.set(drivername="postgresql").render_as_string(False))
    )
    statement = _SQLITE if on_sqlite else _POSTGRESQL

    def transfer(src: int, dst: int, amount: int) -> None:
        debit, credit = (hot if each == HOT else accounts[each] for each in (src, dst))
        source = uuid4()
        values = (
            transfer_id("bench", source, "move"),
            asset,
            debit.id,
            bucket_of(credit.id, buckets=debit.buckets),
            credit.id,
            bucket_of(debit.id, buckets=credit.buckets),
            amount,
            None if dst == HOT else EXPIRES_ON,
            source,
            CITY_ID,
            datetime.now(UTC),
        )
        execute(statement, spell(values))

    return transfer


def _postgresql(url: str) -> tuple[Callable[[str, Any], Any], Callable[[Any], Any]]:
    connection = psycopg.connect(url, autocommit=True)
    cursor = connection.cursor()
    return lambda statement, values: cursor.execute(statement, values, prepare=True), tuple


def _sqlite(path: str) -> tuple[Callable[[str, Any], Any], Callable[[Any], Any]]:
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection.execute, lambda values: tuple(_plain(value) for value in values)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, datetime):
        return instant_text(value)
    return value.isoformat() if isinstance(value, date) else value
