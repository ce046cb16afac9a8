"""The audit at the console: what was done to one thing, or by one person."""

import re
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext

from app.foundation.data import MalformedId, crockford, parse_any_id, public_id, reading
from app.foundation.http import PageQuery, RoleMissing, current_actor, search_audit
from app.foundation.proof import ActorKind, AuditSearch
from app.identity import Role, staff_by_ids
from app.web.blueprints import console
from app.web.entrance import for_staff
from app.web.frame import console_page

_ROWS = 50
_CURSOR_LENGTH_MAX = 600
_ID_LENGTH_MAX = 32
_ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)*")
WHO_SEARCHES = frozenset({Role.AUDITOR, Role.ADMIN})


@console.get("/audit")
@for_staff
def audit() -> Response:
    """Search by a thing's or a person's number; what makes no sense is said beside the field."""
    if current_actor().roles.isdisjoint(WHO_SEARCHES):
        raise RoleMissing
    typed: dict[str, Any] = {name: request.args.get(name, "").strip()[:_ID_LENGTH_MAX] for name in ("object", "actor")}
    action = request.args.get("action", "").strip()
    cursor = request.args.get("cursor", "")[:_CURSOR_LENGTH_MAX] or None
    found, troubles = _ids(typed)
    if action and not _ACTION.fullmatch(action):
        troubles.append({"anchor": "action", "text": gettext("An action is written like review.decision_made.")})
    lines, next_href = [], None
    if any(found.values()) and not troubles:
        search = AuditSearch(object_id=found["object"], actor_id=found["actor"], action=action or None)
        page = search_audit(PageQuery(_ROWS, cursor), search)
        lines = _lines(page.items)
        if page.next_cursor:
            next_href = url_for("console.audit", **typed, action=action, cursor=page.next_cursor)
    return console_page(
        "web/desk/audit.html",
        section="audit",
        typed=typed,
        action=action,
        troubles=troubles,
        searched=any(typed.values()),
        lines=lines,
        next_href=next_href,
    )


def _ids(typed: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    found: dict[str, Any] = {}
    troubles = []
    for name, text in typed.items():
        try:
            found[name] = parse_any_id(text) if text else None
        except MalformedId:
            found[name] = None
            troubles.append(
                {"anchor": name, "text": gettext("A number has 26 characters, with or without plt_ before it.")}
            )
    return found, troubles


def _lines(rows: Any) -> list[dict[str, Any]]:
    with reading() as session:
        named = staff_by_ids(session, [row.actor_id for row in rows if row.actor_kind is ActorKind.STAFF])
    return [
        {
            "at": row.at,
            "action": row.action,
            "object_kind": row.object_kind,
            "object": crockford(row.object_id),
            "who": _who(row, named),
            "actor": crockford(row.actor_id) if row.actor_kind is not ActorKind.SYSTEM else None,
            "is_assisted": row.assisted_by is not None,
        }
        for row in rows
    ]


def _who(row: Any, named: dict[Any, Any]) -> str:
    if row.actor_kind is ActorKind.SYSTEM:
        return gettext("The system")
    if row.actor_kind is ActorKind.RESIDENT:
        return public_id("per", row.actor_id)
    member = named.get(row.actor_id)
    return member.display_name if member is not None and member.display_name else public_id("stf", row.actor_id)
