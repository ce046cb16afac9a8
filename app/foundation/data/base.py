"""The base of all models: types by annotation, names by convention, and what the app role may do with each table."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, Enum, LargeBinary, MetaData, Table, Text, event
from sqlalchemy.orm import DeclarativeBase, registry

from app.foundation.data.types import Document, ExactDecimal, Identifier, UtcInstant

NAMES = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
}


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    """A typed model. `__grants__` lists what the PostgreSQL role that serves requests may do with the table."""

    __grants__: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"
    __append_only__: ClassVar[bool] = False

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            UUID: Identifier(),
            datetime: UtcInstant(),
            date: Date(),
            int: BigInteger(),
            str: Text(),
            bool: Boolean(),
            bytes: LargeBinary(),
            Decimal: ExactDecimal(),
            dict[str, Any]: Document(),
            list[Any]: Document(),
            # 40 characters leave room for a later state without a change of type.
            enum.StrEnum: Enum(
                enum.StrEnum,
                native_enum=False,
                create_constraint=True,
                validate_strings=True,
                values_callable=_values,
                length=40,
            ),
        },
    )


class AppendOnly:
    """A mixin for rows that nobody changes or deletes: the app role may only read and add, and triggers say so again."""

    __grants__: ClassVar[str] = "SELECT, INSERT"
    __append_only__: ClassVar[bool] = True


@event.listens_for(Table, "after_parent_attach")
def _name_choices(table: Table, _: MetaData) -> None:
    """Name the check of each enumerated column after the column: two columns of one table may share an enumeration."""
    for constraint in list(table.constraints):
        columns = list(getattr(constraint, "columns", ()))
        if isinstance(constraint, CheckConstraint) and len(columns) == 1:
            kind = columns[0].type
            if isinstance(kind, Enum) and constraint.name == kind.name:
                constraint.name = f"{table.name}_{columns[0].name}_known"


@event.listens_for(Table, "after_parent_attach")
def _strict_on_sqlite(table: Table, _: MetaData) -> None:
    """Make every table STRICT on SQLite, and clustered by its key where the key is composite."""
    if table.name == "alembic_version":
        return
    table.dialect_options["sqlite"]["strict"] = True
    if len(table.primary_key.columns) > 1:
        table.dialect_options["sqlite"]["with_rowid"] = False
