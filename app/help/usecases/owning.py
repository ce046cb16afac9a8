"""What the owner of a ticket does: open it, write under it, close it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id, reading, transaction
from app.foundation.proof import Actor, ActorKind, logger, record
from app.help import queries, rules
from app.help.changes import ticket_changed
from app.help.errors import TicketClosed, TicketNotFound, TooManyTickets
from app.help.models import TicketRow
from app.help.rules import Act, Side, TicketState, Topic
from app.help.telling import TICKET
from app.help.usecases.moving import add_message, first_message, is_owner, move
from app.help.usecases.reading import Ticket, own_ticket
from app.places import ask_for_calendar

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class About:
    """The thing a ticket is about, as the app names it."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What somebody asks."""

    topic: Topic
    text: str
    about: About | None = None


def open_ticket(new: NewTicket, *, owner: Actor, now: datetime) -> Ticket:
    """Ask the help desk something. In an assisted session it is the resident's, and says who entered it.

    Raises:
        TooManyTickets: the owner has as many open ones as one may have.
    """
    with transaction() as session:
        if queries.count_open(session, owner, at_most=rules.TICKETS_OPEN_MAX) >= rules.TICKETS_OPEN_MAX:
            raise TooManyTickets(tickets_open_max=rules.TICKETS_OPEN_MAX)
        found = rules.due(clock.civil_day(now))
        if found.missing_year is not None:
            ask_for_calendar(session, found.missing_year)
        is_resident = owner.kind is ActorKind.RESIDENT
        ticket = TicketRow(
            id=new_id(),
            person_id=owner.id if is_resident else None,
            staff_id=None if is_resident else owner.id,
            assisted_by=owner.assisted_by,
            topic=new.topic,
            about_kind=new.about.kind if new.about is not None else None,
            about_id=new.about.id if new.about is not None else None,
            state=TicketState.WAITING,
            opened_at=now,
            due_at=found.at,
            due_missing_year=found.missing_year,
            message_count=1,
            version=1,
        )
        session.add(ticket)
        session.flush()
        ticket_changed(session, ticket)
        first_message(session, ticket, new.text, side=Side.OWNER, author=owner, now=now)
        record(
            session,
            action="help.ticket_opened",
            object_kind=TICKET,
            object_id=ticket.id,
            actor=owner,
            after={"topic": new.topic},
        )
        session.flush()
        after_commit(log.info, "help.ticket.opened", ticket_id=str(ticket.id), topic=new.topic)
        return own_ticket(session, ticket)


def write_message(ticket_id: UUID, text: str, *, owner: Actor, now: datetime) -> Ticket:
    """Write under one's own ticket. One that was answered or handed over waits anew, one closed not long ago opens again.

    Raises:
        TicketNotFound: the caller has no such ticket.
        TicketClosed: it was closed too long ago.
        TicketFull: there are as many messages as there may be.
    """
    with transaction() as session:
        ticket = _lock_own(session, ticket_id, owner)
        state = rules.state_after(ticket.state, Act.WRITE)
        is_over = ticket.closed_at is not None and not rules.may_reopen(ticket.closed_at, now)
        if state is None or is_over:
            raise TicketClosed()
        add_message(session, ticket, text, side=Side.OWNER, author=owner, now=now)
        move(session, ticket, Act.WRITE, state, actor=owner, now=now)
        return own_ticket(session, ticket)


def close_ticket(ticket_id: UUID, *, owner: Actor, now: datetime) -> Ticket:
    """Close one's own ticket, whoever is at it.

    Raises:
        TicketNotFound: the caller has no such ticket.
        TicketClosed: it is closed already.
    """
    with transaction() as session:
        ticket = _lock_own(session, ticket_id, owner)
        state = rules.state_after(ticket.state, Act.END)
        if state is None:
            raise TicketClosed()
        move(session, ticket, Act.END, state, actor=owner, now=now)
        return own_ticket(session, ticket)


def require_own(ticket_id: UUID, *, owner: Actor) -> None:
    """Pass if the caller has a ticket of this id.

    Raises:
        TicketNotFound: they have not.
    """
    with reading() as session:
        ticket = queries.find_ticket(session, ticket_id)
        if ticket is None or not is_owner(ticket, owner):
            raise TicketNotFound()


def _lock_own(session: Session, ticket_id: UUID, owner: Actor) -> TicketRow:
    ticket = queries.lock_ticket(session, ticket_id)
    if ticket is None or not is_owner(ticket, owner):
        raise TicketNotFound()
    return ticket
