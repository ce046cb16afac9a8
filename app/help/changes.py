"""Telling a resident's telephone that a question of theirs to the help desk changed."""

from sqlalchemy.orm import Session

from app.foundation.sync import changed
from app.help.models import TicketRow

COLLECTION = "tickets"


def ticket_changed(session: Session, ticket: TicketRow) -> None:
    """Tell of a ticket that is new or stands elsewhere than before. Staff have no copy."""
    if ticket.person_id is not None:
        changed(session, ticket.person_id, COLLECTION, ticket.id)
