"""From marshmallow's messages to faults with a pointer, a code and a sentence in the caller's language."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.foundation.http.body import escape
from app.foundation.http.errors import Fault

# Messages of our own fields are codes; those of marshmallow's validators are recognised by their English.
_SENTENCES: dict[str, LazyString] = {
    "missing": _("This member is required."),
    "null": _("This member must not be null."),
    "unknown": _("There is no such member here."),
    "not_text": _("Give text here."),
    "not_whole": _("Give a whole number here."),
    "not_number": _("Give a number here."),
    "not_boolean": _("Give true or false here."),
    "not_list": _("Give a list here."),
    "not_object": _("Give an object here."),
    "not_instant": _("Give a time with its offset, like 2026-03-12T09:40:00+08:00."),
    "not_day": _("Give a day like 2026-03-12."),
    "not_id": _("This is not an id of the right kind."),
    "not_choice": _("Choose one of the values listed in the documentation."),
    "out_of_range": _("This number is out of range."),
    "bad_length": _("This is too short or too long."),
    "bad_pattern": _("This does not have the right form."),
    "nul_byte": _("Text must not hold a NUL character."),
    "control_character": _("Text must not hold control characters, or marks that turn its direction."),
    "repeated": _("Give this once."),
    "invalid": _("This value is not accepted."),
}
_OF_MARSHMALLOW = (
    (re.compile(r"Must be (greater|less) than"), "out_of_range"),
    (re.compile(r"(Shorter|Longer) than|Length must be"), "bad_length"),
    (re.compile(r"Must be one of"), "not_choice"),
    (re.compile(r"String does not match"), "bad_pattern"),
    (re.compile(r"Unknown field"), "unknown"),
    (re.compile(r"Missing data"), "missing"),
    (re.compile(r"Field may not be null"), "null"),
    (re.compile(r"Not a valid (integer|number)"), "not_whole"),
    (re.compile(r"Not a valid string"), "not_text"),
    (re.compile(r"Not a valid boolean"), "not_boolean"),
    (re.compile(r"Not a valid list"), "not_list"),
    (re.compile(r"Not a valid mapping|Invalid input type"), "not_object"),
)


def faults_of(messages: Any) -> tuple[Fault, ...]:
    """Return the faults in marshmallow's nested messages, sorted by pointer."""
    return tuple(sorted(_walk(messages, ""), key=lambda fault: (fault.pointer, fault.code)))


def query_faults(code: str, names: Iterable[str]) -> tuple[Fault, ...]:
    """Return the same fault of several members of a query, sorted by name."""
    return tuple(Fault(f"/{escape(name)}", code, str(_SENTENCES[code])) for name in sorted(names))


def _walk(messages: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _walk(inner, pointer if name == "_schema" else f"{pointer}/{escape(str(name))}")
    elif isinstance(messages, list):
        for message in messages:
            yield from _walk(message, pointer)
    else:
        code = _code(str(messages))
        yield Fault(pointer, code, str(_SENTENCES[code]))


def _code(message: str) -> str:
    if message in _SENTENCES:
        return message
    return next((code for pattern, code in _OF_MARSHMALLOW if pattern.match(message)), "invalid")
