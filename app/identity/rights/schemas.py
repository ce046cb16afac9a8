"""Shapes of copies and erasures."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import post_load

from app.foundation.http import Choice, Day, Instant, Many, Nested, PrefixedId, Schema, Text, WholeNumber
from app.identity.rights.models import ErasureState, ExportState
from app.identity.rights.rules import CONFIRMATION, Law
from app.identity.rights.usecases.exports import FileFormat

_HEX_SHA256, _PATH_MAX = 64, 300


@dataclass(frozen=True, slots=True)
class NewExport:
    """For whom a copy is asked; None: for the caller."""

    person_id: UUID | None


class NewExportSchema(Schema):
    """The body that asks for a copy."""

    person_id = PrefixedId(
        "per",
        required=True,
        allow_none=True,
        metadata={"description": "Null for yourself, or a child under 14 whose guardian you are."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewExport:
        return NewExport(**data)


class ExportFileSchema(Schema):
    """One file of a copy; the link is good for ten minutes."""

    format = Choice(FileFormat, required=True)
    byte_count = WholeNumber(min=0, required=True)
    sha256 = Text(max=_HEX_SHA256, required=True)
    content_path = Text(max=_PATH_MAX, required=True)


class ExportSchema(Schema):
    """A copy of everything kept of a person."""

    id = PrefixedId("exp", required=True)
    person_id = PrefixedId("per", required=True)
    state = Choice(ExportState, required=True)
    asked_at = Instant(required=True)
    ready_at = Instant(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True)
    files = Many(Nested(ExportFileSchema), max=2, required=True)


@dataclass(frozen=True, slots=True)
class ExportLink:
    """The query of a short link."""

    format: FileFormat
    expires: int
    signature: str


class ExportLinkSchema(Schema):
    """The query of a short link to a file of a copy."""

    format = Choice(FileFormat, required=True)
    expires = WholeNumber(min=0, max=2**33, required=True, strict=False)
    signature = Text(max=_HEX_SHA256, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> ExportLink:
        return ExportLink(**data)


@dataclass(frozen=True, slots=True)
class NewErasure:
    """Whose erasure is asked; None: the caller's."""

    person_id: UUID | None


class NewErasureSchema(Schema):
    """The body that asks for an erasure."""

    person_id = PrefixedId(
        "per",
        load_default=None,
        allow_none=True,
        metadata={"description": "Null or left out for yourself, or a child under 14 whose guardian you are."},
    )
    confirmation = Text(
        max=len(CONFIRMATION),
        required=True,
        pattern=f"^{CONFIRMATION}$",
        metadata={"description": f"Exactly `{CONFIRMATION}`, sent when the user has confirmed it a second time."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewErasure:
        return NewErasure(person_id=data["person_id"])


class WhoseErasureSchema(Schema):
    """The query that says whose erasure is meant."""

    person_id = PrefixedId(
        "per",
        load_default=None,
        metadata={"description": "A child under 14 whose guardian you are; without it, you."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewErasure:
        return NewErasure(**data)


class KeptSchema(Schema):
    """What an erasure leaves."""

    room = Text(max=60, required=True)
    what = Text(max=60, required=True)
    until = Day(required=True, allow_none=True)
    law = Choice(Law, required=True)
    law_text = Text(max=300, required=True)


class ErasureSchema(Schema):
    """Where an erasure stands. It names nobody."""

    id = PrefixedId("era", required=True)
    state = Choice(ErasureState, required=True)
    asked_at = Instant(required=True)
    due_at = Instant(required=True, allow_none=True)
    done_at = Instant(required=True, allow_none=True)
    restricted_until = Day(required=True, allow_none=True)
    kept = Many(Nested(KeptSchema), max=100, required=True)
