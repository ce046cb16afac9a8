"""What every change of a ticket does, inside the caller's transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id
from app.foundation.proof import Actor, ActorKind, logger, record
from app.help import rules
from app.help.changes import ticket_changed
from app.help.errors import TicketFull
from app.help.models import MessageRow, TicketRow
from app.help.rules import Act, Side, TicketState
from app.help.telling import TICKET
from app.places import ask_for_calendar

log = logger(__name__)


def is_owner(ticket: TicketRow, actor: Actor) -> bool:
    """Return whether the ticket is the actor's own."""
    return (ticket.person_id if actor.kind is ActorKind.RESIDENT else ticket.staff_id) == actor.id


def add_message(
    session: Session,
    ticket: TicketRow,
    text: str,
    *,
    side: Side,
    author: Actor,
    canned_code: str | None = None,
    now: datetime,
) -> UUID:
    """Write a message under a ticket and return its id.

    Raises:
        TicketFull: there are as many as there may be.
    """
    if ticket.message_count >= rules.MESSAGES_MAX:
        raise TicketFull(messages_max=rules.MESSAGES_MAX)
    ticket.message_count += 1
    return first_message(session, ticket, text, side=side, author=author, canned_code=canned_code, now=now)


def first_message(
    session: Session,
    ticket: TicketRow,
    text: str,
    *,
    side: Side,
    author: Actor,
    canned_code: str | None = None,
    now: datetime,
) -> UUID:
    """Write the message that the ticket's count already has, and return its id."""
    row = MessageRow(
        id=new_id(),
        ticket_id=ticket.id,
        place=ticket.message_count,
        author_side=side,
        author_id=author.id,
        assisted_by=author.assisted_by,
        text=text,
        canned_code=canned_code,
        sent_at=now,
    )
    session.add(row)
    return row.id


def wait(session: Session, ticket: TicketRow, now: datetime) -> None:
    """Let the ticket wait for an answer from now on; where a year's calendar is missing, ask for it."""
    found = rules.due(clock.civil_day(now))
    if found.missing_year is not None:
        ask_for_calendar(session, found.missing_year)
    ticket.due_at, ticket.due_missing_year = found.at, found.missing_year


def move(session: Session, ticket: TicketRow, act: Act, state: TicketState, *, actor: Actor, now: datetime) -> None:
    """Put a ticket where an act takes it, as a new version, and note who did it.

    What hangs on a state (who has taken it, when it was closed) follows the state here, and nowhere else.
    """
    was_waiting = ticket.state in {TicketState.WAITING, TicketState.TAKEN}
    if not was_waiting and state in {TicketState.WAITING, TicketState.TAKEN}:
        wait(session, ticket, now)
    if state is not TicketState.TAKEN:
        ticket.taken_by = None
    elif act is Act.TAKE:
        ticket.taken_by = actor.id
    if state is TicketState.CLOSED:
        ticket.closed_at, ticket.closed_by = now, Side.OWNER if act is Act.END else Side.SUPPORT
    else:
        ticket.closed_at = ticket.closed_by = ticket.close_reason = None
    ticket.state = state
    ticket.version += 1
    ticket_changed(session, ticket)
    note(session, act, ticket, actor=actor)
    session.flush()


def note(session: Session, act: Act, ticket: TicketRow, *, actor: Actor) -> None:
    """Write the audit row of an act, and the line in the log: ids and states, no word of the ticket."""
    record(
        session,
        action=f"help.ticket_{_DONE[act]}",
        object_kind=TICKET,
        object_id=ticket.id,
        actor=actor,
        after={"state": ticket.state, "version": ticket.version},
    )
    after_commit(log.info, f"help.ticket.{_DONE[act]}", ticket_id=str(ticket.id), state=ticket.state)


_DONE = {
    Act.WRITE: "written",
    Act.END: "ended",
    Act.TAKE: "taken",
    Act.RELEASE: "released",
    Act.ANSWER: "answered",
    Act.HAND_OVER: "handed_over",
    Act.SETTLE: "settled",
}
