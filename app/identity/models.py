"""Tables of identity: people and their numbers, staff and their roles, agencies, sessions, and what keeps sign-in honest."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.identity.rules.codes import WRONG_TRIES_MAX
from app.identity.rules.roles import AgencyKind, Role


class PhoneEnd(enum.StrEnum):
    """Why a number stopped being a person's."""

    REASSIGNED = "reassigned"
    CHANGED = "changed"


class CodePurpose(enum.StrEnum):
    """What a code by text message is good for, and for nothing else."""

    SIGN_IN = "sign_in"
    CHANGE_PHONE = "change_phone"


class SendScope(enum.StrEnum):
    """Whose text messages are counted."""

    PHONE = "phone"
    DEVICE = "device"
    ADDRESS = "address"
    CITY = "city"


class SessionEnd(enum.StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_REMOTELY = "signed_out_remotely"
    REPLACED = "replaced"  # By a later sign-in on the same device.
    TOKEN_REUSED = "token_reused"
    CREDENTIALS_CHANGED = "credentials_changed"
    DISABLED = "disabled"


_ONE_HOLDER = "(person_id IS NULL) <> (staff_id IS NULL)"


class PersonRow(Base):
    """A resident. The row stays when the number goes to somebody else; erasure is a later step's."""

    __tablename__ = "identity_person"
    __table_args__ = (CheckConstraint("version >= 1", name="identity_person_version_positive"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    display_name: Mapped[str | None]
    opened_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class PhoneRow(Base):
    """A number while it was one person's. Numbers are handed on, so a number has a history and at most one present holder."""

    __tablename__ = "identity_phone"
    __table_args__ = (
        CheckConstraint("(held_until IS NULL) = (ended_because IS NULL)", name="identity_phone_end_has_reason"),
        CheckConstraint("held_until >= held_from", name="identity_phone_forward"),
        Index(
            "identity_phone_one_holder",
            "phone",
            unique=True,
            postgresql_where=text("held_until IS NULL"),
            sqlite_where=text("held_until IS NULL"),
        ),
        Index(
            "identity_phone_one_number",
            "person_id",
            unique=True,
            postgresql_where=text("held_until IS NULL"),
            sqlite_where=text("held_until IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)
    phone: Mapped[str]  # E.164
    held_from: Mapped[datetime]
    held_until: Mapped[datetime | None]
    ended_because: Mapped[PhoneEnd | None]
    last_code_at: Mapped[datetime]  # When a code last proved that the person holds the number.


class CodeChallengeRow(Base):
    """A code sent to a number and not yet, or no longer, usable. Swept after two days."""

    __tablename__ = "identity_otp_challenge"
    __table_args__ = (
        CheckConstraint(f"wrong_tries BETWEEN 0 AND {WRONG_TRIES_MAX}", name="identity_otp_challenge_tries_few"),
        CheckConstraint("used_at IS NULL OR voided_at IS NULL", name="identity_otp_challenge_one_end"),
        CheckConstraint("used_at IS NULL OR sent_at IS NOT NULL", name="identity_otp_challenge_sent_before_use"),
        CheckConstraint("expires_at > created_at", name="identity_otp_challenge_forward"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[CodePurpose]
    phone: Mapped[str]  # E.164; needed to open the person, gone with the row.
    code_mac: Mapped[str]  # Over challenge, purpose, number and code, under a key outside the database.
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]  # Five wrong tries, or the provider refused.
    wrong_tries: Mapped[int] = mapped_column(default=0)


class SendPaceRow(Base):
    """When codes last went to one number or for one device. The row is also the lock that makes the limit hold over processes."""

    __tablename__ = "identity_sms_pace"

    scope: Mapped[SendScope] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)  # Keyed hash of the number or device.
    sent_at: Mapped[list[Any]] = mapped_column(default=list)  # ISO instants of the newest ten, oldest first.
    updated_at: Mapped[datetime] = mapped_column(index=True)


class SendCountRow(Base):
    """How many codes one address asked for, or one of the city's counters let through, in an hour."""

    __tablename__ = "identity_sms_count"
    __table_args__ = (CheckConstraint("sent >= 0", name="identity_sms_count_not_negative"),)

    scope: Mapped[SendScope] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(
        primary_key=True
    )  # Keyed hash of the address, or the number of the city's counter.
    hour: Mapped[datetime] = mapped_column(primary_key=True, index=True)  # Its first instant.
    sent: Mapped[int] = mapped_column(default=0)


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


class DeviceRow(Base):
    """An installation of an app that somebody signed in on. The app makes its own identifier; only a keyed hash is kept."""

    __tablename__ = "identity_device"
    __table_args__ = (
        CheckConstraint(_ONE_HOLDER, name="identity_device_one_holder"),
        UniqueConstraint("person_id", "fingerprint", name="identity_device_once_a_person"),
        UniqueConstraint("staff_id", "fingerprint", name="identity_device_once_a_staff_member"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"))
    fingerprint: Mapped[str]
    name: Mapped[str | None]  # As the app calls it, for the list of sessions.
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class SessionRow(Base):
    """A sign-in and everything that follows from it: one family of refresh tokens."""

    __tablename__ = "identity_session"
    __table_args__ = (
        CheckConstraint(_ONE_HOLDER, name="identity_session_one_holder"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="identity_session_end_has_reason"),
        CheckConstraint("expires_at > opened_at", name="identity_session_forward"),
        CheckConstraint("refresh_expires_at <= expires_at", name="identity_session_refresh_within"),
        CheckConstraint("refresh_number >= 1", name="identity_session_refresh_number_positive"),
        # The list of a holder's sessions, newest first.
        Index("identity_session_person_idx", "person_id", "opened_at", "id"),
        Index("identity_session_staff_idx", "staff_id", "opened_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_device.id"), index=True)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)  # However often it is refreshed.
    refresh_salt: Mapped[str]  # Its refresh tokens are made from it and a key outside the database.
    refresh_number: Mapped[int] = mapped_column(default=1)  # Of the newest refresh token; every older one is used up.
    refresh_hash: Mapped[str]  # Of the newest refresh token.
    refreshed_at: Mapped[datetime]  # When it was handed out.
    refresh_expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[SessionEnd | None]


class SignInAttemptRow(Base):
    """Failures in a row of one account from one address. Names of accounts that do not exist are counted just the same."""

    __tablename__ = "identity_sign_in_attempt"
    __table_args__ = (CheckConstraint("failures >= 0", name="identity_sign_in_attempt_not_negative"),)

    account: Mapped[str] = mapped_column(primary_key=True)  # Keyed hash of the username.
    address: Mapped[str] = mapped_column(primary_key=True)  # Keyed hash of the address.
    failures: Mapped[int] = mapped_column(default=0)
    last_failed_at: Mapped[datetime] = mapped_column(index=True)
    held_until: Mapped[datetime]
