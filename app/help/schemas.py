"""Shapes of tickets, messages and answers."""

from typing import Any

from marshmallow import post_load

from app.foundation.http import (
    Choice,
    Day,
    Flag,
    Instant,
    Many,
    Nested,
    PageQuery,
    PageQuerySchema,
    PrefixedId,
    Schema,
    Text,
    WholeNumber,
)
from app.foundation.proof import ActorKind
from app.help.rules import MESSAGES_MAX, Side, TicketState, Topic
from app.help.usecases.owning import About, NewTicket
from app.help.usecases.supporting import NewAnswer
from app.rulebook import Status

TEXT_MAX, REASON_MAX = 2_000, 500
_KIND = r"[a-z_]+(\.[a-z_]+)?"
_ID = r"[A-Za-z0-9_-]+"
_CODE = r"[a-z][a-z0-9_]{1,39}"
# What the hotline's numbers look like is published nowhere.
_REFERENCE = r"[A-Za-z0-9-]{4,40}"


class TicketAboutSchema(Schema):
    """The thing a ticket is about, as the app names it; nobody looks whether there is one."""

    kind = Text(max=60, pattern=_KIND, required=True, metadata={"example": "planting.claim"})
    id = Text(max=60, pattern=_ID, required=True, metadata={"example": "plt_01m869pkw9ef58pjjqagfgmtsp"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> About:
        return About(**data)


class NewTicketSchema(Schema):
    """A question to the help desk."""

    topic = Choice(Topic, required=True)
    text = Text(max=TEXT_MAX, lines=True, required=True)
    about = Nested(TicketAboutSchema, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewTicket:
        return NewTicket(**data)


class NewTicketMessageSchema(Schema):
    """One more message under a question."""

    text = Text(max=TEXT_MAX, lines=True, required=True)


class NewTicketAnswerSchema(Schema):
    """An answer of the help desk: a text, or the code of a canned answer."""

    text = Text(max=TEXT_MAX, lines=True, load_default=None)
    canned_code = Text(max=40, pattern=_CODE, load_default=None, metadata={"example": "review_takes_five_days"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewAnswer:
        return NewAnswer(**data)


class TicketReasonSchema(Schema):
    """Why."""

    reason = Text(max=REASON_MAX, required=True)


class TicketHotlineSchema(Schema):
    """The number that the 12345 hotline gave the case."""

    reference = Text(max=40, pattern=_REFERENCE, required=True, metadata={"example": "LS20260312-00417"})


class TicketMessageSchema(Schema):
    """A message: of the ticket's owner, or of the help desk."""

    side = Choice(Side, required=True)
    is_assisted = Flag(required=True, metadata={"description": "A member of staff entered it for a resident."})
    text = Text(max=TEXT_MAX, lines=True, required=True)
    canned_code = Text(max=40, required=True, allow_none=True)
    sent_at = Instant(required=True)


class TicketOwnerSchema(Schema):
    """A ticket's owner, masked."""

    kind = Choice(ActorKind, required=True)
    name_masked = Text(max=60, min=0, required=True)
    phone_masked = Text(max=20, required=True, allow_none=True)


class TicketLineSchema(Schema):
    """A ticket in its owner's list."""

    id = PrefixedId("tkt", required=True)
    topic = Choice(Topic, required=True)
    state = Choice(TicketState, required=True)
    opened_at = Instant(required=True)
    due_at = Instant(required=True)
    due_is_provisional = Flag(required=True)
    hotline_reference = Text(max=40, required=True, allow_none=True)
    message_count = WholeNumber(min=1, max=MESSAGES_MAX, required=True)
    is_assisted = Flag(required=True)


class QueuedTicketSchema(TicketLineSchema):
    """A ticket as the help desk lists it; an owner who reads one sees these members empty."""

    owner_masked = Text(max=60, min=0, required=True, allow_none=True)
    taken_by = Text(max=60, required=True, allow_none=True)
    is_taken_by_you = Flag(required=True)


class TicketSchema(QueuedTicketSchema):
    """A ticket with what is written in it. `owner` is for the help desk; an owner sees null."""

    about = Nested(TicketAboutSchema, required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    closed_by = Choice(Side, required=True, allow_none=True)
    close_reason = Text(max=REASON_MAX, required=True, allow_none=True)
    reopenable_until = Instant(required=True, allow_none=True)
    messages = Many(Nested(TicketMessageSchema), max=MESSAGES_MAX, required=True)
    owner = Nested(TicketOwnerSchema, required=True, allow_none=True)


class TicketStandSchema(Schema):
    """Where a ticket stands after an act of the help desk."""

    id = PrefixedId("tkt", required=True)
    state = Choice(TicketState, required=True)
    due_at = Instant(required=True)
    hotline_reference = Text(max=40, required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)


class OwnerContactSchema(Schema):
    """Whom to call, in plain."""

    name = Text(max=60, required=True, allow_none=True)
    phone = Text(max=20, required=True, allow_none=True)


class CannedAnswerSchema(Schema):
    """A canned answer in both languages."""

    code = Text(max=40, required=True)
    topic = Choice(Topic, required=True)
    text_zh = Text(max=TEXT_MAX, lines=True, required=True)
    text_en = Text(max=TEXT_MAX, lines=True, required=True)


class CannedAnswersSchema(Schema):
    """The canned answers in force, and the document that they stand in."""

    document_id = PrefixedId("doc", required=True)
    version = WholeNumber(min=1, required=True)
    effective_from = Day(required=True)
    source = Text(max=1_000, required=True)
    status = Choice(Status, required=True)
    items = Many(Nested(CannedAnswerSchema), max=200, required=True)


class TicketQueueQuerySchema(PageQuerySchema):
    """Which tickets: those that wait, unless another state is asked for."""

    state = Choice(TicketState, load_default=TicketState.WAITING)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> tuple[TicketState, PageQuery]:
        """Return filter and page apart."""
        return data["state"], PageQuery(limit=data["limit"], cursor=data["cursor"])
