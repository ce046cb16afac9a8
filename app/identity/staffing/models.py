"""Tables of agencies, their staff, the roles these hold, and how they come, stand in for each other and leave."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.foundation.data import AppendOnly, Base
from app.identity.staffing.rules.roles import AgencyKind, Role


class AgencyRow(Base):
    """An office that decides about something: one per kind of business and county, or one for the whole city."""

    __tablename__ = "identity_agency"
    __table_args__ = (
        UniqueConstraint("slug", name="identity_agency_slug_key"),
        Index(
            "identity_agency_one_per_county",
            "kind",
            "county_code",
            unique=True,
            postgresql_where=text("county_code IS NOT NULL"),
            sqlite_where=text("county_code IS NOT NULL"),
        ),
        Index(
            "identity_agency_one_for_the_city",
            "kind",
            unique=True,
            postgresql_where=text("county_code IS NULL"),
            sqlite_where=text("county_code IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    kind: Mapped[AgencyKind]
    county_code: Mapped[str | None]  # GB/T 2260, six digits; none: the city's own.
    name_zh: Mapped[str]
    name_en: Mapped[str]
    created_at: Mapped[datetime]


class StaffRow(Base):
    """A member of staff. Never deleted: decisions name the person who took them."""

    __tablename__ = "identity_staff"
    __table_args__ = (
        UniqueConstraint("username", name="identity_staff_username_key"),
        CheckConstraint("version >= 1", name="identity_staff_version_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str]
    display_name: Mapped[str | None]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_agency.id"), index=True)
    password_hash: Mapped[str]
    totp_salt: Mapped[str]  # The secret itself is made from it and a key outside the database.
    totp_step: Mapped[int] = mapped_column(default=0)  # The newest 30-second step whose code was accepted.
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class StaffRoleRow(Base):
    """A role that a member of staff holds for a time, for an agency and in some counties."""

    __tablename__ = "identity_staff_role"
    __table_args__ = (
        CheckConstraint("held_until > held_from", name="identity_staff_role_forward"),
        # Said again in rules/roles.py, which knows the counties too.
        CheckConstraint(
            "agency_id IS NOT NULL OR role IN ('auditor', 'support', 'admin')", name="identity_staff_role_has_scope"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"), index=True)
    role: Mapped[Role]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_agency.id"), index=True)
    counties: Mapped[list[Any]] = mapped_column(default=list)  # GB/T 2260 codes.
    held_from: Mapped[datetime]
    held_until: Mapped[datetime | None]  # First instant without it; none: until further notice.
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"))  # None: from the command line.
    # Comes with every read of a role, in the same statement: who acts in whose place is part of who acts.
    as_deputy: Mapped["DeputyRoleRow | None"] = relationship(
        foreign_keys="DeputyRoleRow.role_id", lazy="joined", uselist=False, viewonly=True
    )

    @property
    def deputy_for(self) -> UUID | None:
        """In whose place the role is held; None: in one's own right."""
        return self.as_deputy.for_staff_id if self.as_deputy is not None else None


class StaffPendingRow(Base):
    """The name of a member of staff whose account is proposed; the proposal itself holds no name. Gone with its end."""

    __tablename__ = "identity_staff_pending"
    __grants__ = "SELECT, INSERT, DELETE"

    staff_id: Mapped[UUID] = mapped_column(primary_key=True)  # The account will have this id.
    display_name: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(index=True)


class EnrolmentCause(enum.StrEnum):
    """Why somebody chooses a password and a second factor."""

    NEW = "new"
    RESET = "reset"


class StaffEnrolmentRow(Base):
    """Leave to choose a password and a second factor once, given to an account on which two admins agreed."""

    __tablename__ = "identity_staff_enrolment"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint("proposed_by <> approved_by", name="identity_staff_enrolment_two_admins"),
        CheckConstraint(
            "staff_id <> proposed_by AND staff_id <> approved_by", name="identity_staff_enrolment_by_others"
        ),
        CheckConstraint(
            "(code_hash IS NULL) = (code_expires_at IS NULL)", name="identity_staff_enrolment_code_runs_out"
        ),
        CheckConstraint("(password_hash IS NULL) = (totp_salt IS NULL)", name="identity_staff_enrolment_both_factors"),
        CheckConstraint(
            "ended_at IS NULL OR (code_hash IS NULL AND password_hash IS NULL)",
            name="identity_staff_enrolment_ended_keeps_nothing",
        ),
        UniqueConstraint("code_hash", name="identity_staff_enrolment_code_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"), index=True)
    cause: Mapped[EnrolmentCause]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"))
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"))
    allowed_at: Mapped[datetime]
    code_hash: Mapped[str | None]  # SHA-256 of the newest code; older ones are void.
    code_expires_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]  # Chosen, and the account's own once the second factor has been shown to work.
    totp_salt: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # Confirmed, or replaced by a later leave, or the account was closed.


class RoleEndRow(AppendOnly, Base):
    """Who took a role away before its time, and why."""

    __tablename__ = "identity_staff_role_end"

    role_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff_role.id"), primary_key=True)
    ended_at: Mapped[datetime]
    ended_by: Mapped[UUID]
    reason: Mapped[str]


class DeputyshipRow(Base):
    """A time in which one member of staff stands in for another. Proposed ones that nobody approved are swept."""

    __tablename__ = "identity_deputyship"
    __table_args__ = (
        CheckConstraint("deputy_id <> for_staff_id", name="identity_deputyship_two_people"),
        CheckConstraint("ends_at > starts_at", name="identity_deputyship_forward"),
        CheckConstraint("ended_at IS NULL OR approved_at IS NOT NULL", name="identity_deputyship_ended_was_approved"),
        Index("identity_deputyship_deputy_idx", "deputy_id", "starts_at"),
        Index("identity_deputyship_for_idx", "for_staff_id", "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    deputy_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"))
    for_staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"))
    reason: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]  # First instant after it.
    proposed_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # Before its time.


class DeputyRoleRow(Base):
    """A role that is held in somebody's place: which of that person's roles, and for which time as a deputy."""

    __tablename__ = "identity_deputy"
    __grants__ = "SELECT, INSERT, DELETE"

    role_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff_role.id"), primary_key=True)
    of_role_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff_role.id"), index=True)
    for_staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"))
    deputyship_id: Mapped[UUID] = mapped_column(ForeignKey("identity_deputyship.id"), index=True)


class StaffLeaveRow(AppendOnly, Base):
    """That a member of staff has left, and who took over."""

    __tablename__ = "identity_staff_leave"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"), primary_key=True)
    last_day: Mapped[date]
    left_at: Mapped[datetime]
    closed_by: Mapped[UUID]  # The zero id: from the command line.
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"))
