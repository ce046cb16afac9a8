"""Tables of consents: where each one stands, and how it came to that."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import AppendOnly, Base
from app.identity.consents.purposes import Purpose


class ConsentChange(enum.StrEnum):
    """What somebody did with a consent."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class ConsentRow(Base):
    """Where a person's consent for one purpose stands now; without a row it was never given."""

    __tablename__ = "identity_consent"
    __grants__ = "SELECT, INSERT, UPDATE, DELETE"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(primary_key=True)
    state: Mapped[ConsentChange]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_document.id"))  # The text last agreed to.
    changed_at: Mapped[datetime]


class ConsentEventRow(AppendOnly, Base):
    """A consent given or withdrawn: by whom, for whom, to which text. Ids only, kept as the proof that it was so."""

    __tablename__ = "identity_consent_event"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"), index=True)
    purpose: Mapped[Purpose]
    change: Mapped[ConsentChange]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_document.id"))
    done_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.id"))  # The person, or the guardian.
    assisted_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_staff.id"))  # Who entered it at a desk.
    at: Mapped[datetime]
