"""Tables of notices: what somebody is told, how they want to be told, and what left for them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.notices.rules import Channel, DeliveryState, NoticeGroup

_ONE_RECIPIENT = "(person_id IS NULL) <> (staff_id IS NULL)"
_UNREAD = text("read_at IS NULL")
_READ = text("read_at IS NOT NULL")
# In the index and in the query with the same words, or no engine would use it.
IS_WAITING = text("state = 'waiting'")
_SETTLED = text("settled_at IS NOT NULL")


class NoticeRow(Base):
    """Something that one person or one member of staff is told. Its words are made when it is read."""

    __tablename__ = "notices_notice"
    __grants__ = "SELECT, INSERT, UPDATE (read_at), DELETE"
    __table_args__ = (
        CheckConstraint(_ONE_RECIPIENT, name="notices_notice_one_recipient"),
        # A fact tells its notice once; `step` parts the facts of one thing that may come again.
        UniqueConstraint("person_id", "kind", "subject_id", "step", name="notices_notice_once_a_person"),
        UniqueConstraint("staff_id", "kind", "subject_id", "step", name="notices_notice_once_a_staff_member"),
        Index("notices_notice_person_idx", "person_id", "created_at", "id"),
        Index("notices_notice_staff_idx", "staff_id", "created_at", "id"),
        Index(
            "notices_notice_person_unread_idx",
            "person_id",
            "created_at",
            "id",
            sqlite_where=_UNREAD,
            postgresql_where=_UNREAD,
        ),
        Index(
            "notices_notice_staff_unread_idx",
            "staff_id",
            "created_at",
            "id",
            sqlite_where=_UNREAD,
            postgresql_where=_UNREAD,
        ),
        # Which kinds there are, one step a kind; and what has had its time.
        Index("notices_notice_kind_idx", "kind"),
        Index("notices_notice_old_read_idx", "created_at", sqlite_where=_READ, postgresql_where=_READ),
        Index("notices_notice_old_unread_idx", "created_at", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # No foreign keys: rooms above keep whose a thing is by its id alone, and telling must not make a fact fail.
    person_id: Mapped[UUID | None]
    staff_id: Mapped[UUID | None]
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    step: Mapped[str]  # "" where the fact happens once.
    params: Mapped[dict[str, Any]]  # Numbers, days and codes only (rules.check_params).
    created_at: Mapped[datetime]
    # At once where the group is switched off for the inbox: the notice is there, and does not call.
    read_at: Mapped[datetime | None]


class PreferencesRow(Base):
    """How somebody wants to be told. Without a row everything stands as the product begins."""

    __tablename__ = "notices_preferences"
    __table_args__ = (
        CheckConstraint(_ONE_RECIPIENT, name="notices_preferences_one_holder"),
        CheckConstraint(
            "quiet_from_min BETWEEN 0 AND 1439 AND quiet_until_min BETWEEN 0 AND 1439",
            name="notices_preferences_quiet_in_day",
        ),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="notices_preferences_digest_in_day"),
        CheckConstraint("version >= 1", name="notices_preferences_version_positive"),
        UniqueConstraint("person_id", name="notices_preferences_person_key"),
        UniqueConstraint("staff_id", name="notices_preferences_staff_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"))
    switched: Mapped[dict[str, Any]]  # Group -> channel -> on or off, where somebody has chosen.
    quiet_from_min: Mapped[int]  # Minutes of the day in Lishui; equal ends: no quiet hours.
    quiet_until_min: Mapped[int]
    digest_hour: Mapped[int | None]  # None: each notice by itself.
    version: Mapped[int]


class PushTargetRow(Base):
    """Where a device of somebody takes push messages. Good only while somebody is signed in on the device."""

    __tablename__ = "notices_push_target"
    __grants__ = "SELECT, INSERT, DELETE"
    __table_args__ = (
        CheckConstraint(_ONE_RECIPIENT, name="notices_push_target_one_holder"),
        UniqueConstraint("device_id", name="notices_push_target_device_key"),
        # A telephone that changes hands keeps its token: the last who signs in on it has it.
        UniqueConstraint("platform", "token_sha256", name="notices_push_target_token_key"),
        Index("notices_push_target_person_idx", "person_id"),
        Index("notices_push_target_staff_idx", "staff_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"))
    device_id: Mapped[UUID]  # No foreign key: identity may forget a device without asking here.
    platform: Mapped[str]
    token: Mapped[str]
    token_sha256: Mapped[str]
    renewed_at: Mapped[datetime] = mapped_column(index=True)


class WechatGrantRow(Base):
    """How many subscription messages somebody has allowed in WeChat and not yet had; one grant is one message."""

    __tablename__ = "notices_wechat_grant"
    __table_args__ = (CheckConstraint("left_count >= 0", name="notices_wechat_grant_not_negative"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), primary_key=True)
    group: Mapped[NoticeGroup] = mapped_column(primary_key=True)
    left_count: Mapped[int]
    granted_at: Mapped[datetime]


class WechatAccountRow(Base):
    """Under which id WeChat knows somebody in the city's mini program. Proved by a sign-in code of theirs."""

    __tablename__ = "notices_wechat_account"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), primary_key=True)
    openid: Mapped[str]
    proved_at: Mapped[datetime]


class DeliveryRow(Base):
    """One message that leaves, or left: a notice over a channel to a target, or a day's digest."""

    __tablename__ = "notices_delivery"
    __grants__ = "SELECT, INSERT, UPDATE (state, next_at, tries, reason, provider_ref, settled_at), DELETE"
    __table_args__ = (
        CheckConstraint(_ONE_RECIPIENT, name="notices_delivery_one_recipient"),
        CheckConstraint("(notice_id IS NULL) <> (digest_on IS NULL)", name="notices_delivery_notice_or_digest"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="notices_delivery_settled"),
        CheckConstraint("channel <> 'inbox'", name="notices_delivery_leaves"),
        CheckConstraint("tries >= 0", name="notices_delivery_tries_not_negative"),
        UniqueConstraint("notice_id", "channel", "target", name="notices_delivery_once"),
        UniqueConstraint("person_id", "digest_on", "channel", "target", name="notices_delivery_digest_once_a_person"),
        UniqueConstraint(
            "staff_id", "digest_on", "channel", "target", name="notices_delivery_digest_once_a_staff_member"
        ),
        Index("notices_delivery_due_idx", "next_at", "id", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
        Index("notices_delivery_settled_idx", "settled_at", sqlite_where=_SETTLED, postgresql_where=_SETTLED),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # What receivers see, the same in every try.
    # No foreign keys: rooms above keep whose a thing is by its id alone, and telling must not make a fact fail.
    person_id: Mapped[UUID | None]
    staff_id: Mapped[UUID | None]
    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("notices_notice.id"))
    digest_on: Mapped[date | None]  # The civil day on which the digest leaves.
    channel: Mapped[Channel]
    target: Mapped[str]  # The push target's id; "" where a person has one address.
    state: Mapped[DeliveryState]
    due_at: Mapped[datetime]  # After quiet hours, or the digest's hour.
    next_at: Mapped[datetime]  # Not before then. A lease moves it on, and its value is the lease's token.
    tries: Mapped[int]  # Failures, not leases.
    reason: Mapped[str | None]  # Of the last failure, or why it was dropped: a code, without address or text.
    provider_ref: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
