"""Column types that mean the same on SQLite and PostgreSQL.

SQLite tables are STRICT, so every type must compile to INTEGER, TEXT or BLOB there; without STRICT an overflow silently
becomes a float (LEDGER 3).
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.sqlite.base import SQLiteTypeCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.foundation.data.clock import as_utc


class StrictSqliteTypes(SQLiteTypeCompiler):
    """Spells SQL types in the four words that a STRICT table knows."""

    def _text(self, type_: Any, **_: Any) -> str:
        return "TEXT"

    def _integer(self, type_: Any, **_: Any) -> str:
        return "INTEGER"

    visit_VARCHAR = visit_CHAR = visit_NVARCHAR = visit_TEXT = _text
    visit_DATE = visit_TIME = visit_DATETIME = visit_TIMESTAMP = visit_JSON = _text
    visit_BIGINT = visit_SMALLINT = visit_INTEGER = visit_BOOLEAN = _integer


# There is no per-engine setting for it; the dialect reads its type compiler from the class.
SQLiteDialect_pysqlite.type_compiler_cls = StrictSqliteTypes


class UtcInstant(TypeDecorator[datetime]):
    """An instant: timestamptz on PostgreSQL, sortable text in UTC on SQLite. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use text on SQLite, whose own date type drops the offset."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive times and normalise to UTC."""
        if value is None:
            return None
        utc = as_utc(value)
        return instant_text(utc) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware time in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.strptime(value, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
        return as_utc(value)


def instant_text(instant: datetime) -> str:
    """Return the spelling of an instant in SQLite: always 26 characters, so that text order is time order."""
    return as_utc(instant).strftime("%Y-%m-%d %H:%M:%S.%f")


class Identifier(TypeDecorator[UUID]):
    """A UUID: the native type on PostgreSQL, 16 bytes on SQLite."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use bytes on SQLite: half the size of text in every index."""
        return dialect.type_descriptor(LargeBinary(16) if dialect.name == "sqlite" else Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Hand bytes to SQLite."""
        if value is None:
            return None
        return value.bytes if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Return a UUID on both engines."""
        if value is None or isinstance(value, UUID):
            return value
        return UUID(bytes=bytes(value))


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal number kept digit by digit, as text on both engines: emission factors compare and print as published."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Store the digits as written, without an exponent."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Return the digits as a Decimal."""
        return None if value is None else Decimal(value)


class Document(TypeDecorator[Any]):
    """A JSON value: JSONB on PostgreSQL, text on SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use the indexable form where there is one."""
        return dialect.type_descriptor(
            JSONB(none_as_null=True) if dialect.name == "postgresql" else JSON(none_as_null=True)
        )
