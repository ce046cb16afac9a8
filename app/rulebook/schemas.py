"""Shape of proposed documents, and of what is told about a document."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load

from app.foundation.http import (
    Choice,
    Day,
    Instant,
    PageQuery,
    PageQuerySchema,
    PrefixedId,
    Schema,
    Text,
    WholeNumber,
)
from app.rulebook.rules import (
    KIND_LENGTH_MAX,
    KIND_PATTERN,
    NAME_LENGTH_MAX,
    NAME_PATTERN,
    SOURCE_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    Document,
    NewDocument,
    Origin,
    Status,
)
from app.rulebook.usecases import DocumentFilter, SourcedDocument

NEW_EXAMPLE: dict[str, Any] = {
    "kind": "points.rule_set",
    "name": "planting",
    "title_zh": "植树积分规则",
    "title_en": "Points for planting",
    "content": {"points_per_tree": 30},
    "source": "丽水市林业局会议纪要 2026-11-20，第 3 条",
    "status": "DECIDED",
    "effective_from": "2027-01-01",
}
SUMMARY_EXAMPLE: dict[str, Any] = {
    **{member: value for member, value in NEW_EXAMPLE.items() if member != "content"},
    "id": "doc_01jd5kmh2ef8q9w3v6rx0t4y7z",
    "version": 2,
    "content_sha256": "9c1f0a7f0c8e3cb1f9e2f3a6f1b7c2d4e5a60718293a4b5c6d7e8f9012345678",
    "origin": "approved",
    "created_at": "2026-11-25T01:30:00Z",
}
DOCUMENT_EXAMPLE: dict[str, Any] = {
    **SUMMARY_EXAMPLE,
    "content": NEW_EXAMPLE["content"],
    "approval_id": "apv_01jd5kmh2ef8q9w3v6rx0t4y7z",
    "proposed_by": "stf_01jd5kmh2ef8q9w3v6rx0t4y7a",
    "approved_by": "stf_01jd5kmh2ef8q9w3v6rx0t4y7b",
}


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """A page of a list, and its filters."""

    page: PageQuery
    wanted: DocumentFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    """A line of the list of documents."""

    id: UUID
    kind: str
    name: str
    version: int
    title_zh: str
    title_en: str
    content_sha256: str
    source: str
    status: Status
    effective_from: date
    origin: Origin
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView(SummaryView):
    """A document in whole."""

    content: dict[str, Any]
    approval_id: UUID | None
    proposed_by: UUID | None
    approved_by: UUID | None


def summary_view(document: Document) -> SummaryView:
    """Return a document without its content."""
    return SummaryView(**_common(document))


def document_view(sourced: SourcedDocument) -> DocumentView:
    """Return a document in whole."""
    return DocumentView(
        **_common(sourced.document),
        content=sourced.document.content,
        approval_id=sourced.document.proposal_id,
        proposed_by=sourced.proposed_by,
        approved_by=sourced.approved_by,
    )


def _common(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "kind": document.kind,
        "name": document.name,
        "version": document.version,
        "title_zh": document.title_zh,
        "title_en": document.title_en,
        "content_sha256": document.content_sha256,
        "source": document.source,
        "status": document.status,
        "effective_from": document.effective_from,
        "origin": document.origin,
        "created_at": document.created_at,
    }


class NewDocumentSchema(Schema):
    """The body of a proposal. The form of `content` is the JSON Schema of the kind."""

    kind = Text(required=True, max=KIND_LENGTH_MAX, pattern=KIND_PATTERN)
    name = Text(required=True, max=NAME_LENGTH_MAX, pattern=NAME_PATTERN)
    title_zh = Text(required=True, max=TITLE_LENGTH_MAX)
    title_en = Text(required=True, max=TITLE_LENGTH_MAX)
    content = fields.Dict(
        required=True,
        keys=fields.String(),
        error_messages={"required": "missing", "null": "null", "invalid": "not_object"},
        metadata={"description": "Whole numbers as numbers; a number with a fraction as text."},
    )
    source = Text(required=True, max=SOURCE_LENGTH_MAX)
    status = Choice(Status, required=True)
    effective_from = Day(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewDocument:
        """Build the typed input."""
        return NewDocument(**data)


class DocumentQuerySchema(PageQuerySchema):
    """The query of the list."""

    kind = Text(max=KIND_LENGTH_MAX, load_default=None)
    name = Text(max=NAME_LENGTH_MAX, load_default=None)
    on = Day(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> DocumentQuery:
        """Build the typed input."""
        return DocumentQuery(
            PageQuery(data["limit"], data["cursor"]),
            DocumentFilter(kind=data["kind"], name=data["name"], on=data["on"]),
        )


class DocumentSummarySchema(Schema):
    """One version of a document, without its content."""

    id = PrefixedId("doc", required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    version = WholeNumber(required=True, min=1)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    content_sha256 = fields.String(required=True)
    source = fields.String(required=True)
    status = Choice(Status, required=True)
    effective_from = Day(required=True)
    origin = Choice(Origin, required=True)
    created_at = Instant(required=True)


class DocumentSchema(DocumentSummarySchema):
    """One version of a document in whole."""

    content = fields.Dict(required=True, keys=fields.String())
    approval_id = PrefixedId("apv", required=True, allow_none=True)
    proposed_by = PrefixedId("stf", required=True, allow_none=True)
    approved_by = PrefixedId("stf", required=True, allow_none=True)
