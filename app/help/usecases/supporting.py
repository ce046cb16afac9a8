"""What the help desk does: take a ticket, give it back, answer it, hand it over, close it, read whom to call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id, reading, transaction
from app.foundation.http import check_version
from app.foundation.proof import Actor, logger, record
from app.help import queries, rules
from app.help.canned import canned_answer
from app.help.errors import (
    AnswerUnclear,
    OwnTicket,
    TicketClosed,
    TicketHandedOver,
    TicketNotFound,
    TicketNotTaken,
    TicketTaken,
)
from app.help.models import ContactReadingRow, TicketRow
from app.help.rules import Act, Side, TicketState
from app.help.telling import ANSWERED, HANDED_OVER, SETTLED, TICKET, tell_owner
from app.help.usecases.moving import add_message, is_owner, move
from app.identity import language_of, person_by_id, phone_of, staff_by_ids

Seen = Callable[[int], bool]

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer: a text, or the code of a canned one."""

    text: str | None
    canned_code: str | None


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a ticket stands after an act: nothing of what is written in it, since answers are kept for repetition."""

    id: UUID
    state: TicketState
    due_at: datetime
    hotline_reference: str | None
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call, in plain."""

    name: str | None
    phone: str | None


def take_ticket(ticket_id: UUID, *, support: Actor, now: datetime) -> Stand:
    """Take a ticket, so that no colleague answers it too. Taking it again changes nothing.

    Raises:
        TicketNotFound, OwnTicket, TicketClosed, TicketTaken, TicketHandedOver: it cannot be taken.
    """
    with transaction() as session:
        ticket = _lock(session, ticket_id, support)
        if ticket.taken_by != support.id:
            move(session, ticket, Act.TAKE, _state_after(ticket, Act.TAKE, support), actor=support, now=now)
        return _stand(ticket)


def release_ticket(ticket_id: UUID, *, support: Actor, now: datetime) -> Stand:
    """Put a ticket back that one has taken; it keeps its place in the queue.

    Raises:
        TicketNotFound, OwnTicket, TicketClosed, TicketNotTaken: it cannot be put back.
    """
    with transaction() as session:
        ticket = _lock(session, ticket_id, support)
        move(session, ticket, Act.RELEASE, _state_after(ticket, Act.RELEASE, support), actor=support, now=now)
        return _stand(ticket)


def answer_ticket(ticket_id: UUID, new: NewAnswer, *, seen: Seen, support: Actor, now: datetime) -> Stand:
    """Answer a ticket that one has taken, or one that the hotline has answered. A canned answer is in the owner's language.

    Raises:
        AnswerUnclear: neither text nor code, or both.
        TicketNotFound, OwnTicket, TicketClosed, TicketNotTaken, TicketFull: it cannot be answered.
        VersionStale: something was written or done since the caller read it.
        CannedAnswerUnknown: no canned answer has this code.
    """
    if (new.text is None) == (new.canned_code is None):
        raise AnswerUnclear()
    with transaction() as session:
        ticket = _lock(session, ticket_id, support)
        state = _state_after(ticket, Act.ANSWER, support)
        check_version(seen, ticket.version)
        text = new.text or _canned_text(session, ticket, new.canned_code or "", now)
        add_message(session, ticket, text, side=Side.SUPPORT, author=support, canned_code=new.canned_code, now=now)
        move(session, ticket, Act.ANSWER, state, actor=support, now=now)
        tell_owner(session, ANSWERED, ticket, now=now)
        return _stand(ticket)


def hand_over_ticket(ticket_id: UUID, reference: str, *, seen: Seen, support: Actor, now: datetime) -> Stand:
    """Note that the 12345 hotline has the ticket, under its own number, which the owner sees.

    Raises:
        TicketNotFound, OwnTicket, TicketClosed, TicketNotTaken: it cannot be handed over.
        VersionStale: something was written or done since the caller read it.
    """
    with transaction() as session:
        ticket = _lock(session, ticket_id, support)
        state = _state_after(ticket, Act.HAND_OVER, support)
        check_version(seen, ticket.version)
        ticket.hotline_reference = reference
        move(session, ticket, Act.HAND_OVER, state, actor=support, now=now)
        tell_owner(session, HANDED_OVER, ticket, now=now)
        return _stand(ticket)


def settle_ticket(ticket_id: UUID, reason: str, *, seen: Seen, support: Actor, now: datetime) -> Stand:
    """Close a ticket that needs no answer, with a reason that its owner sees.

    Raises:
        TicketNotFound, OwnTicket, TicketClosed, TicketNotTaken: it cannot be closed.
        VersionStale: something was written or done since the caller read it.
    """
    with transaction() as session:
        ticket = _lock(session, ticket_id, support)
        state = _state_after(ticket, Act.SETTLE, support)
        check_version(seen, ticket.version)
        move(session, ticket, Act.SETTLE, state, actor=support, now=now)
        ticket.close_reason = reason
        tell_owner(session, SETTLED, ticket, now=now)
        return _stand(ticket)


def read_contact(ticket_id: UUID, reason: str, *, support: Actor, now: datetime) -> Contact:
    """Return the owner's name and number in plain, to who has taken the ticket. Each reading is kept with its reason.

    Raises:
        TicketNotFound, OwnTicket, TicketNotTaken: the caller is not at this ticket.
    """
    with transaction() as session:
        ticket = _lock(session, ticket_id, support)
        if ticket.taken_by != support.id:
            raise TicketNotTaken()
        row = ContactReadingRow(id=new_id(), ticket_id=ticket.id, read_by=support.id, reason=reason, read_at=now)
        session.add(row)
        record(
            session,
            action="help.contact_read",
            object_kind=TICKET,
            object_id=ticket.id,
            actor=support,
            after={"reading_id": str(row.id)},
        )
        after_commit(log.info, "help.contact.read", ticket_id=str(ticket.id), reading_id=str(row.id))
        return _contact(session, ticket)


def require_supported(ticket_id: UUID) -> None:
    """Pass if there is a ticket of this id.

    Raises:
        TicketNotFound: there is none.
    """
    with reading() as session:
        if queries.find_ticket(session, ticket_id) is None:
            raise TicketNotFound()


def _lock(session: Session, ticket_id: UUID, support: Actor) -> TicketRow:
    ticket = queries.lock_ticket(session, ticket_id)
    if ticket is None:
        raise TicketNotFound()
    if is_owner(ticket, support):
        raise OwnTicket()
    return ticket


def _state_after(ticket: TicketRow, act: Act, support: Actor) -> TicketState:
    """Return where an act of the help desk takes a ticket, or raise why it cannot be done."""
    state = rules.state_after(ticket.state, act)
    if ticket.state is TicketState.CLOSED:
        raise TicketClosed()
    is_others = ticket.taken_by is not None and ticket.taken_by != support.id
    if act is Act.TAKE and is_others:
        raise TicketTaken()
    if act is Act.TAKE and state is None:
        raise TicketHandedOver()
    if state is None or is_others:
        raise TicketNotTaken()
    return state


def _canned_text(session: Session, ticket: TicketRow, code: str, now: datetime) -> str:
    language = language_of(session, ticket.person_id) if ticket.person_id is not None else "zh-CN"
    return canned_answer(session, code, clock.civil_day(now)).text(language)


def _contact(session: Session, ticket: TicketRow) -> Contact:
    if ticket.person_id is not None:
        person = person_by_id(session, ticket.person_id)
        return Contact(person.display_name if person is not None else None, phone_of(session, ticket.person_id))
    staff = staff_by_ids(session, [ticket.staff_id] if ticket.staff_id is not None else [])
    return Contact(next((each.display_name for each in staff.values()), None), None)


def _stand(ticket: TicketRow) -> Stand:
    return Stand(
        id=ticket.id,
        state=ticket.state,
        due_at=ticket.due_at,
        hotline_reference=ticket.hotline_reference,
        closed_at=ticket.closed_at,
        version=ticket.version,
    )
