"""The frame of a console page: who is signed in, for which office, how much waits; and the part of the queue looked at."""

import re
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.foundation.data import reading
from app.foundation.http import current_actor
from app.foundation.proof import Actor
from app.identity import Role, agency_by_id, staff_by_ids
from app.review import COUNTED_AT_MOST, QueueFilter, count_queue

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
WHO_REVIEWS = (Role.VERIFIER, Role.AUDITOR)
_DESKS: tuple[tuple[str, LazyString, str, frozenset[str]], ...] = (
    ("approvals", _("Approvals"), "console.approvals", frozenset({Role.STAFF})),
    ("organisations", _("Organisations"), "console.organisations", frozenset({Role.VERIFIER})),
    ("tickets", _("Help desk"), "console.tickets", frozenset({Role.SUPPORT})),
    ("staff", _("Staff"), "console.staff", frozenset({Role.ADMIN, Role.AUDITOR})),
    ("audit", _("Audit"), "console.audit", frozenset({Role.AUDITOR, Role.ADMIN})),
)


def console_page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Return a page of the console in its frame."""
    actor = current_actor()
    with reading() as session:
        staff = staff_by_ids(session, [actor.id])[actor.id]
        agency = agency_by_id(session, staff.agency_id) if staff.agency_id is not None else None
        waiting = count_queue(QueueFilter(), viewer=actor) if reviews(actor) else 0
    page = render_template(
        template,
        staff=staff,
        agency=agency,
        waiting=count_text(waiting),
        is_verifier=Role.VERIFIER in actor.roles,
        reviews=reviews(actor),
        desks=_desks(actor),
        **context,
    )
    return make_response(page, status)


def reviews(actor: Actor) -> bool:
    """Return whether the queue of cases is for somebody."""
    return not actor.roles.isdisjoint(WHO_REVIEWS)


def first_desk(actor: Actor) -> str:
    """Return where somebody's work lies: the queue, else the first desk for a role of theirs, else what all staff have."""
    if reviews(actor):
        return url_for("console.queue")
    own = [endpoint for _section, _title, endpoint, roles in _DESKS if not actor.roles.isdisjoint(roles - {Role.STAFF})]
    return url_for(own[0] if own else "console.approvals")


def _desks(actor: Actor) -> list[dict[str, str]]:
    """Return the desks of the console that are for the roles of who is signed in."""
    return [
        {"section": section, "title": str(title), "href": url_for(endpoint)}
        for section, title, endpoint, roles in _DESKS
        if not actor.roles.isdisjoint(roles)
    ]


def count_text(count: int) -> str:
    """Return a number of cases; a queue longer than is counted says so."""
    return f"{count:,}" if count < COUNTED_AT_MOST else f"{COUNTED_AT_MOST - 1:,}+"


def narrowed_by_query() -> tuple[QueueFilter, dict[str, Any]]:
    """Return the part of the queue that the address names, and the members that name it; what makes no sense is left out."""
    flag = request.args.get("flag", "")
    if not _CODE.fullmatch(flag):
        return QueueFilter(), {}
    return QueueFilter(flag=flag), {"flag": flag}
