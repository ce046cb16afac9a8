"""Help: questions of residents and staff, taken and answered by the help desk, or handed over to the 12345 hotline.

The desk sees names and numbers masked; reading them in plain takes a reason, which is kept.
"""

from flask import Flask

from app.foundation.http import add_operations
from app.foundation.sync import collections
from app.help import canned, changes, synced
from app.help.errors import TicketNotFound
from app.help.open_work import TICKETS_OF_STAFF
from app.help.person_data import register_person_data
from app.help.routes.asking import blp
from app.help.routes.desk import desk
from app.help.rules import Side, TicketState, Topic
from app.help.telling import TICKET, register_notices
from app.help.usecases.owning import About, NewTicket, open_ticket
from app.help.usecases.reading import (
    Message,
    OwnerCard,
    Ticket,
    TicketLine,
    get_ticket,
    list_canned,
    list_queue,
)
from app.help.usecases.supporting import (
    Contact,
    NewAnswer,
    Stand,
    answer_ticket,
    hand_over_ticket,
    read_contact,
    release_ticket,
    settle_ticket,
    take_ticket,
)
from app.identity import open_work

__all__ = [
    "About",
    "Contact",
    "Message",
    "NewAnswer",
    "NewTicket",
    "OwnerCard",
    "Side",
    "Stand",
    "Ticket",
    "TicketLine",
    "TicketNotFound",
    "TicketState",
    "Topic",
    "answer_ticket",
    "get_ticket",
    "hand_over_ticket",
    "list_canned",
    "list_queue",
    "open_ticket",
    "read_contact",
    "register",
    "release_ticket",
    "settle_ticket",
    "take_ticket",
]


def register(app: Flask) -> None:
    """Open the room: canned answers, what notices may tell, what it answers for elsewhere, operations."""
    canned.open_kind(app)
    register_notices(app)
    open_work.register(app, TICKET, TICKETS_OF_STAFF)
    register_person_data(app)
    collections.register(app, changes.COLLECTION, synced.TICKETS)
    add_operations(app, blp)
    add_operations(app, desk)
