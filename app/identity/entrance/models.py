"""Tables of the entrance: codes, sessions and devices, and what keeps signing in honest."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.identity.entrance.rules.codes import WRONG_TRIES_MAX


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


class CodeUse(enum.StrEnum):
    """What a code with the purpose `change_phone` may prove."""

    NEW_NUMBER = "new_number"
    OLD_NUMBER = "old_number"
    CHILDS_NUMBER = "childs_number"
    AT_A_DESK = "at_a_desk"


class CodeBindingRow(Base):
    """For whom a code was asked for, and by whom: it is good for nobody else. Swept with its challenge."""

    __tablename__ = "identity_code_binding"

    challenge_id: Mapped[UUID] = mapped_column(primary_key=True)  # No foreign key: both are swept, in whichever order.
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)  # Whose number is to change.
    asked_by: Mapped[UUID]  # That person, their guardian, or a member of staff.
    use: Mapped[CodeUse]
    created_at: Mapped[datetime] = mapped_column(index=True)


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


class AssistanceRow(Base):
    """A session in which a member of staff enters for a resident, who has signed a paper for it. Kept when the session is swept."""

    __tablename__ = "identity_assistance"
    __grants__ = "SELECT, INSERT, DELETE"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity_staff.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)
    reason: Mapped[str]
    paper_ref: Mapped[str]  # Where the paper with the resident's signature is kept.
    opened_at: Mapped[datetime]


class SignInAttemptRow(Base):
    """Failures in a row of one account from one address. Names of accounts that do not exist are counted just the same."""

    __tablename__ = "identity_sign_in_attempt"
    __table_args__ = (CheckConstraint("failures >= 0", name="identity_sign_in_attempt_not_negative"),)

    account: Mapped[str] = mapped_column(primary_key=True)  # Keyed hash of the username.
    address: Mapped[str] = mapped_column(primary_key=True)  # Keyed hash of the address.
    failures: Mapped[int] = mapped_column(default=0)
    last_failed_at: Mapped[datetime] = mapped_column(index=True)
    held_until: Mapped[datetime]
