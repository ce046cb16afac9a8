"""The one spelling of a row that is hashed: the same bytes from both databases, today and in ten years."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import DataError

Spellable = int | str | UUID | datetime | date | Mapping[str, int] | None

# What reading or spelling a row raises when it holds a value that no release has written: somebody has changed it.
UNREADABLE = (DataError, LookupError, TypeError, ValueError)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def spelled(form: str, *values: Spellable) -> bytes:
    """Return values as one line: a JSON array, its first item the name and version of the form, in UTF-8 and without spaces.

    - nothing: `null`, so that it differs from an empty text and from the text "null";
    - a whole number: its digits;
    - a text: a JSON string, escaped no further than JSON demands; Unicode is not normalised;
    - a UUID: its usual 36 characters as a string; a day: `"2026-11-24"`;
    - an instant: whole microseconds since 1970 in UTC, as a number;
    - a mapping of texts to whole numbers: a JSON object, its members in the order of their names.

    These are the bytes that RFC 8785 prescribes for the array. A line never holds a line break, so lines may be joined by one.

    Args:
        form: `room.what/version`. What a form spells never changes; other columns or another order are a new version.

    Raises:
        TypeError: a value of another type, whose spelling nobody has fixed.

    >>> spelled("test.row/1", None, 5, "林 \\"", UUID(int=1), datetime(1970, 1, 1, 0, 0, 1, 7, tzinfo=UTC)).decode()
    '["test.row/1",null,5,"林 \\\\"","00000000-0000-0000-0000-000000000001",1000007]'
    """
    items = [form, *(_plain(value) for value in values)]
    return json.dumps(items, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _plain(value: Spellable) -> int | str | dict[str, int] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)  # An enumeration is a text too.
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):  # Before `date`, of which it is a kind.
        return (value - _EPOCH) // timedelta(microseconds=1)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping) and all(type(number) is int for number in value.values()):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no fixed spelling")
