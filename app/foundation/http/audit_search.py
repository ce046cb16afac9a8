"""The audit over HTTP: what was done to one thing, or by one person. Ids and hashes; what was said is not in it."""

from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import lazy_gettext as _
from marshmallow import post_load

from app.foundation.data import MalformedId, crockford, parse_any_id, public_id, reading
from app.foundation.http.access import requires
from app.foundation.http.blueprint import Blueprint
from app.foundation.http.errors import DomainError
from app.foundation.http.openapi import add_operations
from app.foundation.http.paging import Page, PageQuery, PageQuerySchema, mapped, next_link, page_of, page_schema
from app.foundation.http.schema import Choice, Instant, Schema, Text
from app.foundation.proof import ActorKind, AuditSearch, audit_query

_ID = r"([a-z]{2,4}_)?[0-9a-hjkmnp-tv-z]{26}"
_ACTION = r"[a-z_]+(\.[a-z_]+)*"
# The ids of actors by their kind; the system has none of its own.
_PREFIX_OF_ACTOR = {ActorKind.RESIDENT: "per", ActorKind.STAFF: "stf"}

blp = Blueprint("audit", __name__, description="Who did what to which thing, and when.")


class AuditTooWide(DomainError):
    """A search of the whole city."""

    code = "audit.too_wide"
    status = 422
    title = _("Name the thing or the person that the search is about.")
    pointer = "object"


class AuditQuerySchema(PageQuerySchema):
    """What to look for. `object` and `actor` are ids as the API writes them, with or without what stands before `_`."""

    object = Text(max=32, pattern=_ID, load_default=None, metadata={"example": "plt_01m869pkw9ef58pjjqagfgmtsp"})
    actor = Text(max=32, pattern=_ID, load_default=None, metadata={"example": "stf_01m869pkw4f7nt1pedbvrqbjfw"})
    action = Text(max=60, pattern=_ACTION, load_default=None, metadata={"example": "review.decision_made"})
    since = Instant(load_default=None)
    until = Instant(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[PageQuery, AuditSearch]:
        """Build the typed query; an id of more than 128 bits is nobody's."""
        found = {"object_id": _any_id(data["object"]), "actor_id": _any_id(data["actor"])}
        search = AuditSearch(**found, action=data["action"], since=data["since"], until=data["until"])
        return PageQuery(data["limit"], data["cursor"]), search


class AuditLineSchema(Schema):
    """One row of the audit. Hashes are SHA-256 over the state before and after."""

    id = Text(max=26, required=True, metadata={"example": "01m869pkw9ef58pjjqagfgmtsp"})
    at = Instant(required=True)
    actor_kind = Choice(ActorKind, required=True)
    actor_id = Text(max=32, required=True, allow_none=True, metadata={"example": "stf_01m869pkw4f7nt1pedbvrqbjfw"})
    roles = Text(max=400, min=0, required=True, metadata={"example": "staff,verifier"})
    assisted_by = Text(max=32, required=True, allow_none=True)
    action = Text(max=100, required=True, metadata={"example": "review.decision_made"})
    object_kind = Text(max=100, required=True, metadata={"example": "review.case"})
    object_id = Text(max=26, required=True, metadata={"example": "01m869pkw9ef58pjjqagfgmtsp"})
    before_sha256 = Text(max=64, required=True, allow_none=True)
    after_sha256 = Text(max=64, required=True, allow_none=True)
    request_id = Text(max=60, required=True, allow_none=True)


_EXAMPLE = {
    "id": "01m869pkw9ef58pjjqagfgmtsp",
    "at": "2026-03-13T02:00:00Z",
    "actor_kind": "staff",
    "actor_id": "stf_01m869pkw4f7nt1pedbvrqbjfw",
    "roles": "staff,verifier",
    "assisted_by": None,
    "action": "review.decision_made",
    "object_kind": "review.case",
    "object_id": "01m869pkw9ef58pjjqagfgmtsp",
    "before_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "after_sha256": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    "request_id": "req_7h2k9m3n5p",
}


@blp.get("/audit")
@requires("auditor", "admin")
@blp.arguments(AuditQuerySchema, location="query")
@blp.response(200, page_schema(AuditLineSchema), example={"items": [_EXAMPLE], "next_cursor": None})
@blp.problems(AuditTooWide)
def search(query: tuple[PageQuery, AuditSearch]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List what was done to a thing or by somebody, newest first."""
    page = search_audit(*query)
    return mapped(page, audit_line), next_link(page)


def search_audit(query: PageQuery, search: AuditSearch) -> Page[Any]:
    """Return a page of rows of the audit, newest first.

    Raises:
        AuditTooWide: neither a thing nor an actor is named.
    """
    if search.object_id is None and search.actor_id is None:
        raise AuditTooWide()
    found = audit_query(search)
    filters = [search.object_id, search.actor_id, search.action, search.since, search.until]
    with reading() as session:
        return page_of(
            session, found.select, at=found.at, id=found.id, limit=query.limit, cursor=query.cursor, filters=filters
        )


def audit_line(row: Any) -> dict[str, Any]:
    """Return a row of the audit as its schema shows it."""
    prefix = _PREFIX_OF_ACTOR.get(row.actor_kind)
    return {
        "id": crockford(row.id),
        "at": row.at,
        "actor_kind": row.actor_kind,
        "actor_id": public_id(prefix, row.actor_id) if prefix is not None else None,
        "roles": row.roles,
        "assisted_by": public_id("stf", row.assisted_by) if row.assisted_by is not None else None,
        "action": row.action,
        "object_kind": row.object_kind,
        "object_id": crockford(row.object_id),
        "before_sha256": row.before_sha256,
        "after_sha256": row.after_sha256,
        "request_id": row.request_id,
    }


def register_audit_search(app: Flask) -> None:
    """Open the operation."""
    add_operations(app, blp)


def _any_id(text: str | None) -> UUID | None:
    if text is None:
        return None
    try:
        return parse_any_id(text)
    except MalformedId:
        return UUID(int=0)
