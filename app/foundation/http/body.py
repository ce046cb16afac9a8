"""Reading a JSON body strictly: what has two meanings, or would break something further down, is refused here (SECURITY D2)."""

import hashlib
import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from flask import Request

from app.foundation.http.errors import Fault, MalformedRequest, UnsupportedMediaType

BODY_BYTES_MAX = 1024 * 1024
DEPTH_MAX = 20
ARRAY_MAX = 1_000

# Brackets outside strings, so that depth is known before a recursive parser sees the text.
# Possessive, and an unfinished string ends the walk: else each later quote would be tried again, in quadratic time.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def read_json(request: Request) -> Any:
    """Return the body as Python values; numbers with a fraction are Decimal.

    Raises:
        UnsupportedMediaType: the body does not claim to be JSON.
        MalformedRequest: not UTF-8, not JSON, a name twice in an object, NaN, nested deeper than 20, an array longer than 1,000,
            a NUL or half a surrogate pair in a string (PostgreSQL stores neither).
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(expected="application/json")
    raw = _whole_body(request)
    _refuse_depth(raw)
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_members_once,
            parse_constant=_refuse_constant,
            parse_float=Decimal,
        )
    except (UnicodeDecodeError, ValueError, ArithmeticError, RecursionError) as error:
        raise MalformedRequest(faults=(Fault("", "not_json", "JSON"),)) from error
    _refuse_unstorable(value)
    return value


def body_sha256(request: Request) -> str:
    """Return the SHA-256 of the body: of its canonical JSON where it is JSON, so that spacing does not matter."""
    raw = _whole_body(request)
    if request.mimetype == "application/json" and raw:
        value = read_json(request)
        raw = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()
    return hashlib.sha256(raw).hexdigest()


def _whole_body(request: Request) -> bytes:
    """Return the body; one that comes in chunks and is too large is refused, not cut at the limit."""
    raw = request.get_data(cache=True)
    if request.content_length is None:
        request.stream.read(1)  # At the limit, reading on raises 413.
    return raw


def _refuse_depth(raw: bytes) -> None:
    depth = 0
    for token in _TOKENS.finditer(raw):
        if token[0] in (b"[", b"{"):
            depth += 1
            if depth > DEPTH_MAX:
                raise MalformedRequest(faults=(Fault("", "too_deep", f"> {DEPTH_MAX}"),))
        elif token[0] in (b"]", b"}"):
            depth -= 1


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse_unstorable(value: Any, pointer: str = "") -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise MalformedRequest(faults=(Fault(pointer, "nul_byte", "U+0000"),))
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise MalformedRequest(faults=(Fault(pointer, "half_surrogate", "U+D800-U+DFFF"),))
    elif isinstance(value, list):
        if len(value) > ARRAY_MAX:
            raise MalformedRequest(faults=(Fault(pointer, "too_many_items", f"> {ARRAY_MAX}"),))
        for index, item in enumerate(value):
            _refuse_unstorable(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse_unstorable(name, pointer)
            _refuse_unstorable(item, f"{pointer}/{escape(name)}")


def escape(name: str) -> str:
    """Return a member's name as a part of a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
