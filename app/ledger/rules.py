"""What a transfer is called, which bucket it takes, when points expire, and how an amount splits."""

import hashlib
import zlib
from collections.abc import Mapping
from datetime import date
from uuid import UUID

MONTHS_IN_YEAR = 12


def transfer_id(source_kind: str, source_id: UUID, leg: str) -> UUID:
    """Return the one id of the transfer that a cause makes: a UUIDv8 of its name (LEDGER 2.2).

    The first 16 bytes of SHA-256 over kind, id in its usual spelling and leg, with a zero byte between them; then version
    and variant are set (RFC 9562, section 5.8). No part holds a zero byte, so two causes never spell the same name.

    >>> transfer_id("points.award", UUID(int=1), "grant")
    UUID('a40dd117-c84c-8831-b983-5d3fb8138923')
    """
    if "\0" in source_kind or "\0" in leg:
        raise ValueError("a cause is spelled without zero bytes")
    digest = hashlib.sha256(f"{source_kind}\0{source_id}\0{leg}".encode()).digest()
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | 0x8 << 76
    return UUID(int=number & ~(0b11 << 62) | 0b10 << 62)


def bucket_of(other_side: UUID, *, buckets: int) -> int:
    """Return the balance row of a busy account that a transfer with `other_side` uses, 0 to `buckets` - 1.

    CRC-32 and not the first bytes: those of a UUIDv7 are its time, and accounts of one morning would share a bucket.
    """
    return zlib.crc32(other_side.bytes) % buckets


def expires_on(earned_on: date, *, months: int) -> date:
    """Return the first day on which points are no longer good.

    They last to the end of the month that is `months` after the one they were earned in. The day is always the first of a
    month, so an account keeps one lot a month.

    >>> expires_on(date(2026, 11, 24), months=12)
    datetime.date(2027, 12, 1)
    """
    if months < 0:
        raise ValueError(f"points cannot expire {-months} months before they are earned")
    years, month = divmod(earned_on.month + months, MONTHS_IN_YEAR)
    return date(earned_on.year + years, month + 1, 1)


def is_due(day: date, *, today: date) -> bool:
    """Return whether points that expire on `day` are no longer good; `today` is a civil day of the city."""
    return day <= today


def free_amount(*, posted: int, held: int, due: int) -> int:
    """Return what can be spent: neither held nor about to expire. A hold covers the latest lots first (LEDGER 3)."""
    return posted - held - expiring_amount(posted=posted, held=held, due=due)


def expiring_amount(*, posted: int, held: int, due: int) -> int:
    """Return what an expiry run takes: all that is due, except what holds still need."""
    return max(0, min(due, posted - held))


def split_grant(points: int, *, debt: int) -> tuple[int, int]:
    """Return what of a grant repays debt, and what reaches the account.

    >>> split_grant(50, debt=30), split_grant(20, debt=30)
    ((30, 20), (20, 0))
    """
    repaid = min(points, max(0, debt))
    return repaid, points - repaid


def split_return(amount: int, *, taken: Mapping[date, int], returned: Mapping[date, int]) -> dict[date, int]:
    """Return the days to which points of a spend go back when `amount` of them is returned, the latest day first.

    Args:
        taken: points the spend took, by the day on which they expire.
        returned: points of each day that went back before.
    Raises:
        ValueError: less than `amount` is left to return.
    """
    parts: dict[date, int] = {}
    for day in sorted(taken, reverse=True):
        part = min(amount, taken[day] - returned.get(day, 0))
        if part > 0:
            parts[day] = part
            amount -= part
    if amount:
        raise ValueError(f"{amount} more than the spend took")
    return parts
