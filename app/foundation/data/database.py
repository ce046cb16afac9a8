"""Doors to the database: `transaction()` to change, `reading()` to look, `run_in_transaction()` to try again.

The request layer or the worker owns the outer transaction; a use case joins it as a savepoint, so that a domain error takes
back the use case and leaves the outer transaction free to store the answer (DESIGN 4).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.foundation.data.base import Base
from app.foundation.data.fair_lock import FairLock

Result = TypeVar("Result")
BeforeCommit = Callable[[Session, list[Any]], object]

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

ATTEMPTS = 3
# serialization_failure and deadlock_detected (PostgreSQL, appendix A): the transaction did nothing and may run again.
RETRIED_SQLSTATES = frozenset({"40001", "40P01"})
WRITER_WAIT_S = 10.0

_sqlite_writer = FairLock()
_log = logging.getLogger(__name__)


class DatabaseBusy(Exception):
    """The turn to write did not come in time."""


@dataclass
class _Unit:
    """The outer transaction of this thread."""

    session: Session
    writes: bool
    after: list[Callable[[], object]] = field(default_factory=list)
    before: list[tuple[BeforeCommit, Any]] = field(default_factory=list)


_current: ContextVar[_Unit | None] = ContextVar("unit", default=None)


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a transaction, or join the one that is open as a savepoint.

    Raises:
        DatabaseBusy: on SQLite, other writers held the file for too long.
        RuntimeError: a reading transaction is open; it cannot turn into a writing one.
    """
    unit = _current.get()
    if unit is None:
        with _outer(writes=True) as opened:
            yield opened.session
        return
    if not unit.writes:
        raise RuntimeError("a use case that changes something was called inside reading()")
    after, before = len(unit.after), len(unit.before)
    try:
        with unit.session.begin_nested():
            yield unit.session
    except BaseException:
        del unit.after[after:]
        del unit.before[before:]
        raise


@contextmanager
def reading() -> Iterator[Session]:
    """Open a transaction that can only read, or look through the one that is open.

    On SQLite it is never IMMEDIATE, so readers do not queue with writers; on PostgreSQL it is READ ONLY.
    """
    unit = _current.get()
    if unit is not None:
        yield unit.session
        return
    with _outer(writes=False) as opened:
        yield opened.session


def run_in_transaction(work: Callable[[Session], Result]) -> Result:
    """Run `work` in a transaction of its own and return what it returns; run it again when PostgreSQL asks for it.

    A `with` body cannot run twice, so the retry lives here and in nobody else. Inside an open transaction `work` simply joins.
    """
    if _current.get() is not None:
        with transaction() as session:
            return work(session)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction() as session:
                return work(session)
        except DBAPIError as error:
            if sqlstate_of(error) not in RETRIED_SQLSTATES or attempt == ATTEMPTS:
                raise
            _log.info("foundation.transaction.retried attempt=%d sqlstate=%s", attempt, sqlstate_of(error))
    raise AssertionError("unreachable")


def in_transaction() -> bool:
    """Return whether a transaction that may write is open in this thread."""
    unit = _current.get()
    return unit is not None and unit.writes


def after_commit(call: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    """Call something once the outer transaction has committed; never, if it rolls back. Logs and metrics of success go here."""
    unit = _current.get()
    if unit is None:
        call(*args, **kwargs)
    else:
        unit.after.append(lambda: call(*args, **kwargs))


def before_commit(session: Session, work: BeforeCommit, item: Any) -> None:
    """Keep an item for `work`, which gets all of its items at once, as the last thing the outer transaction does.

    For locks that must be taken late and held briefly. What a rolled back use case kept is forgotten. A session that somebody
    opened without these doors has no last moment, and the work is done in it at once.

    Raises:
        RuntimeError: a reading transaction is open.
    """
    unit = _current.get()
    if unit is None:
        work(session, [item])
    elif not unit.writes:
        raise RuntimeError("there is nothing to keep for the end of a transaction that only reads")
    else:
        unit.before.append((work, item))


def sqlstate_of(error: DBAPIError) -> str | None:
    """Return PostgreSQL's five-character code, or None on SQLite."""
    return getattr(error.orig, "sqlstate", None)


def constraint_of(error: DBAPIError) -> str:
    """Return what the database says was violated: the constraint's name on PostgreSQL, the message on SQLite.

    Triggers raise with the constraint's name as message on both engines, so that a use case can ask `"funds" in constraint_of(e)`.
    """
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return str(diagnostics.constraint_name or diagnostics.message_primary or "")
    return str(error.orig)


@contextmanager
def _outer(*, writes: bool) -> Iterator[_Unit]:
    on_sqlite = db.engine.dialect.name == "sqlite"
    if writes and on_sqlite and not _sqlite_writer.acquire(WRITER_WAIT_S):
        raise DatabaseBusy("sqlite writer queue")
    try:
        session = Session(db.engine, expire_on_commit=False)
        unit = _Unit(session, writes)
        token = _current.set(unit)
        try:
            session.connection(execution_options=_options(writes=writes, on_sqlite=on_sqlite))
            yield unit
            _work_before_commit(unit)
            session.commit()
        finally:
            _current.reset(token)
            session.close()
    finally:
        if writes and on_sqlite:
            _sqlite_writer.release()
    for call in unit.after:
        call()


def _work_before_commit(unit: _Unit) -> None:
    items: dict[BeforeCommit, list[Any]] = {}
    for work, item in unit.before:
        items.setdefault(work, []).append(item)
    for work, kept in items.items():
        work(unit.session, kept)


def _options(*, writes: bool, on_sqlite: bool) -> dict[str, Any]:
    return {"lintan_writes": writes} if on_sqlite else {"postgresql_readonly": not writes}


def open_database(app: Flask) -> None:
    """Connect the application to the database that `LINTAN_DATABASE_URL` names, and to its migrations."""
    db.init_app(app)
    Migrate(app, db, directory=str(Path(app.root_path).parent / "migrations"), compare_type=True)
    with app.app_context():
        prepare_engine(db.engine)


def prepare_engine(engine: Engine) -> None:
    """Set what every connection of an engine needs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # The driver must not begin on its own; _begin_sqlite does.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once: a deferred reader that turns writer fails in WAL mode however long it waits.
    writes = connection.get_execution_options().get("lintan_writes", True)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
