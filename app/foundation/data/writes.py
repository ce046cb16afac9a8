"""Statements that write and say how many rows they wrote, on both engines."""

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Insert, Update, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.foundation.data.base import Base


def rows_written(session: Session, statement: Insert | Update | Delete) -> int:
    """Run a statement and return the number of rows it wrote; objects already loaded are left as they are."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount


def insert_once(session: Session, model: type[Base], **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken; return whether it was inserted.

    On PostgreSQL it waits for another transaction that is about to take the same key, and then says False.
    """
    dialect = session.get_bind().dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(model).values(**values).on_conflict_do_nothing().returning(literal(1))
    # An ORM insert reports no row count on PostgreSQL; a row that comes back is the row that went in.
    return session.execute(statement).first() is not None
