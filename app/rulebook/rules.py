"""What a document is, which days it may start on, and whether its content has the form of its kind."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from app.approvals import inexact_members, pointer_of
from app.foundation.http import Fault
from app.foundation.proof import EVERY_COUNTY, Actor

KIND_PATTERN = "^[a-z][a-z_]*(\\.[a-z][a-z_]*)+$"
NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]*$"
KIND_LENGTH_MAX = 80
NAME_LENGTH_MAX = 80
TITLE_LENGTH_MAX = 80
SOURCE_LENGTH_MAX = 500
# [P] A later version never starts before an earlier one, so a date far ahead would lock its name until then.
AHEAD_MAX = timedelta(days=366)
FAULTS_MAX = 50


class Status(StrEnum):
    """How well the product knows what a document says."""

    VERIFIED = "VERIFIED"  # Read in the source that is named.
    RECALLED = "RECALLED"  # Known, but not read in the source.
    MISSING = "MISSING"  # The source gives no value; nobody may count it as zero.
    DECIDED = "DECIDED"  # Not a fact but a choice of the product or of the city.


class Origin(StrEnum):
    """How a document came into the book."""

    SHIPPED = "shipped"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of one named rule, factor or number. It is never changed; a later version follows it."""

    id: UUID
    kind: str
    name: str
    version: int
    title_zh: str
    title_en: str
    content: dict[str, Any]
    content_sha256: str
    source: str
    status: Status
    effective_from: date
    origin: Origin
    proposal_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """What a new version would say; its number follows from the book."""

    kind: str
    name: str
    title_zh: str
    title_en: str
    content: dict[str, Any]
    source: str
    status: Status
    effective_from: date


def holds_for_city(actor: Actor, role: str, *, counties: Collection[str]) -> bool:
    """Return whether somebody holds a role for the whole city: by one grant that reaches every county, or one without a scope.

    A document binds all nine counties, so two people of one of them may not change it for the other eight.

    Args:
        counties: the codes of all counties.
    """
    return any(
        grant.role == role
        and (grant.agency_id is None or EVERY_COUNTY in grant.counties or set(counties) <= set(grant.counties))
        for grant in actor.grants
    )


def earliest_start(former: Document | None, today: date) -> date:
    """Return the first day on which a version may start: what has passed keeps its rules, and versions keep their order."""
    return max(today, former.effective_from) if former is not None else today


def latest_start(former: Document | None, today: date) -> date:
    """Return the last day on which a version may start; the start of a former version is always one of them."""
    return max(today + AHEAD_MAX, earliest_start(former, today))


_SENTENCES: dict[str, LazyString] = {
    "missing": _("This member is required."),
    "unknown": _("There is no such member here."),
    "not_text": _("Give text here."),
    "not_whole": _("Give a whole number here."),
    "not_boolean": _("Give true or false here."),
    "not_list": _("Give a list here."),
    "not_object": _("Give an object here."),
    "not_choice": _("Choose one of the values listed in the documentation."),
    "out_of_range": _("This number is out of range."),
    "bad_length": _("This is too short or too long."),
    "bad_pattern": _("This does not have the right form."),
    "not_exact": _('Write a number with a fraction as text, like "0.5153".'),
    "invalid": _("This value is not accepted."),
}
# Keywords of JSON Schema (draft 2020-12, validation vocabulary), in our words.
_CODE_OF_KEYWORD = {
    "enum": "not_choice",
    "const": "not_choice",
    "minimum": "out_of_range",
    "maximum": "out_of_range",
    "exclusiveMinimum": "out_of_range",
    "exclusiveMaximum": "out_of_range",
    "multipleOf": "out_of_range",
    "minLength": "bad_length",
    "maxLength": "bad_length",
    "minItems": "bad_length",
    "maxItems": "bad_length",
    "minProperties": "bad_length",
    "maxProperties": "bad_length",
    "pattern": "bad_pattern",
    "format": "bad_pattern",
}
_CODE_OF_TYPE = {
    "string": "not_text",
    "integer": "not_whole",
    "number": "not_whole",
    "boolean": "not_boolean",
    "array": "not_list",
    "object": "not_object",
}


def content_faults(content: dict[str, Any], validator: Draft202012Validator) -> tuple[Fault, ...]:
    """Return what is wrong with a content, by pointers into the body that carries it as `content`; at most 50 faults."""
    inexact = [f"/content{pointer}" for pointer in inexact_members(content)]
    if inexact:  # A fraction breaks schemas in ways that only confuse.
        found = {(pointer, "not_exact") for pointer in inexact}
    else:
        found = {fault for error in validator.iter_errors(content) for fault in _told(error)}
    return tuple(Fault(pointer, code, str(_SENTENCES[code])) for pointer, code in sorted(found)[:FAULTS_MAX])


def _told(error: ValidationError) -> Iterator[tuple[str, str]]:
    at = ["content", *error.absolute_path]
    if error.validator == "required":
        yield from (
            (pointer_of([*at, name]), "missing") for name in error.validator_value if name not in error.instance
        )
    elif error.validator == "additionalProperties" and not error.schema.get("patternProperties"):
        declared = error.schema.get("properties", {})
        yield from ((pointer_of([*at, name]), "unknown") for name in error.instance if name not in declared)
    elif error.validator == "type":
        yield pointer_of(at), _CODE_OF_TYPE.get(str(error.validator_value), "invalid")
    else:
        yield pointer_of(at), _CODE_OF_KEYWORD.get(str(error.validator), "invalid")
