"""Canonical JSON (RFC 8785) for what is signed and logged, and the strict parser for what comes back.

A subset: no floats, whole numbers within 2**53 - 1, 32 levels at most. What another parser could read differently is refused in
both directions.
"""

import json
from typing import Any, NoReturn

from app.transparency.errors import JsonRefused

DEPTH_MAX = 32
# The whole numbers that every JSON parser reads exactly (RFC 8259, section 6). Foundation's units have the same bound.
INTEGER_MAX = 2**53 - 1
_DIGITS_MAX = len(str(INTEGER_MAX))


def canonical_json(value: Any) -> bytes:
    """Return the one spelling of a JSON value: members by UTF-16 code units, no spaces, UTF-8.

    Raises:
        JsonRefused: a float, a whole number beyond 2**53 - 1, half a surrogate pair, a name that is no text, nesting deeper
            than 32, or a type that JSON does not know.
    Source: RFC 8785, section 3.2.
    >>> canonical_json({"b": [1, True, None], "a": "林\\n"}).decode()
    '{"a":"林\\\\n","b":[1,true,null]}'
    """
    # The standard library escapes exactly what section 3.2.2.2 asks for, with the same spellings.
    text = json.dumps(_ordered(value, 1), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise JsonRefused("half a surrogate pair") from None


def parse_strictly(text: bytes) -> dict[str, Any]:
    """Return the object that the bytes spell.

    Raises:
        JsonRefused: not UTF-8, not JSON, not an object, more behind it, a name twice in one object, a float or NaN, a whole
            number beyond 2**53 - 1 or spelled -0, half a surrogate pair, nesting deeper than 32.
    """
    try:
        value = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_members_once,
            parse_float=_refuse_fraction,
            parse_constant=_refuse_constant,
            parse_int=_whole_number,
        )
    except UnicodeDecodeError:
        raise JsonRefused("not UTF-8") from None
    except RecursionError:
        raise JsonRefused(f"deeper than {DEPTH_MAX}") from None
    except json.JSONDecodeError as error:
        raise JsonRefused(f"not JSON at character {error.pos}") from None
    if not isinstance(value, dict):
        raise JsonRefused("not an object")
    canonical_json(value)  # Depth, bounds and halves of surrogate pairs: the parser lets them pass.
    return value


def _ordered(value: Any, depth: int) -> Any:
    """Return the value with every object's members in order, and nothing in it that we do not sign."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if not -INTEGER_MAX <= value <= INTEGER_MAX:
            raise JsonRefused("a whole number beyond 2**53 - 1")
        return value
    if not isinstance(value, dict | list | tuple):
        raise JsonRefused(f"{type(value).__name__} is not signed")
    if depth > DEPTH_MAX:
        raise JsonRefused(f"deeper than {DEPTH_MAX}")
    if not isinstance(value, dict):
        return [_ordered(item, depth + 1) for item in value]
    if not all(isinstance(name, str) for name in value):
        raise JsonRefused("a name that is no text")
    return {name: _ordered(value[name], depth + 1) for name in sorted(value, key=_utf16)}


def _utf16(name: str) -> bytes:
    # Code units, not code points: a name beyond U+FFFF comes before one at U+E000 (section 3.2.3).
    return name.encode("utf-16-be", "surrogatepass")


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonRefused("a name stands twice in one object")
    return members


def _whole_number(digits: str) -> int:
    # The length first: turning a million digits into a number takes quadratic time.
    if len(digits.removeprefix("-")) > _DIGITS_MAX:
        raise JsonRefused("a whole number beyond 2**53 - 1")
    if digits == "-0":
        raise JsonRefused("minus nothing")
    return int(digits)


def _refuse_fraction(_: str) -> NoReturn:
    raise JsonRefused("a float")


def _refuse_constant(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is not JSON")
