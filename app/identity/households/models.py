"""Tables of households, their members by intervals of days, and open invitations."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base

MEMBERSHIP = "identity.household_membership"  # What audits and notes at a desk call a membership.


class HouseholdRow(Base):
    """People who live together. The row is kept when they part: what was counted for them stays explainable."""

    __tablename__ = "identity_household"
    __grants__ = "SELECT, INSERT, UPDATE (head_id, closed_on, version)"
    __table_args__ = (
        CheckConstraint("version >= 1", name="identity_household_version_positive"),
        CheckConstraint("closed_on >= opened_on", name="identity_household_forward"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    opened_on: Mapped[date]
    opened_at: Mapped[datetime]
    head_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)
    closed_on: Mapped[date | None]  # The first day without a member; may be announced.
    version: Mapped[int] = mapped_column(default=1)


class HouseholdNameRow(Base):
    """What the members call it. Personal data, so it has a row that can be deleted."""

    __tablename__ = "identity_household_name"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("identity_household.id"), primary_key=True)
    name: Mapped[str]


class MembershipRow(Base):
    """From which day to which a person counts in a household. No two intervals of a person overlap: sql/01_households."""

    __tablename__ = "identity_household_membership"
    __grants__ = "SELECT, INSERT, UPDATE (left_on)"
    __table_args__ = (
        CheckConstraint("left_on >= joined_on", name="identity_household_membership_forward"),
        Index("identity_household_membership_household_idx", "household_id", "joined_on"),
        Index("identity_household_membership_person_idx", "person_id", "joined_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("identity_household.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"))
    joined_on: Mapped[date]
    left_on: Mapped[date | None]  # The first day on which they count no more; may be announced.
    created_at: Mapped[datetime]


class InvitationRow(Base):
    """A code with which somebody may join, once. The row goes when it is used, withdrawn or too old."""

    __tablename__ = "identity_household_invitation"
    __grants__ = "SELECT, INSERT, DELETE"
    __table_args__ = (Index("identity_household_invitation_household_idx", "household_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("identity_household.id"))
    code_mac: Mapped[str] = mapped_column(unique=True)  # Keyed: the table alone opens no household.
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
