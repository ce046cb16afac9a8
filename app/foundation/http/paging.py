"""Paging by signed cursor: no offsets, no totals, and a cursor that fits only the list and the filters it came from."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import request, url_for
from marshmallow import fields
from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from app.foundation.data import clock, derived_key
from app.foundation.http.errors import CursorInvalid
from app.foundation.http.schema import Schema, Text, WholeNumber

LIMIT_DEFAULT = 20
LIMIT_MAX = 200

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class PageQuery:
    """How much, from where."""

    limit: int = LIMIT_DEFAULT
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items, and the cursor for the next ones, None at the end."""

    items: Sequence[Item]
    next_cursor: str | None


class PageQuerySchema(Schema):
    """The two members of every list's query; lists with filters extend it."""

    limit = WholeNumber(min=1, max=LIMIT_MAX, strict=False, load_default=LIMIT_DEFAULT)
    cursor = Text(max=600, load_default=None)


def page_schema(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of `item`: `{items, next_cursor}`."""
    return type(
        item.__name__.removesuffix("Schema") + "PageSchema",
        (Schema,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
            "__doc__": f"A page of {item.__name__.removesuffix('Schema')}.",
            "__module__": item.__module__,
        },
    )


def page_of(
    session: Session,
    select: Select[Any],
    *,
    at: Any,
    id: Any,
    limit: int,
    cursor: str | None,
    filters: Any = None,
    newest_first: bool = True,
) -> Page[Any]:
    """Return one page of rows in the stable order (at, id).

    Args:
        select: selects one mapped class; `at` (an instant) and `id` (a UUID) are its columns, and an index begins with them.
        filters: whatever narrows `select`; the cursor is good only for the same value.

    Raises:
        CursorInvalid: the cursor was not made here, or for another list or other filters.
    """
    bound = hashlib.sha256(json.dumps([request.path, filters], default=str, sort_keys=True).encode()).hexdigest()[:16]
    if cursor is not None:
        last_at, last_id = _open(cursor, bound)
        select = select.where(_beyond(at, id, last_at, last_id, newest_first))
    order = (at.desc(), id.desc()) if newest_first else (at, id)
    rows = session.scalars(select.order_by(*order).limit(limit + 1)).all()
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], _seal(getattr(last, at.key), getattr(last, id.key), bound))


def mapped(page: Page[Any], make: Callable[[Any], Item]) -> Page[Item]:
    """Return the page with each item made into something else."""
    return Page([make(item) for item in page.items], page.next_cursor)


def next_link(page: Page[Any]) -> dict[str, str]:
    """Return the `Link` header to the next page, or nothing at the end."""
    if page.next_cursor is None or request.endpoint is None:
        return {}
    values: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {}), "cursor": page.next_cursor}
    return {"Link": f'<{url_for(request.endpoint, **values)}>; rel="next"'}


# The first condition alone bounds the walk through the index; an OR of both columns would begin at the start.
def _beyond(at: Any, id: Any, last_at: datetime, last_id: UUID, newest_first: bool) -> ColumnElement[bool]:
    if newest_first:
        return and_(at <= last_at, or_(at < last_at, id < last_id))
    return and_(at >= last_at, or_(at > last_at, id > last_id))


def _seal(at: datetime, id: UUID, bound: str) -> str:
    content = json.dumps([clock.as_utc(at).isoformat(), str(id), bound], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_tag(content) + content).decode().rstrip("=")


def _open(cursor: str, bound: str) -> tuple[datetime, UUID]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorInvalid() from None
    tag, content = raw[:16], raw[16:]
    if not hmac.compare_digest(tag, _tag(content)):
        raise CursorInvalid()
    at, id, made_for = json.loads(content)
    if made_for != bound:
        raise CursorInvalid()
    return datetime.fromisoformat(at), UUID(id)


def _tag(content: bytes) -> bytes:
    return hmac.new(derived_key("cursor"), content, hashlib.sha256).digest()[:16]
