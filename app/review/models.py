"""Tables of review: cases, what drew attention to them, and decisions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.data import AppendOnly, Base
from app.review.rules import CaseState, Verdict


class ReviewCase(Base):
    """The question whether one subject holds. A round ends with a decision; more evidence begins the next.

    The subject stands higher in the house, so the row keeps its kind and id and no foreign key.
    """

    __tablename__ = "review_case"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", name="review_case_once"),
        CheckConstraint("round >= 1", name="review_case_round_positive"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="review_case_decided_is_closed"),
        # The queue of an agency in its county, due first; a city's agency works in all of them, an auditor everywhere.
        Index("review_case_queue_idx", "agency_id", "county", "state", "due_at", "id"),
        Index("review_case_agency_idx", "agency_id", "state", "due_at", "id"),
        Index("review_case_everywhere_idx", "state", "due_at", "id"),
        Index("review_case_submitter_idx", "submitter_id"),  # For a copy of somebody's data, and its erasure.
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("identity_agency.id"))
    county: Mapped[str]
    submitter_id: Mapped[UUID]
    state: Mapped[CaseState]
    round: Mapped[int]
    opened_at: Mapped[datetime]  # Of the first round.
    due_at: Mapped[datetime]  # Of the present round.
    # The year without a calendar that the date reaches into: it was counted Monday to Friday and is provisional.
    due_missing_year: Mapped[int | None]
    decided_at: Mapped[datetime | None]  # Or withdrawn.
    version: Mapped[int]


class ReviewFlag(Base):
    """Something about the present round that the queue shows and can be filtered by."""

    __tablename__ = "review_flag"
    __grants__ = "SELECT, INSERT, DELETE"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("review_case.id"), primary_key=True)
    flag: Mapped[str] = mapped_column(primary_key=True)


class ReviewDecision(AppendOnly, Base):
    """What one verifier said in one round, with the answers given to the questions of that moment."""

    __tablename__ = "review_decision"
    __table_args__ = (
        UniqueConstraint("case_id", "round", "verifier_id", name="review_decision_once"),
        CheckConstraint("(verdict = 'approve') = (reason_code IS NULL)", name="review_decision_reason_given"),
        CheckConstraint(
            "reason_code IS NULL OR reason_code <> 'other' OR note IS NOT NULL", name="review_decision_other_explained"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("review_case.id"))
    round: Mapped[int]
    verifier_id: Mapped[UUID]
    verdict: Mapped[Verdict]
    reason_code: Mapped[str | None]
    # Words may tell of a person, and this row is never changed: they stand beside it. Here is "" where the reason asks for some.
    note_marker: Mapped[str | None] = mapped_column("note")
    answers: Mapped[dict[str, Any]]  # Question id -> value of the option.
    decided_at: Mapped[datetime]
    words: Mapped["ReviewNote | None"] = relationship(lazy="joined", uselist=False)

    @property
    def note(self) -> str | None:
        """What the verifier wrote; None once it is erased."""
        return self.words.note if self.words is not None else None


class ReviewNote(Base):
    """What a verifier wrote with a decision. Personal data of who reported, perhaps: the row can be deleted."""

    __tablename__ = "review_decision_note"
    __grants__ = "SELECT, INSERT, DELETE"
    __table_args__ = (CheckConstraint("note <> ''", name="review_decision_note_says_something"),)

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("review_decision.id"), primary_key=True)
    note: Mapped[str]


class ReviewAssignment(Base):
    """Who has taken a case. The row goes when the round ends or the case is released; the audit keeps who had it."""

    __tablename__ = "review_assignment"
    __table_args__ = (Index("review_assignment_staff_idx", "staff_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("review_case.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"))
    taken_at: Mapped[datetime]


class ReviewMove(AppendOnly, Base):
    """That a case came to the wrong place and was sent on, with the due date it had and the one it got."""

    __tablename__ = "review_move"
    __table_args__ = (
        UniqueConstraint("case_id", "place", name="review_move_in_order"),
        CheckConstraint("place >= 1", name="review_move_counted_from_one"),
        CheckConstraint("from_agency_id <> to_agency_id", name="review_move_elsewhere"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("review_case.id"))
    place: Mapped[int]  # 1 for the first time the case was sent on.
    from_agency_id: Mapped[UUID] = mapped_column(ForeignKey("identity_agency.id"))
    from_county: Mapped[str]
    to_agency_id: Mapped[UUID] = mapped_column(ForeignKey("identity_agency.id"))
    to_county: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"))
    moved_at: Mapped[datetime]
    due_at_before: Mapped[datetime]
    due_at: Mapped[datetime]
    words: Mapped["ReviewMoveNote | None"] = relationship(lazy="joined", uselist=False)


class ReviewMoveNote(Base):
    """Why a case was sent on, in words. They may tell of a person: the row can be deleted."""

    __tablename__ = "review_move_note"
    __grants__ = "SELECT, INSERT, DELETE"

    move_id: Mapped[UUID] = mapped_column(ForeignKey("review_move.id"), primary_key=True)
    reason: Mapped[str]
