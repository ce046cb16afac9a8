"""The table of accounts elsewhere that sign somebody in here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.identity.entrance.outside.port import OutsideProvider


class OutsideAccountRow(Base):
    """An account at another app, and whose it is here. It ends when the person changes the number that linked it."""

    __tablename__ = "identity_outside_account"
    __grants__ = "SELECT, INSERT, DELETE"
    __table_args__ = (
        UniqueConstraint("provider", "subject_mark", name="identity_outside_account_once"),
        # The list of a person's accounts, newest first.
        Index("identity_outside_account_person_idx", "person_id", "linked_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[OutsideProvider]
    subject_mark: Mapped[str]  # Keyed hash of the provider's id of the account; the id itself is nowhere.
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"))
    linked_at: Mapped[datetime]
