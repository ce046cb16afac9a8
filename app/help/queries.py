"""Reads and locks of tickets and their messages."""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.foundation.proof import Actor, ActorKind
from app.help.models import MessageRow, TicketRow
from app.help.rules import TicketState


def find_ticket(session: Session, ticket_id: UUID) -> TicketRow | None:
    """Return a ticket, or None."""
    return session.get(TicketRow, ticket_id)


def lock_ticket(session: Session, ticket_id: UUID) -> TicketRow | None:
    """Lock and return a ticket as it stands now, or None; of two people at once the second waits."""
    statement: Select[TicketRow] = select(TicketRow).where(TicketRow.id == ticket_id).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def tickets_of(owner: Actor) -> Select[TicketRow]:
    """Return the statement that lists somebody's own tickets."""
    if owner.kind is ActorKind.RESIDENT:
        return select(TicketRow).where(TicketRow.person_id == owner.id)
    return select(TicketRow).where(TicketRow.staff_id == owner.id)


def count_open(session: Session, owner: Actor, *, at_most: int) -> int:
    """Return how many of somebody's tickets are not closed; counting ends at `at_most`."""
    open_ones = tickets_of(owner).where(TicketRow.state != TicketState.CLOSED).with_only_columns(TicketRow.id)
    return session.scalar(select(func.count()).select_from(open_ones.limit(at_most).subquery())) or 0


def queue_of(state: TicketState) -> Select[TicketRow]:
    """Return the statement that lists the tickets that stand somewhere."""
    return select(TicketRow).where(TicketRow.state == state)


def lock_taken_by(session: Session, staff_id: UUID) -> list[TicketRow]:
    """Lock and return the tickets that a member of staff has taken, in the order of their ids."""
    statement = select(TicketRow).where(TicketRow.taken_by == staff_id).order_by(TicketRow.id)
    return list(session.scalars(statement.with_for_update()))


def taken_by(session: Session, staff_id: UUID) -> list[TicketRow]:
    """Return the tickets that a member of staff has taken, due first."""
    statement = select(TicketRow).where(TicketRow.taken_by == staff_id)
    return list(session.scalars(statement.order_by(TicketRow.due_at, TicketRow.id)))


def messages_of(session: Session, ticket_id: UUID) -> list[MessageRow]:
    """Return the messages of a ticket, oldest first."""
    return list(session.scalars(select(MessageRow).where(MessageRow.ticket_id == ticket_id).order_by(MessageRow.place)))
