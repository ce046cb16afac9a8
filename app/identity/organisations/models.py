"""Tables of organisations, their people, their parts in the city, and what agencies have said about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.identity.organisations.rules.hours import DAY_MINUTES
from app.identity.organisations.rules.kinds import MemberRole, MembershipEnd, OrganisationKind, SpeciesGroup
from app.identity.organisations.rules.states import CheckAct, OrganisationState

# Also the condition of the query that is to use the index: SQLite sees that only when both read the same.
IS_ACTIVE = text("state IN ('draft', 'submitted', 'needs_more', 'verified', 'suspended')")
_PRESENT = text("left_at IS NULL")
_OPEN = text("used_at IS NULL AND withdrawn_at IS NULL")
_LISTED = text("listed_at IS NOT NULL")


class OrganisationRow(Base):
    """An organisation under its unified social credit code. What it proposes to change waits beside what is in force."""

    __tablename__ = "identity_organisation"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint("length(uscc) = 18", name="identity_organisation_code_whole"),
        CheckConstraint("version >= 1", name="identity_organisation_version_positive"),
        CheckConstraint(
            "state IN ('draft', 'closed') OR agency_id IS NOT NULL", name="identity_organisation_has_agency"
        ),
        CheckConstraint("(proposed IS NULL) = (proposed_at IS NULL)", name="identity_organisation_proposal_whole"),
        CheckConstraint(
            "state IN ('verified', 'suspended') OR proposed_at IS NULL", name="identity_organisation_proposal_later"
        ),
        Index(
            "identity_organisation_one_a_code",
            "uscc",
            unique=True,
            postgresql_where=IS_ACTIVE,
            sqlite_where=IS_ACTIVE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]  # As registered; printed on certificates.
    uscc: Mapped[str]  # GB 32100
    county_code: Mapped[str]
    kinds: Mapped[list[Any]]  # OrganisationKind, in its order.
    state: Mapped[OrganisationState]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_agency.id"))  # In charge of its check.
    proposed: Mapped[dict[str, Any] | None]  # Name, county and kinds that wait for a check of what is verified.
    proposed_at: Mapped[datetime | None]
    touched_at: Mapped[datetime]  # When its owner last did something about it.
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]  # The resident; none: an agency's import.
    entered_by: Mapped[UUID | None]  # The member of staff who entered it, for somebody at a desk or by an import.
    verified_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class OrganisationContactRow(Base):
    """Whom the agency asks. Personal data: it can be deleted, and stands nowhere else."""

    __tablename__ = "identity_organisation_contact"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("identity_organisation.id"), primary_key=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(index=True)


class OrganisationMemberRow(Base):
    """Somebody who acts for an organisation, while they do. The row stays; it says who could act when."""

    __tablename__ = "identity_organisation_member"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint(
            "(left_at IS NULL) = (ended_because IS NULL)", name="identity_organisation_member_end_has_reason"
        ),
        CheckConstraint("left_at >= joined_at", name="identity_organisation_member_forward"),
        CheckConstraint("version >= 1", name="identity_organisation_member_version_positive"),
        Index("identity_organisation_member_person_idx", "person_id"),  # Past ones too, for a copy of somebody's data.
        # Who acts for whom, asked in every request.
        Index(
            "identity_organisation_member_once",
            "person_id",
            "organisation_id",
            unique=True,
            postgresql_where=_PRESENT,
            sqlite_where=_PRESENT,
        ),
        Index(
            "identity_organisation_member_listed_idx",
            "organisation_id",
            "joined_at",
            "id",
            postgresql_where=_PRESENT,
            sqlite_where=_PRESENT,
        ),
        Index(
            "identity_organisation_member_own_idx",
            "person_id",
            "joined_at",
            "id",
            postgresql_where=_PRESENT,
            sqlite_where=_PRESENT,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("identity_organisation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"))
    role: Mapped[MemberRole]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    ended_because: Mapped[MembershipEnd | None]
    version: Mapped[int] = mapped_column(default=1)


class OrganisationInvitationRow(Base):
    """A code with which one person joins. It is made from the id and a key outside the database; only its mark is kept."""

    __tablename__ = "identity_organisation_invitation"
    __grants__ = "SELECT, INSERT, UPDATE (used_at, used_by, withdrawn_at)"
    __table_args__ = (
        UniqueConstraint("code_mark", name="identity_organisation_invitation_code_key"),
        CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="identity_organisation_invitation_used_whole"),
        CheckConstraint("used_at IS NULL OR withdrawn_at IS NULL", name="identity_organisation_invitation_one_end"),
        CheckConstraint("expires_at > created_at", name="identity_organisation_invitation_forward"),
        CheckConstraint(
            "(invited_by_person IS NULL) <> (invited_by_staff IS NULL)",
            name="identity_organisation_invitation_one_host",
        ),
        Index(
            "identity_organisation_invitation_open_idx",
            "organisation_id",
            "created_at",
            "id",
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("identity_organisation.id"))
    role: Mapped[MemberRole]
    code_mark: Mapped[str]
    invited_by_person: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.id"), index=True)
    invited_by_staff: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.id"), index=True)
    withdrawn_at: Mapped[datetime | None]


class OrganisationWaitingRow(Base):
    """Something that an agency has to check: the organisation itself (`general`), or the facts of one of its parts."""

    __tablename__ = "identity_organisation_waiting"
    __table_args__ = (
        UniqueConstraint("organisation_id", "about", name="identity_organisation_waiting_once"),
        # One county of one agency, or all of an agency's, due first.
        Index("identity_organisation_waiting_county_idx", "agency_id", "county_code", "since", "id"),
        Index("identity_organisation_waiting_agency_idx", "agency_id", "since", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("identity_organisation.id"))
    about: Mapped[OrganisationKind]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("identity_agency.id"))
    county_code: Mapped[str]
    since: Mapped[datetime]


class OrganisationCheckRow(Base):
    """What an agency did about an organisation or one of its parts, and why. Rows are only added."""

    __tablename__ = "identity_organisation_check"
    __grants__ = "SELECT, INSERT"
    __table_args__ = (
        CheckConstraint("act IN ('approve', 'import') OR reason IS NOT NULL", name="identity_organisation_check_why"),
        Index("identity_organisation_check_listed_idx", "organisation_id", "checked_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("identity_organisation.id"))
    about: Mapped[OrganisationKind]  # Of which part the facts were checked; `general`: the organisation itself.
    act: Mapped[CheckAct]
    reason: Mapped[str | None]  # For the owners; about the organisation, not about a person.
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("identity_agency.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"))
    checked_at: Mapped[datetime]


class OrganisationProfileRow(Base):
    """The facts of one part of an organisation: those in force, and those that wait for the check of that part's agency."""

    __tablename__ = "identity_organisation_profile"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", name="identity_organisation_profile_one_a_kind"),
        CheckConstraint(
            "(proposed IS NULL) = (proposed_at IS NULL)", name="identity_organisation_profile_proposal_whole"
        ),
        CheckConstraint("(facts IS NULL) = (listed_at IS NULL)", name="identity_organisation_profile_in_force_whole"),
        CheckConstraint("kind <> 'general'", name="identity_organisation_profile_has_facts"),
        Index(
            "identity_organisation_profile_listed_idx",
            "kind",
            "listed_at",
            "id",
            postgresql_where=_LISTED,
            sqlite_where=_LISTED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("identity_organisation.id"))
    kind: Mapped[OrganisationKind]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("identity_agency.id"))
    facts: Mapped[dict[str, Any] | None]
    valid_until: Mapped[date | None]  # Of the facts in force: the last day of an accreditation.
    listed_at: Mapped[datetime | None]  # Since when there are facts in force.
    proposed: Mapped[dict[str, Any] | None]
    proposed_at: Mapped[datetime | None]


class StationReachRow(Base):
    """In which counties a station takes which animals: its facts in force, as look-ups ask them."""

    __tablename__ = "identity_station_reach"
    __grants__ = "SELECT, INSERT, DELETE"

    county_code: Mapped[str] = mapped_column(primary_key=True)
    species_group: Mapped[SpeciesGroup] = mapped_column(primary_key=True)
    profile_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation_profile.id"), primary_key=True, index=True
    )


class StationHoursRow(Base):
    """When a station is open: its facts in force, as look-ups ask them."""

    __tablename__ = "identity_station_hours"
    __grants__ = "SELECT, INSERT, DELETE"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="identity_station_hours_weekday"),
        CheckConstraint(
            f"opens_min >= 0 AND closes_min > opens_min AND closes_min <= {DAY_MINUTES}",
            name="identity_station_hours_forward",
        ),
    )

    profile_id: Mapped[UUID] = mapped_column(ForeignKey("identity_organisation_profile.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens_min: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    closes_min: Mapped[int]
