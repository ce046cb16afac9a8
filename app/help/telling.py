"""What a ticket's owner is told: that it was answered, handed over, or closed. The words of the ticket stay in it."""

from datetime import datetime

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.help.models import TicketRow
from app.notices import NoticeGroup, NoticeKind, at, kinds, links, notify

TICKET = "help.ticket"
ANSWERED, HANDED_OVER, SETTLED = "help.answered", "help.handed_over", "help.settled"

_KINDS = {
    ANSWERED: NoticeKind(
        NoticeGroup.HELP,
        _("Your question is answered"),
        _("The help desk has answered. If something is still open, write again under your question."),
    ),
    HANDED_OVER: NoticeKind(
        NoticeGroup.HELP,
        _("Your question is at the 12345 hotline"),
        _("The help desk has handed your question over. Its number at the hotline stands under your question."),
    ),
    SETTLED: NoticeKind(
        NoticeGroup.HELP,
        _("Your question is closed"),
        _("The help desk has closed your question and says why. A new message opens it again for 14 days."),
    ),
}


def tell_owner(session: Session, kind: str, ticket: TicketRow, *, now: datetime) -> None:
    """Tell the owner what became of their ticket, in the transaction in which it did."""
    notify(
        session,
        person_id=ticket.person_id,
        staff_id=ticket.staff_id,
        kind=kind,
        subject_kind=TICKET,
        subject_id=ticket.id,
        params={"step": ticket.version},
        now=now,
    )


def register_notices(app: Flask) -> None:
    """Give notices the room's kinds, and the way to a ticket."""
    for kind, notice in _KINDS.items():
        kinds.register(app, kind, notice)
    links.register(app, TICKET, at("tkt", "/v1/tickets/{id}"))
