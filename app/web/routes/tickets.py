"""The help desk at the console: questions that wait, one question with all that is written in it, and what to do with it."""

import re
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import Fault, InvalidRequest, PageQuery, RoleMissing, current_actor, is_plain, language
from app.help import (
    Contact,
    NewAnswer,
    Side,
    Ticket,
    TicketNotFound,
    TicketState,
    Topic,
    answer_ticket,
    get_ticket,
    hand_over_ticket,
    list_canned,
    list_queue,
    read_contact,
    release_ticket,
    settle_ticket,
    take_ticket,
)
from app.identity import Role
from app.web import forms
from app.web.acting import act, seen_version, troubles_of
from app.web.blueprints import console
from app.web.entrance import for_staff
from app.web.errors import FormStale
from app.web.frame import console_page

_ROWS = 20
_CURSOR_LENGTH_MAX = 600
_TEXT_MAX, _REASON_MAX = 2_000, 500
_REFERENCE = re.compile(r"[A-Za-z0-9-]{4,40}")
_TOPICS: dict[Topic, LazyString] = {
    Topic.ACCOUNT: _("Account"),
    Topic.PLANTING: _("Planting"),
    Topic.PAYMENT: _("Payment"),
    Topic.CERTIFICATE: _("Certificate"),
    Topic.PRIVACY: _("Personal data"),
    Topic.OTHER: _("Other"),
}
_STATES: dict[TicketState, tuple[str, LazyString]] = {
    TicketState.WAITING: ("tag-wait", _("Waiting")),
    TicketState.TAKEN: ("tag-line", _("Taken")),
    TicketState.ANSWERED: ("tag-ok", _("Answered")),
    TicketState.HANDED_OVER: ("tag-heed", _("With 12345")),
    TicketState.CLOSED: ("", _("Closed")),
}
_DONE: dict[str, LazyString] = {
    "take": _("The question is yours now. Nobody else of the desk answers it."),
    "release": _("Put back. It keeps its place in the queue."),
    "answer": _("Answered. The asker gets a notice."),
    "hotline": _("Noted. The asker sees the number of the hotline."),
    "settle": _("Closed. The asker sees your reason."),
}


@console.get("/tickets")
@for_staff
def tickets() -> Response:
    """List questions of one state, due first."""
    _require_support()
    state = _state_from(request.args.get("state", ""))
    cursor = request.args.get("cursor", "")[:_CURSOR_LENGTH_MAX] or None
    page = list_queue(state, PageQuery(_ROWS, cursor), reader=current_actor())
    members: dict[str, Any] = {"state": str(state)}
    return console_page(
        "web/desk/tickets.html",
        section="tickets",
        lines=[_line(each) for each in page.items],
        states=[
            (url_for("console.tickets", state=str(each)), said[1], each is state) for each, said in _STATES.items()
        ],
        first_href=url_for("console.tickets", **members) if cursor else None,
        next_href=url_for("console.tickets", **members, cursor=page.next_cursor) if page.next_cursor else None,
        message=_DONE.get(request.args.get("done", "")),
    )


@console.get("/tickets/<string:ticket_id>")
@for_staff
def ticket(ticket_id: str) -> Response:
    """Show a question with its messages, the asker masked."""
    _require_support()
    return _page(_ticket_id(ticket_id))


@console.post("/tickets/<string:ticket_id>")
@for_staff
def act_on_ticket(ticket_id: str) -> AnyResponse:
    """Take it, put it back, answer it, hand it over to 12345, or close it."""
    _require_support()
    parsed, sent = _ticket_id(ticket_id), forms.sent_fields()
    return act(
        lambda: _act(parsed, sent),
        again=lambda problem, status: _page(parsed, problem=problem, sent=sent, status=status),
    )


@console.post("/tickets/<string:ticket_id>/contact")
@for_staff
def show_contact(ticket_id: str) -> Response:
    """Show whom to call, in plain, for a reason that is kept. The page is not stored anywhere."""
    _require_support()
    parsed, sent = _ticket_id(ticket_id), forms.sent_fields()
    reason = sent.get("reason", "").strip()
    if not forms.is_genuine():
        raise FormStale
    if not _fits(reason, _REASON_MAX):
        fault = {"title": "", "errors": [{"pointer": "/contact", "detail": gettext("Write why you need to call.")}]}
        return _page(parsed, problem=fault, sent=sent, status=422)
    contact = read_contact(parsed, reason, support=current_actor(), now=clock.now())
    return _page(parsed, contact=contact)


def _act(ticket_id: UUID, sent: dict[str, str]) -> str:
    support, now = current_actor(), clock.now()
    done, here = sent.get("act", ""), url_for("console.ticket", ticket_id=public_id("tkt", ticket_id))
    if done == "take":
        take_ticket(ticket_id, support=support, now=now)
        return here
    seen = seen_version(sent)
    if done == "release":
        release_ticket(ticket_id, support=support, now=now)
    elif done == "answer":
        answer = NewAnswer(text=_typed(sent, "text", _TEXT_MAX, lines=True), canned_code=sent.get("canned") or None)
        answer_ticket(ticket_id, answer, seen=seen, support=support, now=now)
    elif done == "hotline":
        reference = sent.get("reference", "").strip()
        if not _REFERENCE.fullmatch(reference):
            raise _fault(
                "/reference", gettext("Write the number that 12345 gave: 4 to 40 letters, digits and hyphens.")
            )
        hand_over_ticket(ticket_id, reference, seen=seen, support=support, now=now)
    else:
        reason = _typed(sent, "reason", _REASON_MAX)
        if reason is None:
            raise _fault("/reason", gettext("Write why it needs no answer; the asker sees it."))
        settle_ticket(ticket_id, reason, seen=seen, support=support, now=now)
        done = "settle"
    return url_for("console.tickets", done=done)


def _typed(sent: dict[str, str], name: str, length_max: int, *, lines: bool = False) -> str | None:
    """Return what was typed into a field, None for nothing."""
    text = sent.get(name, "").strip().replace("\r\n", "\n")
    if text and not _fits(text, length_max, lines=lines):
        raise _fault(f"/{name}", gettext("Write at most %(count)s characters of plain text.", count=length_max))
    return text or None


def _fits(text: str, length_max: int, *, lines: bool = False) -> bool:
    return 0 < len(text) <= length_max and is_plain(text, lines=lines)


def _fault(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest(faults=(Fault(pointer, "invalid", detail),))


def _page(
    ticket_id: UUID,
    *,
    problem: dict[str, Any] | None = None,
    sent: dict[str, str] | None = None,
    contact: Contact | None = None,
    status: int = 200,
) -> Response:
    found = get_ticket(ticket_id, reader=current_actor())
    own_id = public_id("tkt", ticket_id)
    places = {"/text": "text", "/canned_code": "canned", "/reference": "reference", "/reason": "reason"}
    return console_page(
        "web/desk/ticket.html",
        section="tickets",
        status=status,
        ticket=found,
        ticket_id=own_id,
        state=_STATES[found.line.state],
        topic=_TOPICS[found.line.topic],
        messages=_messages(found),
        can=_can(found),
        canned=_canned(),
        contact=contact,
        sent=sent or {},
        troubles=troubles_of(problem, {**places, "/contact": "why", "": "act"}),
        action=url_for("console.act_on_ticket", ticket_id=own_id),
        contact_action=url_for("console.show_contact", ticket_id=own_id),
    )


def _can(found: Ticket) -> set[str]:
    """Return what the form offers; the room has the last word."""
    line = found.line
    if line.state is TicketState.TAKEN and line.is_taken_by_you:
        return {"release", "answer", "hotline", "settle", "contact"}
    if line.state is TicketState.HANDED_OVER:
        return {"answer", "settle"}
    return {"take"} if line.state in {TicketState.WAITING, TicketState.ANSWERED} else set()


def _canned() -> list[tuple[str, str]]:
    return [(each.code, each.text(language())) for each in list_canned(clock.now()).items]


def _messages(found: Ticket) -> list[dict[str, Any]]:
    return [
        {
            "who": _("The help desk") if each.side is Side.SUPPORT else _("The asker"),
            "at": each.sent_at,
            "text": each.text,
            "is_assisted": each.is_assisted,
        }
        for each in reversed(found.messages)
    ]


def _line(line: Any) -> dict[str, Any]:
    return {
        "line": line,
        "href": url_for("console.ticket", ticket_id=public_id("tkt", line.id)),
        "topic": _TOPICS[line.topic],
        "state": _STATES[line.state],
        "is_overdue": line.due_at < clock.now() and line.state in {TicketState.WAITING, TicketState.TAKEN},
    }


def _state_from(text: str) -> TicketState:
    return TicketState(text) if text in set(TicketState) else TicketState.WAITING


def _require_support() -> None:
    if Role.SUPPORT not in current_actor().roles:
        raise RoleMissing


def _ticket_id(text: str) -> UUID:
    try:
        return parse_public_id("tkt", text)
    except MalformedId:
        raise TicketNotFound() from None
