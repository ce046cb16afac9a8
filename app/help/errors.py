"""What can go wrong at the help desk."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class TicketNotFound(NotFound):
    """There is no such ticket, or it is somebody else's."""

    code = "help.ticket_not_found"
    title = _("You have no question of this id.")


class TicketClosed(DomainError):
    """The ticket is closed, and not to be opened again."""

    code = "help.ticket_closed"
    status = 409
    title = _("This question is closed. Ask a new one.")


class TicketNotTaken(DomainError):
    """The caller has not taken the ticket, and what they want is done by who has."""

    code = "help.ticket_not_taken"
    status = 409
    title = _("Take this question first.")


class TicketTaken(DomainError):
    """A colleague has taken the ticket."""

    code = "help.ticket_taken"
    status = 409
    title = _("A colleague has taken this question. Go on with the next one.")


class TicketHandedOver(DomainError):
    """The ticket is at the hotline."""

    code = "help.ticket_handed_over"
    status = 409
    title = _("This question is at the 12345 hotline. Answer it once the hotline has.")


class OwnTicket(DomainError):
    """Nobody answers a ticket of their own."""

    code = "help.own_ticket"
    status = 409
    title = _("This question is your own. A colleague answers it.")


class TicketFull(DomainError):
    """The ticket has as many messages as one may have."""

    code = "help.ticket_full"
    status = 409
    title = _("This question has too many messages. Close it and ask a new one.")


class TooManyTickets(DomainError):
    """The caller has as many open tickets as one may have."""

    code = "help.too_many_tickets"
    status = 409
    title = _("You have too many open questions. Close one, or write under one of them.")


class AnswerUnclear(DomainError):
    """An answer is a text or a canned answer: exactly one of them."""

    code = "help.answer_unclear"
    status = 422
    pointer = "/text"
    title = _("Give a text or a canned answer: exactly one of them.")


class CannedAnswerUnknown(DomainError):
    """No canned answer in force has this code."""

    code = "help.canned_answer_unknown"
    status = 422
    pointer = "/canned_code"
    title = _("There is no canned answer of this code.")
