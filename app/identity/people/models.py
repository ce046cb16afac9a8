"""Tables of residents and their numbers."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base


class PhoneEnd(enum.StrEnum):
    """Why a number stopped being a person's."""

    REASSIGNED = "reassigned"
    CHANGED = "changed"


class Language(enum.StrEnum):
    """The languages in which the city speaks to its residents."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


class PersonRow(Base):
    """A resident. The row stays when the number goes to somebody else; an erasure leaves the id and nothing that leads to somebody."""

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
        Index("identity_phone_history_idx", "phone", "held_from"),  # Who held it, when a desk asks.
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)
    phone: Mapped[str]  # E.164
    held_from: Mapped[datetime]
    held_until: Mapped[datetime | None]
    ended_because: Mapped[PhoneEnd | None]
    last_code_at: Mapped[datetime]  # When a code last proved that the person holds the number.


class LanguageRow(Base):
    """The language a resident has chosen; without a row it is Chinese."""

    __tablename__ = "identity_language"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), primary_key=True)
    language: Mapped[Language]
    chosen_at: Mapped[datetime]
