"""Rows of one person: copied out as JSON, ids as the API spells them, and deleted a bounded number at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, inspect, select, tuple_
from sqlalchemy.orm import Session

from app.foundation.data import Base, public_id, rows_written
from app.foundation.http import instant_json

Owned = tuple[type[Base], ColumnElement[bool]]
# Columns of the database's own housekeeping, which say nothing of a person.
_OURS = frozenset({"version", "leased_until"})


def told(row: Base, ids: Mapping[str, str] | None = None, *, but: Iterable[str] = ()) -> dict[str, Any]:
    """Return the columns of a row, each under its name, which carries its unit.

    Args:
        ids: the prefix of the public id of each column that the API shows so; other ids stay plain.
        but: columns to leave out.
    """
    prefixes, left_out = ids or {}, {*but, *_OURS}
    names = [each.key for each in inspect(type(row)).column_attrs]
    return {name: plain(getattr(row, name), prefixes.get(name)) for name in names if name not in left_out}


def plain(value: Any, prefix: str | None = None) -> Any:
    """Return a value as JSON holds it.

    Raises:
        TypeError: nobody has said how this type is told.
    """
    if isinstance(value, UUID):
        return public_id(prefix, value) if prefix is not None else str(value)
    if isinstance(value, datetime):  # Before `date`, of which it is a kind.
        return instant_json(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, str | int | list | dict):
        return value
    raise TypeError(f"{type(value).__name__} is not told in a copy")


def copies(
    session: Session,
    model: type[Base],
    condition: ColumnElement[bool],
    ids: Mapping[str, str] | None = None,
    *,
    but: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Return the rows of a table that are a person's as a copy tells them, in the order of their keys."""
    rows = session.scalars(select(model).where(condition).order_by(*inspect(model).primary_key)).unique()
    left_out = tuple(but)
    return [told(row, ids, but=left_out) for row in rows]


def delete_some(session: Session, model: type[Base], condition: ColumnElement[bool], *, limit: int) -> int:
    """Delete at most `limit` rows in the caller's transaction, and return how many there were."""
    key = inspect(model).primary_key
    some = select(*key).where(condition).limit(limit)
    return rows_written(session, delete(model).where(tuple_(*key).in_(some)))


def delete_all(session: Session, owned: Sequence[Owned], *, limit: int) -> bool:
    """Delete rows of one table after the other, at most `limit` in all; return whether none is left."""
    for model, condition in owned:
        limit -= delete_some(session, model, condition, limit=limit)
        if limit <= 0:
            return False
    return True
