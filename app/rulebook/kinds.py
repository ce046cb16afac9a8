"""Kinds of documents: their form, and who may propose and approve them."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from jsonschema import Draft202012Validator

from app.rulebook.errors import KindUnknown
from app.rulebook.rules import KIND_LENGTH_MAX, KIND_PATTERN

_EXTENSION = "lintan_rulebook_kinds"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """A kind of document as its room declared it."""

    kind: str
    validator: Draft202012Validator
    proposer_role: str
    approver_role: str


def add_kind(app: Flask, *, kind: str, schema: dict[str, Any], proposer_role: str, approver_role: str) -> DocumentKind:
    """Put a kind on the application's list.

    Raises:
        SchemaError: the schema is no JSON Schema of draft 2020-12.
        ValueError: the name has another form or is taken, or the schema names another draft or does not ask for an object.
    """
    kinds = _kinds(app)
    if not re.fullmatch(KIND_PATTERN, kind) or len(kind) > KIND_LENGTH_MAX:
        raise ValueError(f"{kind!r} is no name of a kind: room.what")
    if kind in kinds:
        raise ValueError(f"two kinds are called {kind}")
    dialect = Draft202012Validator.META_SCHEMA["$id"]
    if schema.get("$schema", dialect) != dialect or schema.get("type") != "object":
        raise ValueError(f"{kind}: documents are objects, described in {dialect}")
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    kinds[kind] = DocumentKind(kind=kind, validator=validator, proposer_role=proposer_role, approver_role=approver_role)
    return kinds[kind]


def kind_of(name: str) -> DocumentKind:
    """Return a declared kind of the running application.

    Raises:
        KindUnknown: nobody has declared it.
    """
    try:
        return _kinds(current_app)[name]
    except KeyError:
        raise KindUnknown() from None


def _kinds(app: Flask) -> dict[str, DocumentKind]:
    kinds: dict[str, DocumentKind] = app.extensions.setdefault(_EXTENSION, {})
    return kinds
