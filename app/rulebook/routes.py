"""The rulebook over HTTP: everybody reads it, staff propose new versions."""

from uuid import UUID

from flask import Flask

from app.approvals import APPROVAL_EXAMPLE, ApprovalSchema, ApprovalView, approval_view, get_proposal
from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    RoleMissing,
    add_operations,
    current_actor,
    idempotent,
    mapped,
    next_link,
    not_modified,
    page_schema,
    requires,
    with_etag,
)
from app.foundation.work import setup_step
from app.rulebook import usecases
from app.rulebook.errors import (
    CityRoleMissing,
    ContentInvalid,
    DocumentNotFound,
    EffectiveTooEarly,
    EffectiveTooLate,
    KindUnknown,
)
from app.rulebook.rules import NewDocument
from app.rulebook.schemas import (
    DOCUMENT_EXAMPLE,
    NEW_EXAMPLE,
    SUMMARY_EXAMPLE,
    DocumentQuery,
    DocumentQuerySchema,
    DocumentSchema,
    DocumentSummarySchema,
    DocumentView,
    NewDocumentSchema,
    SummaryView,
    document_view,
    summary_view,
)
from app.rulebook.shipping import ship_all

blp = Blueprint(
    "rulebook", __name__, description="Rules, factors and numbers in versions, each with source, status and first day."
)
# What comes of a proposal is read and decided in approvals.
_LINKS = {
    operation: {"operationId": operation, "parameters": {"approval_id": "$response.body#/id"}}
    for operation in ("approvals_get_approval", "approvals_approve")
}


def _document_id(text: str) -> UUID:
    try:
        return parse_public_id("doc", text)
    except MalformedId:
        raise DocumentNotFound() from None


@blp.get("/rulebook")
@requires(ANYONE)
@blp.arguments(DocumentQuerySchema, location="query")
@blp.response(200, page_schema(DocumentSummarySchema), example={"items": [SUMMARY_EXAMPLE], "next_cursor": None})
def list_documents(query: DocumentQuery) -> tuple[Page[SummaryView], dict[str, str]]:
    """List documents, newest first; with `on` only the versions in force on that day."""
    page = usecases.list_documents(query.page, query.wanted)
    return mapped(page, summary_view), next_link(page)


@blp.get("/rulebook/<document_id>")
@requires(ANYONE)
@not_modified
@blp.response(200, DocumentSchema, example=DOCUMENT_EXAMPLE)
@blp.problems(DocumentNotFound)
def get_document(document_id: str) -> tuple[DocumentView, dict[str, str]]:
    """Read a document: what it says, since when, from which source, and who approved it."""
    found = usecases.get_document(_document_id(document_id))
    return with_etag(document_view(found), found.document.version)


@blp.post("/rulebook")
@requires("staff")
@idempotent
@blp.arguments(NewDocumentSchema, example=NEW_EXAMPLE)
@blp.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@blp.problems(KindUnknown, RoleMissing, CityRoleMissing, ContentInvalid, EffectiveTooEarly, EffectiveTooLate)
@blp.doc(responses={202: {"links": _LINKS}})
def propose_document(new: NewDocument) -> tuple[ApprovalView, int, dict[str, str]]:
    """Propose the next version of a document, or the first of a new name. It comes in when a second person approves it."""
    proposer, now = current_actor(), clock.now()
    proposal = usecases.propose_document(new, proposer=proposer, now=now)
    shown = approval_view(get_proposal(proposal.id, viewer=proposer, now=now))
    return shown, 202, {"Location": f"/v1/approvals/{public_id('apv', proposal.id)}"}


def register(app: Flask) -> None:
    """Serve the room's operations, and put the product's documents into the book at set-up."""
    add_operations(app, blp)
    setup_step(app, "rulebook", ship_all)
