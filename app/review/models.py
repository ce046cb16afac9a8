"""Tables of review: cases, what drew attention to them, and decisions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
    note: Mapped[str | None]
    answers: Mapped[dict[str, Any]]  # Question id -> value of the option.
    decided_at: Mapped[datetime]
