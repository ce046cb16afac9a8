"""The baseline of the ledger's benchmark: the same move in bare SQL, without rules.

Two balances updated, one transfer and two entries inserted, in one transaction: what any double entry writes. On PostgreSQL it is a
function, so one round trip as in the product; on SQLite five statements of one connection.
"""

import sqlite3
from collections.abc import Callable
from uuid import uuid4

import psycopg

Move = Callable[[int, int, int], None]

_TABLES = """
CREATE TABLE bare_balance (account INTEGER PRIMARY KEY, amount BIGINT NOT NULL);
CREATE TABLE bare_transfer (id {uuid} PRIMARY KEY, debit INTEGER NOT NULL, credit INTEGER NOT NULL, amount BIGINT NOT NULL);
CREATE TABLE bare_entry (id {serial}, account INTEGER NOT NULL, transfer {uuid} NOT NULL, amount BIGINT NOT NULL);
"""
_FUNCTION = """
CREATE FUNCTION bare_move(transfer uuid, debit integer, credit integer, moved bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bare_balance SET amount = amount - moved WHERE account = debit;
    UPDATE bare_balance SET amount = amount + moved WHERE account = credit;
    INSERT INTO bare_transfer VALUES (transfer, debit, credit, moved);
    INSERT INTO bare_entry (account, transfer, amount) VALUES (debit, transfer, -moved), (credit, transfer, moved);
END $$
"""


def on_sqlite(path: str, accounts: int) -> Move:
    """Return the bare move on a SQLite file of its own, as durable as the product's."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(_TABLES.format(uuid="BLOB", serial="INTEGER PRIMARY KEY"))
    connection.executemany("INSERT INTO bare_balance VALUES (?, 0)", [(number,) for number in range(accounts)])

    def move(debit: int, credit: int, amount: int) -> None:
        transfer = uuid4().bytes
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE bare_balance SET amount = amount - ? WHERE account = ?", (amount, debit))
        connection.execute("UPDATE bare_balance SET amount = amount + ? WHERE account = ?", (amount, credit))
        connection.execute("INSERT INTO bare_transfer VALUES (?, ?, ?, ?)", (transfer, debit, credit, amount))
        entries = (debit, transfer, -amount, credit, transfer, amount)
        connection.execute("INSERT INTO bare_entry (account, transfer, amount) VALUES (?, ?, ?), (?, ?, ?)", entries)
        connection.execute("COMMIT")

    return move


def on_postgresql(conninfo: str, accounts: int) -> Move:
    """Return the bare move on a PostgreSQL database, whose tables are made first."""
    connection = psycopg.connect(conninfo, autocommit=True)
    connection.execute(_TABLES.format(uuid="uuid", serial="bigserial PRIMARY KEY"))
    connection.execute(_FUNCTION)
    connection.execute("INSERT INTO bare_balance SELECT number, 0 FROM generate_series(0, %s) number", [accounts])
    connection.execute("ANALYZE bare_balance")
    cursor = connection.cursor()

    def move(debit: int, credit: int, amount: int) -> None:
        cursor.execute("SELECT bare_move(%s, %s, %s, %s)", (uuid4(), debit, credit, amount), prepare=True)

    return move
