"""How long a certificate takes from its draft to valid: one at a time, and in a batch.

The baseline is what nobody can do without: as many rows in as many commits, and as many Ed25519 signatures, past all else. The
retirement is made beforehand; its entry of the log is numbered together with the certificate, as in the product.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import config
from app import create_app
from app.certificates import CertificateState, certificates_of, draft_retirement_certificate
from app.credits import (
    RETIREMENT_SUBJECT,
    Batch,
    Beneficiary,
    BeneficiaryKind,
    Holder,
    HolderKind,
    Purpose,
    Retirement,
    retire,
)
from app.foundation.data import Base, clock, db, reading, run_in_transaction
from app.foundation.proof import SYSTEM
from app.ledger import Cause
from app.transparency.log.sequencer import sequence
from tests.credits.people import Register
from tests.identity.people import make_agency

SIGNATURES, COMMITS = 3, 2  # Proof, JWT and checkpoint; the draft's commit and the sequencer's.
ROW = b"." * 500
YUNHE = "331125"  # No county in which the demo city has an office of this kind.
Rows = Callable[[int], None]


class Office:
    """Issues certificates for kilograms of a batch of its own, in the database that the environment names."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    def retire(self, count: int) -> list[Retirement]:
        """Retire so many times one kilogram, each for a resident."""
        return [run_in_transaction(self._retire_one) for _ in range(count)]

    def _retire_one(self, session: Session) -> Retirement:
        return retire(
            session,
            self._batch.id,
            1,
            holder=Holder(HolderKind.PROJECT, self._batch.project_id),
            beneficiary=Beneficiary(kind=BeneficiaryKind.RESIDENT, id=uuid4()),
            purpose=Purpose.SELF,
            cause=Cause("bench.retire", uuid4(), "retire", SYSTEM.id),
            actor=SYSTEM,
            now=clock.now(),
        )

    def certify(self, retirements: list[Retirement]) -> float:
        """Draft the certificates, each in a commit of its own, sign them, and return the seconds until all are valid."""
        started, logged = time.perf_counter(), 0
        for each in retirements:
            run_in_transaction(partial(self._draft, each))
        while logged < len(retirements):
            logged += sequence()
        took = time.perf_counter() - started
        with reading() as session:
            found = certificates_of(session, RETIREMENT_SUBJECT, [each.id for each in retirements])
        states = {each.state for each in found.values()}
        if len(found) != len(retirements) or states != {CertificateState.VALID}:
            raise SystemExit(f"certificates are {sorted(states)}, and {len(found)} of {len(retirements)}")
        return took

    @staticmethod
    def _draft(retirement: Retirement, session: Session) -> None:
        draft_retirement_certificate(
            session, retirement=retirement, holder_id=uuid4(), beneficiary_name="林小青", now=clock.now()
        )

    def rows_each(self) -> int:
        """Return how many rows one certificate adds to all tables, its retirement's entry of the log included."""
        retired, before = self.retire(1), _row_count()
        self.certify(retired)
        return _row_count() - before


@contextmanager
def office() -> Iterator[Office]:
    """Open an office with a batch to retire from."""
    app = create_app(config.load())
    with app.app_context():
        batch = Register(make_agency("bench-issuing", county=YUNHE)).batch(10_000, code="LS33-C-0001-2024")
        yield Office(batch)
        db.engine.dispose()


def bare(rows: Rows, rows_each: int) -> Callable[[], float]:
    """Return what signs, inserts and commits as often as a certificate does, and returns the seconds that it took."""
    key = Ed25519PrivateKey.generate()

    def issue() -> float:
        started = time.perf_counter()
        for _ in range(SIGNATURES):
            key.sign(ROW)
        for part in range(COMMITS):
            rows((rows_each + part) // COMMITS)
        return time.perf_counter() - started

    return issue


def rows_on_sqlite(path: str) -> Rows:
    """Return what commits rows to a SQLite file of its own, as durable as the product's."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE bare_row (id BLOB PRIMARY KEY, content BLOB NOT NULL) STRICT")

    def commit(count: int) -> None:
        values = [part for _ in range(count) for part in (uuid4().bytes, ROW)]
        connection.execute(f"INSERT INTO bare_row VALUES {', '.join(['(?, ?)'] * count)}", values)

    return commit


def rows_on_postgresql(conninfo: str) -> Rows:
    """Return what commits rows to a table of its own, which is made first."""
    connection = psycopg.connect(conninfo, autocommit=True)
    connection.execute("CREATE TABLE bare_row (id uuid PRIMARY KEY, content bytea NOT NULL)")
    cursor = connection.cursor()

    def commit(count: int) -> None:
        values = [part for _ in range(count) for part in (uuid4(), ROW)]
        cursor.execute(f"INSERT INTO bare_row VALUES {', '.join(['(%s, %s)'] * count)}", values, prepare=True)

    return commit


def _row_count() -> int:
    with reading() as session:
        tables = Base.metadata.sorted_tables
        return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
