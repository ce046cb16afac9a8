"""Tickets and canned answers as bodies of answers."""

from dataclasses import asdict
from typing import Any

from app.help.canned import CannedAnswers
from app.help.usecases.reading import Ticket


def ticket_view(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket's members on one level, as lists show them, with what is written in it."""
    about = ticket.about
    return {
        **asdict(ticket.line),
        "about": {"kind": about[0], "id": about[1]} if about is not None else None,
        "closed_at": ticket.closed_at,
        "closed_by": ticket.closed_by,
        "close_reason": ticket.close_reason,
        "reopenable_until": ticket.reopenable_until,
        "messages": ticket.messages,
        "owner": ticket.owner,
    }


def canned_view(canned: CannedAnswers) -> dict[str, Any]:
    """Return the canned answers with the version that they stand in."""
    document = canned.document
    return {
        "document_id": document.id,
        "version": document.version,
        "effective_from": document.effective_from,
        "source": document.source,
        "status": document.status,
        "items": canned.items,
    }
