"""Tickets over HTTP, for the help desk: the queue, and what it does with a question."""

from typing import Any

from app.foundation.data import clock
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    current_actor,
    idempotent,
    must_find,
    needs_if_match,
    next_link,
    no_idempotency,
    page_schema,
    requires,
    version_seen,
    with_etag,
)
from app.help import examples
from app.help.errors import (
    AnswerUnclear,
    CannedAnswerUnknown,
    OwnTicket,
    TicketClosed,
    TicketFull,
    TicketHandedOver,
    TicketNotFound,
    TicketNotTaken,
    TicketTaken,
)
from app.help.routes.asking import ticket_id_of
from app.help.rules import TicketState
from app.help.schemas import (
    CannedAnswersSchema,
    NewTicketAnswerSchema,
    OwnerContactSchema,
    QueuedTicketSchema,
    TicketHotlineSchema,
    TicketQueueQuerySchema,
    TicketReasonSchema,
    TicketStandSchema,
)
from app.help.usecases import reading, supporting
from app.help.usecases.reading import TicketLine
from app.help.usecases.supporting import Contact, NewAnswer, Stand
from app.help.views import canned_view
from app.identity import Role
from app.rulebook import DocumentMissing

desk = Blueprint("help_desk", __name__, description="The help desk's queue: take a question, answer it, hand it over.")

_EACH_COUNTS = "Each reading is one of its own; a stored answer would keep the number."
Told = tuple[Stand, dict[str, str]]


def _supported(ticket_id: str) -> None:
    supporting.require_supported(ticket_id_of(ticket_id))


@desk.get("/tickets/queue")
@requires(Role.SUPPORT)
@desk.arguments(TicketQueueQuerySchema, location="query")
@desk.response(200, page_schema(QueuedTicketSchema), example=examples.QUEUE)
def list_queue(asked: tuple[TicketState, PageQuery]) -> tuple[Page[TicketLine], dict[str, str]]:
    """List questions, due first; those that wait unless another state is asked for."""
    state, query = asked
    page = reading.list_queue(state, query, reader=current_actor())
    return page, next_link(page)


@desk.post("/tickets/<string:ticket_id>/take")
@requires(Role.SUPPORT)
@must_find(_supported)
@idempotent
@desk.response(200, TicketStandSchema, example=examples.STAND)
@desk.problems(TicketNotFound, OwnTicket, TicketClosed, TicketTaken, TicketHandedOver)
def take_ticket(ticket_id: str) -> Told:
    """Take a question, so that no colleague answers it too."""
    return _told(supporting.take_ticket(ticket_id_of(ticket_id), support=current_actor(), now=clock.now()))


@desk.post("/tickets/<string:ticket_id>/release")
@requires(Role.SUPPORT)
@must_find(_supported)
@idempotent
@desk.response(200, TicketStandSchema, example={**examples.STAND, "state": "waiting"})
@desk.problems(TicketNotFound, OwnTicket, TicketClosed, TicketNotTaken)
def release_ticket(ticket_id: str) -> Told:
    """Put a question back that you have taken; it keeps its place."""
    return _told(supporting.release_ticket(ticket_id_of(ticket_id), support=current_actor(), now=clock.now()))


@desk.post("/tickets/<string:ticket_id>/answer")
@requires(Role.SUPPORT)
@must_find(_supported)
@needs_if_match
@idempotent
@desk.arguments(NewTicketAnswerSchema, example=examples.ANSWER)
@desk.response(200, TicketStandSchema, example=examples.ANSWERED)
@desk.problems(
    TicketNotFound,
    OwnTicket,
    TicketClosed,
    TicketNotTaken,
    TicketFull,
    AnswerUnclear,
    CannedAnswerUnknown,
    DocumentMissing,
)
def answer_ticket(new: NewAnswer, ticket_id: str) -> Told:
    """Answer a question that you have taken, or one that the hotline has answered, by a text or a canned answer."""
    return _told(
        supporting.answer_ticket(
            ticket_id_of(ticket_id), new, seen=version_seen(), support=current_actor(), now=clock.now()
        )
    )


@desk.post("/tickets/<string:ticket_id>/hotline")
@requires(Role.SUPPORT)
@must_find(_supported)
@needs_if_match
@idempotent
@desk.arguments(TicketHotlineSchema, example={"reference": "LS20260312-00417"})
@desk.response(200, TicketStandSchema, example=examples.HANDED_OVER)
@desk.problems(TicketNotFound, OwnTicket, TicketClosed, TicketNotTaken)
def hand_over_ticket(given: dict[str, Any], ticket_id: str) -> Told:
    """Note that the 12345 hotline has a question that you have taken, and its number there. The owner sees both."""
    return _told(
        supporting.hand_over_ticket(
            ticket_id_of(ticket_id), given["reference"], seen=version_seen(), support=current_actor(), now=clock.now()
        )
    )


@desk.post("/tickets/<string:ticket_id>/settle")
@requires(Role.SUPPORT)
@must_find(_supported)
@needs_if_match
@idempotent
@desk.arguments(TicketReasonSchema, example={"reason": "与 tkt_01m869pkw9ef58pjjqagfgmtsp 是同一件事，在那里答复。"})
@desk.response(200, TicketStandSchema, example=examples.SETTLED)
@desk.problems(TicketNotFound, OwnTicket, TicketClosed, TicketNotTaken)
def settle_ticket(given: dict[str, Any], ticket_id: str) -> Told:
    """Close a question that needs no answer, with a reason that its owner sees."""
    return _told(
        supporting.settle_ticket(
            ticket_id_of(ticket_id), given["reason"], seen=version_seen(), support=current_actor(), now=clock.now()
        )
    )


@desk.post("/tickets/<string:ticket_id>/contact")
@requires(Role.SUPPORT)
@must_find(_supported)
@no_idempotency(_EACH_COUNTS)
@desk.arguments(TicketReasonSchema, example={"reason": "订单编号写错了，电话核对。"})
@desk.response(200, OwnerContactSchema, example=examples.CONTACT)
@desk.problems(TicketNotFound, OwnTicket, TicketNotTaken)
def read_contact(given: dict[str, Any], ticket_id: str) -> Contact:
    """Read the name and number of who asked, in plain, under a question that you have taken. Reason and reading are kept."""
    return supporting.read_contact(ticket_id_of(ticket_id), given["reason"], support=current_actor(), now=clock.now())


@desk.get("/canned-answers")
@requires(Role.SUPPORT)
@desk.response(200, CannedAnswersSchema, example=examples.CANNED)
@desk.problems(DocumentMissing)
def list_canned_answers() -> dict[str, Any]:
    """List the canned answers in force."""
    return canned_view(reading.list_canned(clock.now()))


def _told(stand: Stand) -> Told:
    return with_etag(stand, stand.version)
