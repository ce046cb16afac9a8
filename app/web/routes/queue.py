"""What waits: the queue of one's own agency and counties, and the way to a case by its number."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.data import MalformedId, clock, parse_public_id, public_id, reading
from app.foundation.http import PageQuery, current_actor
from app.foundation.proof import Actor
from app.planting import SUBJECT_KIND as PLANTING
from app.review import (
    CaseLine,
    CaseNotFound,
    QueueFilter,
    case_of,
    count_queue,
    get_case_line,
    list_queue,
    next_in_queue,
    subjects,
)
from app.web import words
from app.web.blueprints import console
from app.web.case_page import done_message
from app.web.entrance import for_staff
from app.web.frame import console_page, count_text, first_desk, narrowed_by_query, reviews

_ROWS = 20
_CURSOR_LENGTH_MAX = 600
_ANY = "any"


@console.get("")
@for_staff
def queue() -> AnyResponse:
    """List what waits, due first, with what needs judgement."""
    actor = current_actor()
    if not reviews(actor):
        return redirect(first_desk(actor), 303)
    number = request.args.get("number", "").strip()
    found = _case_of_number(number, actor) if number else None
    if found is not None:
        return redirect(url_for("console.case", case_id=public_id("cas", found)), 303)
    narrowed, members = narrowed_by_query()
    cursor = request.args.get("cursor", "")[:_CURSOR_LENGTH_MAX] or None
    page = list_queue(narrowed, PageQuery(_ROWS, cursor), viewer=actor)
    today_ends, now = _end_of_today(), clock.now()
    first = next_in_queue(narrowed, after=None, viewer=actor)
    overdue = count_queue(narrowed, viewer=actor, due_before=now)
    return _page(
        lines=[_row(line, now, members) for line in page.items],
        count=count_text(count_queue(narrowed, viewer=actor)),
        overdue=overdue,
        due_today=count_queue(narrowed, viewer=actor, due_before=today_ends) - overdue,
        start_href=_case_href(first, members) if first is not None else None,
        filters=_filters(actor, narrowed.flag),
        first_href=url_for("console.queue", **members) if cursor else None,
        next_href=url_for("console.queue", **members, cursor=page.next_cursor) if page.next_cursor else None,
        number=number,
        message=done_message(),
        members=members,
    )


def _page(**context: Any) -> Response:
    return console_page("web/queue.html", **context)


def _case_of_number(number: str, actor: Actor) -> UUID | None:
    """Return the case that a clerk may see under a case's or a planting's number, or None."""
    try:
        if number.startswith("plt_"):
            with reading() as session:
                case = case_of(session, PLANTING, parse_public_id("plt", number))
            case_id = case.id if case is not None else None
        else:
            case_id = parse_public_id("cas", number)
        return None if case_id is None else get_case_line(case_id, viewer=actor).id
    except (MalformedId, CaseNotFound):
        return None


def _case_href(case_id: UUID, members: dict[str, Any]) -> str:
    return url_for("console.case", case_id=public_id("cas", case_id), **members)


def _filters(actor: Actor, chosen: str | None) -> list[dict[str, Any]]:
    """Return the parts of the queue as links with counts; a flag that no case carries is left out."""
    flags = subjects.handler(PLANTING).flags
    parts = [(None, ""), *((code, str(text)) for code, text in flags.items()), (_ANY, "")]
    shown = []
    for code, text in parts:
        count = count_queue(QueueFilter(flag=code), viewer=actor)
        if count or code in {None, _ANY, chosen}:
            members: dict[str, Any] = {} if code is None else {"flag": code}
            href = url_for("console.queue", **members)
            shown.append({"code": code, "text": text, "count": count_text(count), "href": href})
    return shown


def _row(line: CaseLine, now: datetime, members: dict[str, Any]) -> dict[str, Any]:
    return {
        "line": line,
        "href": _case_href(line.id, members),
        "kind": words.kind_name(line.subject_kind),
        "county": words.county_name(line.county),
        "is_overdue": line.due_at < now,
        "is_today": now <= line.due_at < _end_of_today(),
    }


def _end_of_today() -> datetime:
    tomorrow = clock.civil_day(clock.now()) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=clock.CITY_ZONE)
