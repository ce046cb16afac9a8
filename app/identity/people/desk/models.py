"""Tables of what members of staff do for residents at a desk."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base


class IdentityDocument(enum.StrEnum):
    """The document a member of staff has seen. Its number is not kept."""

    RESIDENT_CARD = "resident_card"
    TEMPORARY_CARD = "temporary_card"
    HOUSEHOLD_REGISTER = "household_register"
    PASSPORT = "passport"
    TRAVEL_PERMIT = "travel_permit"  # Of Hong Kong, Macau and Taiwan residents.
    FOREIGNERS_CARD = "foreigners_card"


class LookupRow(Base):
    """Who looked for the person behind a number, and why. One row a person found; one without a person when nobody was."""

    __tablename__ = "identity_lookup"
    __grants__ = "SELECT, INSERT, DELETE"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.id"), index=True)
    reason: Mapped[str]
    at: Mapped[datetime]


class RecoveryRow(Base):
    """A number that was proved at a desk and waits for a second member of staff. The proposal itself names no number."""

    __tablename__ = "identity_recovery"
    __table_args__ = (
        CheckConstraint("applied_at IS NULL OR phone IS NULL", name="identity_recovery_phone_until_applied"),
        CheckConstraint("(phone IS NULL) = (phone_salt IS NULL)", name="identity_recovery_salt_with_phone"),
        Index("identity_recovery_opened_idx", "opened_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)
    proposal_id: Mapped[UUID | None]  # Written in the same transaction, right after the row.
    phone: Mapped[str | None]  # E.164, the new number; forgotten once applied, or when the proposal's days are over.
    phone_salt: Mapped[str | None]  # Of the proposal's mark, which is kept for ever: without it the mark tells nothing.
    old_phone_masked: Mapped[str | None]
    new_phone_masked: Mapped[str]
    old_phone_id: Mapped[
        UUID | None
    ]  # The row of the number held then: if it is another one now, the proposal is stale.
    person_version: Mapped[int]
    document_kind: Mapped[IdentityDocument]
    reason: Mapped[str]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"), index=True)
    opened_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class AssistedPersonRow(Base):
    """A resident whose account a member of staff opened, because they have no telephone."""

    __tablename__ = "identity_assisted_person"
    __grants__ = "SELECT, INSERT, DELETE"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"), index=True)
    county: Mapped[str]  # GB/T 2260.
    reason: Mapped[str]
    opened_at: Mapped[datetime]


class AssistedRecordRow(Base):
    """Which member of staff entered a record of another room for a resident: they do not decide about it."""

    __tablename__ = "identity_assisted_record"
    __grants__ = "SELECT, INSERT, DELETE"

    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)
    noted_at: Mapped[datetime]
