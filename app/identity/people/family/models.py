"""Tables of birth dates and of guardians of children under 14."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base

_OPEN = text("ended_at IS NULL")
_WAITING = text("closed_at IS NULL")


class Relation(enum.StrEnum):
    """What a guardian is to the child (Civil Code of 2020, arts. 27 and 31)."""

    PARENT = "parent"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"  # Of full age.
    OTHER_GUARDIAN = "other_guardian"  # Appointed or agreed.


class GuardianshipEnd(enum.StrEnum):
    """Why a guardianship is over."""

    CAME_OF_AGE = "came_of_age"  # Of the age from which one consents for oneself.
    ENDED_BY_GUARDIAN = "ended_by_guardian"


class InvitationEnd(enum.StrEnum):
    """What became of a child's invitation to a guardian."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class BirthDateRow(Base):
    """When a resident was born. Optional, and only there while a rule needs it."""

    __tablename__ = "identity_birth_date"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), primary_key=True)
    born_on: Mapped[date]
    first_given_at: Mapped[datetime]  # When a date of this person was first written; later corrections leave it.
    given_at: Mapped[datetime]
    given_by: Mapped[UUID]  # The person, a guardian, or a member of staff.


class GuardianshipRow(Base):
    """Who answers for a child under 14, from when until when."""

    __tablename__ = "identity_guardianship"
    __table_args__ = (
        CheckConstraint("child_id <> guardian_id", name="identity_guardianship_two_people"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="identity_guardianship_end_has_reason"),
        CheckConstraint("ended_at >= began_at", name="identity_guardianship_forward"),
        Index(
            "identity_guardianship_one_at_a_time",
            "child_id",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index("identity_guardianship_due_idx", "until_on", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)
    relation: Mapped[Relation]
    declared_at: Mapped[datetime]  # When the guardian said that they are one.
    began_at: Mapped[datetime]
    until_on: Mapped[date]  # The 14th birthday: the first day without.
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[GuardianshipEnd | None]


class GuardianInvitationRow(Base):
    """A child names a guardian's number. Whether anybody is known under it is not looked at until somebody signs in with it."""

    __tablename__ = "identity_guardian_invitation"
    __table_args__ = (
        CheckConstraint(
            "(phone IS NULL) = (closed_at IS NOT NULL)", name="identity_guardian_invitation_phone_while_open"
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_because IS NULL)", name="identity_guardian_invitation_end_has_reason"
        ),
        CheckConstraint("expires_at > invited_at", name="identity_guardian_invitation_forward"),
        Index(
            "identity_guardian_invitation_one_open",
            "child_id",
            unique=True,
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
        Index("identity_guardian_invitation_phone_idx", "phone", "invited_at"),
        Index("identity_guardian_invitation_child_idx", "child_id", "invited_at"),
        Index("identity_guardian_invitation_due_idx", "expires_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"))
    phone: Mapped[str | None]  # E.164, of the guardian; forgotten once the invitation is closed.
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[InvitationEnd | None]
