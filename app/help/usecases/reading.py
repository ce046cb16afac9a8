"""Tickets as their owner and as the help desk see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, reading
from app.foundation.http import Page, PageQuery, mapped, page_of
from app.foundation.proof import Actor, ActorKind
from app.help import queries
from app.help.canned import CannedAnswers, canned_on
from app.help.errors import TicketNotFound
from app.help.models import MessageRow, TicketRow
from app.help.rules import REOPENABLE, Side, TicketState, Topic
from app.help.usecases.moving import is_owner
from app.identity import Role, masked_name, masked_phone, people_by_ids, phone_of, staff_by_ids


@dataclass(frozen=True, slots=True)
class Message:
    """A message. Who of the help desk wrote it is not told."""

    side: Side
    is_assisted: bool
    text: str
    canned_code: str | None
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class OwnerCard:
    """A ticket's owner as the help desk sees them."""

    kind: ActorKind
    name_masked: str
    phone_masked: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """A ticket in a list. `owner_masked` and `taken_by` are for the help desk alone."""

    id: UUID
    topic: Topic
    state: TicketState
    opened_at: datetime
    due_at: datetime
    due_is_provisional: bool
    hotline_reference: str | None
    message_count: int
    is_assisted: bool
    owner_masked: str | None = None
    taken_by: str | None = None
    is_taken_by_you: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket with everything that is written in it. `owner` and `taken_by` are for the help desk alone."""

    line: TicketLine
    about: tuple[str, str] | None
    closed_at: datetime | None
    closed_by: Side | None
    close_reason: str | None
    reopenable_until: datetime | None
    messages: tuple[Message, ...]
    owner: OwnerCard | None
    version: int


def list_own(query: PageQuery, *, owner: Actor) -> Page[TicketLine]:
    """Return a page of the caller's own tickets, newest first."""
    with reading() as session:
        page = page_of(
            session,
            queries.tickets_of(owner),
            at=TicketRow.opened_at,
            id=TicketRow.id,
            limit=query.limit,
            cursor=query.cursor,
        )
    return mapped(page, own_line)


def list_queue(state: TicketState, query: PageQuery, *, reader: Actor) -> Page[TicketLine]:
    """Return a page of the tickets that stand somewhere, due first."""
    with reading() as session:
        page = page_of(
            session,
            queries.queue_of(state),
            at=TicketRow.due_at,
            id=TicketRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=[state],
            newest_first=False,
        )
        return Page(_queue_lines(session, page.items, reader), page.next_cursor)


def get_ticket(ticket_id: UUID, *, reader: Actor) -> Ticket:
    """Return a ticket to its owner, or with a masked owner to the help desk.

    Raises:
        TicketNotFound: there is none, or it is somebody else's.
    """
    with reading() as session:
        ticket = queries.find_ticket(session, ticket_id)
        if ticket is not None and is_owner(ticket, reader):
            return own_ticket(session, ticket)
        if ticket is None or Role.SUPPORT not in reader.roles:
            raise TicketNotFound()
        (line,) = _queue_lines(session, [ticket], reader)
        return _whole(session, ticket, line, owner=_owner_card(session, ticket, line.owner_masked or ""))


def own_ticket(session: Session, ticket: TicketRow) -> Ticket:
    """Return a ticket as its owner sees it."""
    return _whole(session, ticket, _line(ticket), owner=None)


def own_line(ticket: TicketRow) -> TicketLine:
    """Return a ticket as its owner's list shows it."""
    return _line(ticket)


def list_canned(now: datetime) -> CannedAnswers:
    """Return the canned answers in force.

    Raises:
        DocumentMissing: none are.
    """
    with reading() as session:
        return canned_on(session, clock.civil_day(now))


def _whole(session: Session, ticket: TicketRow, line: TicketLine, *, owner: OwnerCard | None) -> Ticket:
    is_about = ticket.about_kind is not None and ticket.about_id is not None
    return Ticket(
        line=line,
        about=(ticket.about_kind or "", ticket.about_id or "") if is_about else None,
        closed_at=ticket.closed_at,
        closed_by=ticket.closed_by,
        close_reason=ticket.close_reason,
        reopenable_until=ticket.closed_at + REOPENABLE if ticket.closed_at is not None else None,
        messages=tuple(_message(row) for row in queries.messages_of(session, ticket.id)),
        owner=owner,
        version=ticket.version,
    )


def _line(
    ticket: TicketRow, owner_masked: str | None = None, taken_by: str | None = None, *, is_yours: bool = False
) -> TicketLine:
    return TicketLine(
        id=ticket.id,
        topic=ticket.topic,
        state=ticket.state,
        opened_at=ticket.opened_at,
        due_at=ticket.due_at,
        due_is_provisional=ticket.due_missing_year is not None,
        hotline_reference=ticket.hotline_reference,
        message_count=ticket.message_count,
        is_assisted=ticket.assisted_by is not None,
        owner_masked=owner_masked,
        taken_by=taken_by,
        is_taken_by_you=is_yours,
    )


def _queue_lines(session: Session, tickets: Sequence[TicketRow], reader: Actor) -> list[TicketLine]:
    """Return lines with masked owners, and the names of the colleagues who are at them."""
    people = people_by_ids(session, [each.person_id for each in tickets if each.person_id is not None])
    staff = staff_by_ids(session, {id for each in tickets for id in (each.staff_id, each.taken_by) if id is not None})
    lines = []
    for each in tickets:
        known = people.get(each.person_id) if each.person_id is not None else staff.get(each.staff_id or each.id)
        taker = staff.get(each.taken_by) if each.taken_by is not None else None
        lines.append(
            _line(
                each,
                masked_name(known.display_name if known is not None else None),
                taker.display_name if taker is not None else None,
                is_yours=each.taken_by == reader.id,
            )
        )
    return lines


def _owner_card(session: Session, ticket: TicketRow, name_masked: str) -> OwnerCard:
    if ticket.person_id is None:
        return OwnerCard(ActorKind.STAFF, name_masked, None)
    return OwnerCard(ActorKind.RESIDENT, name_masked, masked_phone(phone_of(session, ticket.person_id)) or None)


def _message(row: MessageRow) -> Message:
    return Message(
        side=row.author_side,
        is_assisted=row.assisted_by is not None,
        text=row.text,
        canned_code=row.canned_code,
        sent_at=row.sent_at,
    )
