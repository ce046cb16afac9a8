"""The one spelling of an instant in signed documents and log entries: whole seconds in UTC, `2026-05-30T02:15:00Z`."""

import re
from datetime import UTC, datetime

from app.transparency.errors import ProofInvalid

_SPELLING = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def second_text(instant: datetime) -> str:
    """Return an instant to the second, what is beyond it cut off.

    Raises:
        ValueError: the instant carries no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError("a naive time names no instant")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_second(text: object, *, reason: str) -> datetime:
    """Return the instant behind its spelling.

    Raises:
        ProofInvalid: for `reason`, where it is spelled otherwise or there is no such day.
    """
    if not isinstance(text, str) or not _SPELLING.fullmatch(text):
        raise ProofInvalid(reason)
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise ProofInvalid(reason) from None
