"""Reads signed JSON in the only way it may be read."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785

from verifier.answers import Refused

DOCUMENT_BYTES_MAX = 1_000_000
DEPTH_MAX = 32
# A checker's clock may be behind the issuer's by so much.
CLOCKS_APART_MAX = timedelta(minutes=5)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def read_strictly(data: bytes) -> dict[str, Any]:
    """Return the JSON object in `data`.

    Raises:
        Refused: it is too long or too deep, is no object, names a member twice, or holds a number with a fraction.
    """
    if len(data) > DOCUMENT_BYTES_MAX:
        raise _unreadable("longer than a megabyte", "超过一兆字节")
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_without_twins, parse_float=_no_float, parse_constant=_no_float
        )
    except (ValueError, RecursionError) as error:
        raise _unreadable("no JSON that can be read in one way only", "不是只有一种读法的 JSON") from error
    if not isinstance(value, dict) or _depth(value) > DEPTH_MAX:
        raise _unreadable("no JSON object, or too deep", "不是 JSON 对象，或嵌套过深")
    return value


def canonical(value: Any) -> bytes:
    """Return the canonical form (RFC 8785)."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise _unreadable("no canonical form", "没有规范形式") from error


def without(document: dict[str, Any], *members: str) -> dict[str, Any]:
    """Return a copy that lacks the named members."""
    return {name: value for name, value in document.items() if name not in members}


def instant(value: Any) -> datetime:
    """Return the instant that text such as 2026-05-30T02:15:00Z names.

    Raises:
        Refused: it is no such text.
    """
    try:
        if INSTANT.fullmatch(value):
            return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except (TypeError, ValueError):
        pass
    raise _unreadable(f"no instant: {value!r}"[:80], "时间格式不对")


def instant_text(at: datetime) -> str:
    """Return the text of an instant, to the second."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def base58btc(text: Any) -> bytes:
    """Return the bytes of a multibase text of the alphabet base58btc.

    Raises:
        Refused: it is no such text.
    """
    if not isinstance(text, str) or not text.startswith("z") or len(text) > 200 or set(text[1:]) - set(BASE58):
        raise _unreadable("no base58btc text", "不是 base58btc 文本")
    number = 0
    for letter in text[1:]:
        number = number * 58 + BASE58.index(letter)
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url(text: Any) -> bytes:
    """Return the bytes of base64url text without padding.

    Raises:
        Refused: it is no such text.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise _unreadable("no base64url text", "不是 base64url 文本") from error


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _no_float(text: str) -> Any:
    raise ValueError(f"not a whole number: {text}")


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
    return deepest


def _unreadable(en: str, zh: str) -> Refused:
    return Refused("unreadable", en, zh)
