"""Tables of the help desk. Everything somebody wrote goes with their account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.help.rules import MESSAGES_MAX, Side, TicketState, Topic


class TicketRow(Base):
    """Something that a resident or a member of staff asked the help desk."""

    __tablename__ = "help_ticket"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (staff_id IS NULL)", name="help_ticket_one_owner"),
        CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="help_ticket_about_whole"),
        CheckConstraint("(state = 'taken') = (taken_by IS NOT NULL)", name="help_ticket_taken_by_somebody"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="help_ticket_closed_at"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="help_ticket_closed_by"),
        CheckConstraint("close_reason IS NULL OR closed_by = 'support'", name="help_ticket_reason_of_support"),
        CheckConstraint("state <> 'handed_over' OR hotline_reference IS NOT NULL", name="help_ticket_hotline_known"),
        CheckConstraint(f"message_count BETWEEN 1 AND {MESSAGES_MAX}", name="help_ticket_messages_few"),
        CheckConstraint("version >= 1", name="help_ticket_version_positive"),
        Index("help_ticket_queue_idx", "state", "due_at", "id"),
        Index("help_ticket_person_idx", "person_id", "opened_at", "id"),
        Index("help_ticket_staff_idx", "staff_id", "opened_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"))
    assisted_by: Mapped[UUID | None]  # The member of staff who entered it for a resident at a desk.
    topic: Mapped[Topic]
    about_kind: Mapped[str | None]  # As the app says; nobody has looked whether there is such a thing.
    about_id: Mapped[str | None]
    state: Mapped[TicketState] = mapped_column(default=TicketState.WAITING)
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"), index=True)
    hotline_reference: Mapped[str | None]  # The number of the case at 12345; stays when it comes back.
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]  # By when the newest wait ends with an answer.
    due_missing_year: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[Side | None]
    close_reason: Mapped[str | None]
    message_count: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)


class MessageRow(Base):
    """A message under a ticket."""

    __tablename__ = "help_message"
    __grants__ = "SELECT, INSERT, DELETE"
    __table_args__ = (
        UniqueConstraint("ticket_id", "place", name="help_message_place"),
        CheckConstraint("place >= 1", name="help_message_place_positive"),
        CheckConstraint("canned_code IS NULL OR author_side = 'support'", name="help_message_canned_by_support"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("help_ticket.id"))
    place: Mapped[int]  # From 1, without gaps.
    author_side: Mapped[Side]
    author_id: Mapped[UUID]  # A person's or a member of staff's, as the ticket's owner or as the help desk.
    assisted_by: Mapped[UUID | None]
    text: Mapped[str]
    canned_code: Mapped[str | None]  # Of the canned answer that the text was.
    sent_at: Mapped[datetime]


class ContactReadingRow(Base):
    """That somebody of the help desk read an owner's name and number in plain, and why."""

    __tablename__ = "help_contact_reading"
    __grants__ = "SELECT, INSERT, DELETE"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("help_ticket.id"), index=True)
    read_by: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"), index=True)
    reason: Mapped[str]
    read_at: Mapped[datetime]
