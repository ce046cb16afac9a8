"""Somebody who owns the database: switches the guards off, does it, and switches them on again as if nothing had been."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine

from app.foundation.data import db, ddl, prepare_engine


@contextmanager
def insider(server: Any, engine_name: str) -> Iterator[Connection]:
    """A transaction of the owner of all tables, which no trigger hinders."""
    engine = create_engine(server.url(ddl.OWNER_ROLE)) if engine_name == "postgresql" else db.engine
    if engine is not db.engine:
        prepare_engine(engine)
    try:
        with engine.begin() as connection:
            standing = _switch_off(connection)
            yield connection
            for statement in standing:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def _switch_off(connection: Connection) -> list[str]:
    """Switch all triggers off, and return the statements that bring them back."""
    if connection.dialect.name == "sqlite":
        triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return [sql for _, sql in triggers]
    query = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    tables = [row[0] for row in connection.exec_driver_sql(query)]
    for table in tables:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
