"""Shape of what is told about divisions."""

from dataclasses import dataclass

from marshmallow import fields

from app.foundation.http import Choice, Schema
from app.places.queries import Division, DivisionKind


@dataclass(frozen=True, slots=True)
class DivisionView:
    """A division with its name in the caller's language."""

    code: str
    kind: DivisionKind
    name: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class DivisionList:
    """All divisions; they fit on one page, so `next_cursor` is always null."""

    items: tuple[DivisionView, ...]
    next_cursor: None = None


def division_view(division: Division, *, language: str) -> DivisionView:
    """Return a division as a caller of this language sees it."""
    return DivisionView(
        code=division.code,
        kind=division.kind,
        name=division.name(language),
        name_zh=division.name_zh,
        name_en=division.name_en,
    )


class DivisionSchema(Schema):
    """The city or one of its counties."""

    code = fields.String(required=True, metadata={"example": "331102"})
    kind = Choice(DivisionKind, required=True)
    name = fields.String(required=True, metadata={"description": "In the language of the answer.", "example": "莲都区"})
    name_zh = fields.String(required=True, metadata={"example": "莲都区"})
    name_en = fields.String(required=True, metadata={"example": "Liandu District"})


class DivisionListSchema(Schema):
    """All divisions."""

    items = fields.List(fields.Nested(DivisionSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata={"example": None})
