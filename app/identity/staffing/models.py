"""Tables of agencies, their staff, and the roles these hold."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
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
