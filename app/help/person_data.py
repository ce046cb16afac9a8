"""What the help desk keeps of residents: what they asked, and who read whom to call."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.help.models import ContactReadingRow, MessageRow, TicketRow
from app.identity import Erasure, Held, PersonData, Progress, copies, delete_all, person_data


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    """Return a person's questions. Who of the desk answered stays out of it, as it does in the app."""
    mine = select(TicketRow.id).where(TicketRow.person_id == person_id)
    ids = {"person_id": "per", "ticket_id": "tkt"}
    names = ("id", "author_id", "assisted_by")
    return {
        "tickets": copies(
            session,
            TicketRow,
            TicketRow.person_id == person_id,
            {"id": "tkt", **ids},
            but=("staff_id", "taken_by", "assisted_by", "version"),
        ),
        "ticket_messages": copies(session, MessageRow, MessageRow.ticket_id.in_(mine), ids, but=names),
        "ticket_contact_readings": copies(
            session, ContactReadingRow, ContactReadingRow.ticket_id.in_(mine), ids, but=("id", "read_by")
        ),
    }


def _erase(session: Session, erasure: Erasure) -> Progress:
    mine = select(TicketRow.id).where(TicketRow.person_id == erasure.person_id)
    owned = (
        (MessageRow, MessageRow.ticket_id.in_(mine)),
        (ContactReadingRow, ContactReadingRow.ticket_id.in_(mine)),
        (TicketRow, TicketRow.person_id == erasure.person_id),
    )
    return Progress(delete_all(session, owned, limit=erasure.limit))


PERSON_DATA = PersonData(
    held=(
        Held("help_ticket", "what somebody asked about, and where it stands", "help", "with the account"),
        Held("help_message", "what somebody wrote to the help desk, and its answers", "help", "with the account"),
        Held(
            "help_contact_reading",
            "who read a name and number in plain, and why",
            "looks are noted",
            "with the account",
        ),
    ),
    export=_export,
    erase=_erase,
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "help", PERSON_DATA)
