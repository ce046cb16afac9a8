"""The list of factors: filtered, and paged by key, since a page of facts is read in the order of their names."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date

from app.footprint import queries
from app.footprint.rules.factors import Factor
from app.foundation.data import derived_key, reading
from app.foundation.http import CursorInvalid, Page, PageQuery
from app.rulebook import Status

_TAG_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorFilter:
    """Which factors to list.

    Args:
        key: what the key begins with.
        year: a year that the number is for.
    """

    key: str | None = None
    region: str | None = None
    year: int | None = None
    status: Status | None = None

    def lets_in(self, factor: Factor) -> bool:
        """Return whether a factor is wanted."""
        return (
            (self.key is None or factor.key.startswith(self.key))
            and (self.region is None or factor.region == self.region)
            and (self.year is None or factor.covers(self.year))
            and (self.status is None or factor.status is self.status)
        )


def page_of_factors(query: PageQuery, wanted: FactorFilter, *, today: date) -> Page[Factor]:
    """Return one page of the factors in force, by key.

    Raises:
        CursorInvalid: the cursor was not made for this list and these filters.
    """
    after = "" if query.cursor is None else _open(query.cursor, wanted)
    with reading() as session:
        factors = queries.list_factors(session, on=today)
    rest: Sequence[Factor] = [each for each in factors if each.key > after and wanted.lets_in(each)]
    page = rest[: query.limit]
    return Page(page, _seal(page[-1].key, wanted) if len(rest) > len(page) else None)


def _seal(key: str, wanted: FactorFilter) -> str:
    """Return a cursor behind this key. Foundation's cursors hold an instant and an id; these facts are read by name."""
    return urlsafe_b64encode(_tag(key, wanted) + key.encode()).decode().rstrip("=")


def _open(cursor: str, wanted: FactorFilter) -> str:
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        key = raw[_TAG_BYTES:].decode()
    except ValueError:
        raise CursorInvalid() from None
    if not hmac.compare_digest(raw[:_TAG_BYTES], _tag(key, wanted)):
        raise CursorInvalid()
    return key


def _tag(key: str, wanted: FactorFilter) -> bytes:
    bound = json.dumps([key, *astuple(wanted)]).encode()
    return hmac.new(derived_key("footprint.factor_cursor"), bound, hashlib.sha256).digest()[:_TAG_BYTES]
