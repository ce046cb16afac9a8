"""Schemas of bodies and queries: unknown members refused, every text and number bounded, messages that are codes."""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import marshmallow
from marshmallow import fields, validate

from app.foundation.data import JSON_INTEGER_MAX, MalformedId, clock, parse_public_id, public_id

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
# Controls (C0, DEL, C1), line and paragraph separators, and what turns the direction of all text after it, so that a name
# or a reason reads otherwise than it is stored: CVE-2021-42574, UAX #9, sections 2.1 to 2.4.
_NOT_PLAIN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_COMMON = {"required": "missing", "null": "null", "validator_failed": "invalid"}


class Schema(marshmallow.Schema):
    """A body or a query. Members that are not declared are refused."""

    error_messages = {"unknown": "unknown", "type": "not_object"}

    class Meta:
        """Refuse unknown members."""

        unknown = marshmallow.RAISE


class _WholePattern(validate.Regexp):
    """A pattern that the text must match from its first to its last character; marshmallow's own looks at the start only."""

    def __call__(self, value: Any) -> Any:
        if self.regex.fullmatch(value) is None:
            raise marshmallow.ValidationError(self._format_error(value))
        return value


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Return whether a text is free of control characters and of marks that turn its direction.

    Args:
        lines: new lines and tabs are no controls here.
    """
    return _NOT_PLAIN.search(text.replace("\n", "").replace("\t", "") if lines else text) is None


class Text(fields.String):
    """Plain text (`is_plain`) of at most `max` characters; blank text is refused unless `min=0`."""

    default_error_messages = {
        **_COMMON,
        "invalid": "not_text",
        "invalid_utf8": "not_text",
        "nul_byte": "nul_byte",
        "control_character": "control_character",
        "bad_length": "bad_length",
    }

    def __init__(
        self, *, max: int, min: int = 1, pattern: str | None = None, lines: bool = False, **kwargs: Any
    ) -> None:
        """Bound the length, counted after stripping white space; `pattern` must match the whole text, `lines` may be several."""
        self.lines = lines
        validators: list[Callable[[Any], Any]] = [validate.Length(min=min, max=max, error="bad_length")]
        if pattern is not None:
            validators.append(_WholePattern(pattern, error="bad_pattern"))
        super().__init__(validate=validators, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text:
            raise self.make_error("nul_byte")
        text = str(text).replace("\r\n", "\n").strip() if self.lines else str(text).strip()
        if not is_plain(text, lines=self.lines):
            raise self.make_error("control_character")
        return text


class WholeNumber(fields.Integer):
    """A whole number from `min` to `max`; JSON numbers only in bodies, digits in queries."""

    default_error_messages = {**_COMMON, "invalid": "not_whole", "too_large": "out_of_range"}

    def __init__(self, *, min: int, max: int = JSON_INTEGER_MAX, strict: bool = True, **kwargs: Any) -> None:
        """Bound the number; `strict=False` reads digits, as a query needs."""
        super().__init__(strict=strict, validate=validate.Range(min=min, max=max, error="out_of_range"), **kwargs)

    def _validated(self, value: Any) -> Any:
        if self.strict and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.make_error("invalid", input=value)
        if isinstance(value, str) and not (value.isascii() and value.lstrip("-").isdecimal()):
            raise self.make_error("invalid", input=value)  # int() reads digits of every script, and 1_0.
        return super()._validated(value)


class Flag(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    default_error_messages = {**_COMMON, "invalid": "not_boolean"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Choice(fields.Enum[Any]):
    """One value of a StrEnum."""

    default_error_messages = {**_COMMON, "unknown": "not_choice"}

    def __init__(self, kind: type[StrEnum], **kwargs: Any) -> None:
        """Accept the values of `kind`."""
        super().__init__(kind, by_value=fields.String, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("unknown")
        return super()._deserialize(value, attr, data, **kwargs)


class Instant(fields.Field[datetime]):
    """An instant in RFC 3339 with its offset; written in UTC with `Z`."""

    default_error_messages = {**_COMMON, "invalid": "not_instant"}

    def __init__(self, **kwargs: Any) -> None:
        """Document the format."""
        super().__init__(metadata={"type": "string", "format": "date-time", **kwargs.pop("metadata", {})}, **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else instant_json(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not _RFC3339.fullmatch(value):  # fromisoformat reads much more than that.
            raise self.make_error("invalid")
        try:
            return clock.as_utc(datetime.fromisoformat(value))
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None


class Day(fields.Field[date]):
    """A civil day, `2026-03-12`."""

    default_error_messages = {**_COMMON, "invalid": "not_day"}

    def __init__(self, **kwargs: Any) -> None:
        """Document the format."""
        super().__init__(metadata={"type": "string", "format": "date", **kwargs.pop("metadata", {})}, **kwargs)

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.make_error("invalid") from None
        if day.isoformat() != value:  # fromisoformat also reads 20260312 and 2026-W11-4.
            raise self.make_error("invalid")
        return day


class PrefixedId(fields.Field[UUID]):
    """A public id of one kind: a UUID inside, `plt_01j…` outside."""

    default_error_messages = {**_COMMON, "invalid": "not_id"}

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        """Accept ids that begin with `prefix`."""
        self.prefix = prefix
        documented = {
            "type": "string",
            "pattern": f"^{prefix}_[0-9a-hjkmnp-tv-z]{{26}}$",
            "maxLength": len(prefix) + 27,
        }
        super().__init__(metadata={**documented, **kwargs.pop("metadata", {})}, **kwargs)

    def _serialize(self, value: UUID | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else public_id(self.prefix, value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return parse_public_id(self.prefix, value)
        except MalformedId:
            raise self.make_error("invalid") from None


class Many(fields.List[Any]):
    """A list of at most `max` items."""

    default_error_messages = {**_COMMON, "invalid": "not_list"}

    def __init__(self, inner: Any, *, max: int, min: int = 0, **kwargs: Any) -> None:
        """Bound the number of items."""
        super().__init__(inner, validate=validate.Length(min=min, max=max, error="bad_length"), **kwargs)


class Nested(fields.Nested):
    """An object inside an object."""

    default_error_messages = {**_COMMON, "type": "not_object"}


def instant_json(instant: datetime) -> str:
    """Return RFC 3339 in UTC with `Z`, with microseconds only where there are any."""
    return clock.as_utc(instant).isoformat().replace("+00:00", "Z")
