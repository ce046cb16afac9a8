"""Tables of points: awards and their parts, counters for the caps, the yearly budget."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import AppendOnly, Base
from app.points.rules import PeriodKind


class PartKind(StrEnum):
    """The two parts of an award."""

    NOW = "now"
    LATER = "later"


class PartState(StrEnum):
    """Where a part stands. Which state follows which is said in sql/01_parts."""

    WAITING_RESULT = "waiting_result"  # The later part, until somebody has seen what became of the act.
    DECIDED = "decided"  # The worker posts it within a second.
    WAITING_BUDGET = "waiting_budget"
    POSTED = "posted"
    FORFEITED = "forfeited"
    REVERSED = "reversed"


# Not yet on the account, and still to come.
PENDING = (PartState.WAITING_RESULT, PartState.DECIDED, PartState.WAITING_BUDGET)

# In the index and in the query with the same words, or no engine would use it.
IN_QUEUE = text("state = 'waiting_budget'")


class AwardRow(AppendOnly, Base):
    """What an act earned, with the arithmetic. The row never changes: what becomes of the points stands in its parts."""

    __tablename__ = "points_award"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "person_id", name="points_award_once"),
        CheckConstraint("quantity >= 0", name="points_award_quantity"),
        CheckConstraint("points_now >= 0 AND points_later >= 0", name="points_award_parts_not_negative"),
        CheckConstraint("points = points_now + points_later", name="points_award_parts_add_up"),
        CheckConstraint("(later_on IS NOT NULL) = (points_later > 0)", name="points_award_later_dated"),
        Index("points_award_person_idx", "person_id", "decided_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"))
    act: Mapped[str]  # `planting.tree`
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    acted_on: Mapped[date]  # The civil day that decides which rule set counts, and whose caps are used.
    quantity: Mapped[int]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_document.id"))
    rule_version: Mapped[int]
    points: Mapped[int]
    points_now: Mapped[int]
    points_later: Mapped[int]
    later_on: Mapped[date | None]
    expires_after_months: Mapped[int]
    arithmetic: Mapped[list[Any]]  # Lines of `rules.Arithmetic`.
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID]


class PartRow(Base):
    """Points of an award that are given together. A zero award has no parts."""

    __tablename__ = "points_part"
    __grants__ = "SELECT, INSERT, UPDATE (state, points, posted_at, transfer_id, repayment_id, repaid_points)"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_part_positive"),
        CheckConstraint("repaid_points BETWEEN 0 AND points", name="points_part_repaid"),
        CheckConstraint("(repayment_id IS NOT NULL) = (repaid_points > 0)", name="points_part_repayment_named"),
        CheckConstraint(
            "(posted_at IS NOT NULL) = (transfer_id IS NOT NULL OR repayment_id IS NOT NULL)",
            name="points_part_transfer_named",
        ),
        CheckConstraint(
            "(transfer_id IS NOT NULL) = (posted_at IS NOT NULL AND repaid_points < points)",
            name="points_part_rest_transferred",
        ),
        CheckConstraint("state <> 'posted' OR posted_at IS NOT NULL", name="points_part_posted"),
        CheckConstraint("posted_at IS NULL OR state IN ('posted', 'reversed')", name="points_part_not_posted"),
        Index("points_part_person_idx", "person_id", "state"),
        Index("points_part_queue_idx", "award_id", "kind", sqlite_where=IN_QUEUE, postgresql_where=IN_QUEUE),
    )

    award_id: Mapped[UUID] = mapped_column(ForeignKey("points_award.id"), primary_key=True)
    kind: Mapped[PartKind] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]  # The award's, here for the index.
    points: Mapped[int]  # The later part may be settled for fewer; the award keeps what it could have been.
    state: Mapped[PartState]
    posted_at: Mapped[datetime | None]
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfer.id"))  # What reached the account.
    repayment_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfer.id"))  # What repaid a debt.
    repaid_points: Mapped[int] = mapped_column(default=0)


class UsageRow(Base):
    """What a person has earned with one kind of act in one period, so that no request adds up awards.

    The year's row is the lock of all rows of its person and act.
    """

    __tablename__ = "points_usage"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (CheckConstraint("points >= 0", name="points_usage_not_negative"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), primary_key=True)
    act: Mapped[str] = mapped_column(primary_key=True)
    period_kind: Mapped[PeriodKind] = mapped_column(primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)  # Its first day.
    points: Mapped[int]


class BudgetRow(Base):
    """What may reach accounts in a calendar year, and what has. Only the worker takes from it: the whole city shares the row."""

    __tablename__ = "points_budget"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (CheckConstraint("used BETWEEN 0 AND budget", name="points_budget_kept"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    budget: Mapped[int]
    used: Mapped[int]
