"""Statements that write and say how many rows they wrote, on both engines."""

from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Delete, Insert, Update, delete, inspect, literal, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.foundation.data.base import Base
from app.foundation.data.database import in_transaction, run_in_transaction

BATCH = 5_000


def rows_written(session: Session, statement: Insert | Update | Delete) -> int:
    """Run a statement and return the number of rows it wrote; objects already loaded are left as they are."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount


def delete_in_batches(model: type[Base], condition: ColumnElement[bool], *, batch: int = BATCH) -> int:
    """Delete rows, each batch in a transaction of its own, and return how many there were.

    One statement over an hour of a city would hold its locks, and on SQLite every other writer, for as long as it takes.
    A timed job hands it to `after_commit`: no transaction may be open.
    """
    if in_transaction():
        raise RuntimeError("inside a transaction all batches would be one")
    key = inspect(model).primary_key
    statement = delete(model).where(tuple_(*key).in_(select(*key).where(condition).limit(batch)))
    deleted = 0
    while True:
        count = run_in_transaction(lambda session: rows_written(session, statement))
        deleted += count
        if count < batch:
            return deleted


def insert_those_missing(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows with one statement; one whose unique key is taken is left as it is."""
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(make(model).values(rows).on_conflict_do_nothing())


def insert_once(session: Session, model: type[Base], **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken; return whether it was inserted.

    On PostgreSQL it waits for another transaction that is about to take the same key, and then says False.
    """
    dialect = session.get_bind().dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(model).values(**values).on_conflict_do_nothing().returning(literal(1))
    # An ORM insert reports no row count on PostgreSQL; a row that comes back is the row that went in.
    return session.execute(statement).first() is not None
