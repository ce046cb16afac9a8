"""Tickets over HTTP, for those who ask: ask, read, write, close."""

from typing import Any
from uuid import UUID

from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    current_actor,
    idempotent,
    must_find,
    next_link,
    not_modified,
    page_schema,
    requires,
    with_etag,
)
from app.help import examples
from app.help.errors import TicketClosed, TicketFull, TicketNotFound, TooManyTickets
from app.help.schemas import NewTicketMessageSchema, NewTicketSchema, TicketLineSchema, TicketSchema
from app.help.usecases import owning, reading
from app.help.usecases.owning import NewTicket
from app.help.usecases.reading import Ticket, TicketLine
from app.help.views import ticket_view
from app.identity import Role

blp = Blueprint("help", __name__, description="Questions to the help desk, and what became of them.")

_LINKS = {
    name: {"operationId": f"help_{name}", "parameters": {"ticket_id": "$response.body#/id"}}
    for name in ("read_ticket", "write_message", "close_ticket")
}
Shown = tuple[dict[str, Any], dict[str, str]]
Made = tuple[dict[str, Any], int, dict[str, str]]


def ticket_id_of(text: str) -> UUID:
    """Return the id behind its public spelling.

    Raises:
        TicketNotFound: it is no id of a ticket.
    """
    try:
        return parse_public_id("tkt", text)
    except MalformedId:
        raise TicketNotFound() from None


def _own(ticket_id: str) -> None:
    owning.require_own(ticket_id_of(ticket_id), owner=current_actor())


@blp.post("/tickets")
@requires(Role.RESIDENT, Role.STAFF, assisted=True)
@idempotent
@blp.doc(responses={201: {"links": _LINKS}})
@blp.arguments(NewTicketSchema, example=examples.NEW)
@blp.response(201, TicketSchema, description="The question waits for the help desk.", example=examples.TICKET)
@blp.problems(TooManyTickets)
def open_ticket(new: NewTicket) -> Made:
    """Ask the help desk something. It answers by `due_at`."""
    return _made(owning.open_ticket(new, owner=current_actor(), now=clock.now()))


@blp.get("/tickets")
@requires(Role.RESIDENT, Role.STAFF, assisted=True)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(TicketLineSchema), example=examples.PAGE)
def list_tickets(query: dict[str, Any]) -> tuple[Page[TicketLine], dict[str, str]]:
    """List your own questions, newest first."""
    page = reading.list_own(PageQuery(**query), owner=current_actor())
    return page, next_link(page)


@blp.get("/tickets/<string:ticket_id>")
@requires(Role.RESIDENT, Role.STAFF, assisted=True)
@not_modified
@blp.response(200, TicketSchema, example=examples.TICKET)
@blp.problems(TicketNotFound)
def read_ticket(ticket_id: str) -> Shown:
    """Read a question of your own; the help desk reads everybody's, with a masked owner."""
    ticket = reading.get_ticket(ticket_id_of(ticket_id), reader=current_actor())
    return with_etag(ticket_view(ticket), ticket.version)


@blp.post("/tickets/<string:ticket_id>/messages")
@requires(Role.RESIDENT, Role.STAFF, assisted=True)
@must_find(_own)
@idempotent
@blp.doc(responses={201: {"links": _LINKS}})
@blp.arguments(NewTicketMessageSchema, example={"text": "补充一句：共3株，都在屋后。"})
@blp.response(201, TicketSchema, description="The message stands under the question.", example=examples.TICKET)
@blp.problems(TicketNotFound, TicketClosed, TicketFull)
def write_message(new: dict[str, Any], ticket_id: str) -> Made:
    """Write under a question of your own. One that was closed in the last 14 days opens again."""
    return _made(owning.write_message(ticket_id_of(ticket_id), new["text"], owner=current_actor(), now=clock.now()))


@blp.post("/tickets/<string:ticket_id>/close")
@requires(Role.RESIDENT, Role.STAFF, assisted=True)
@must_find(_own)
@idempotent
@blp.response(200, TicketSchema, example=examples.CLOSED)
@blp.problems(TicketNotFound, TicketClosed)
def close_ticket(ticket_id: str) -> Shown:
    """Close a question of your own."""
    ticket = owning.close_ticket(ticket_id_of(ticket_id), owner=current_actor(), now=clock.now())
    return with_etag(ticket_view(ticket), ticket.version)


def _made(ticket: Ticket) -> Made:
    body, headers = with_etag(ticket_view(ticket), ticket.version)
    return body, 201, {**headers, "Location": f"/v1/tickets/{public_id('tkt', ticket.line.id)}"}
