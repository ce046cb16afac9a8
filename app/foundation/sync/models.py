"""Tables of sync: how many changes a resident has had, and the newest change of each of their things."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base


class SyncCounterRow(Base):
    """The changes of one resident so far. Its lock is the last of a transaction, so numbers are given in the order of commits."""

    __tablename__ = "foundation_sync_counter"
    __grants__ = "SELECT, INSERT, UPDATE, DELETE"
    __table_args__ = (
        CheckConstraint("change_no >= 0", name="foundation_sync_counter_not_negative"),
        CheckConstraint("swept_no BETWEEN 0 AND change_no", name="foundation_sync_counter_swept_within"),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    change_no: Mapped[int]
    swept_no: Mapped[int]  # The highest number of a tombstone that was let go.
    enrolled: Mapped[list[Any]]  # Collections whose things from before the count have been counted in.


class SyncChangeRow(Base):
    """The newest change of one thing of a resident; a later change of it takes the row along to a higher number."""

    __tablename__ = "foundation_sync_change"
    __grants__ = "SELECT, INSERT, UPDATE, DELETE"
    __table_args__ = (
        UniqueConstraint("person_id", "change_no", name="foundation_sync_change_number_once"),
        CheckConstraint("change_no >= 1", name="foundation_sync_change_number_positive"),
        Index(
            "foundation_sync_change_tombstone_idx",
            "changed_at",
            postgresql_where=text("is_gone"),
            sqlite_where=text("is_gone"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    collection: Mapped[str] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    change_no: Mapped[int]
    is_gone: Mapped[bool]  # A tombstone: the telephone forgets it.
    changed_at: Mapped[datetime]
