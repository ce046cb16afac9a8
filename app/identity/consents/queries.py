"""Reads and locks of consents and of their texts."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import insert_once
from app.identity.consents.models import ConsentChange, ConsentRow
from app.identity.consents.purposes import TEXT_KIND, Purpose
from app.rulebook import Document, DocumentMissing, document_in_force, versions_in_force


def find_consent(session: Session, person_id: UUID, purpose: Purpose) -> ConsentRow | None:
    """Return where a consent stands, or None if it was never given."""
    return session.get(ConsentRow, (person_id, purpose), populate_existing=True)


def list_consents(session: Session, person_id: UUID) -> dict[Purpose, ConsentRow]:
    """Return a person's consents that were ever given, by purpose."""
    rows = session.scalars(select(ConsentRow).where(ConsentRow.person_id == person_id))
    return {row.purpose: row for row in rows}


def lock_consent(session: Session, person_id: UUID, purpose: Purpose) -> ConsentRow | None:
    """Lock and return where a consent stands now, or None; of two at once the second waits."""
    statement = select(ConsentRow).where(ConsentRow.person_id == person_id, ConsentRow.purpose == purpose)
    return session.scalar(statement.with_for_update().execution_options(populate_existing=True))


def begin_consent(session: Session, person_id: UUID, purpose: Purpose, document_id: UUID, now: datetime) -> bool:
    """Write a first consent, and return whether it was the first; the second of two at once waits and is not."""
    return insert_once(
        session,
        ConsentRow,
        person_id=person_id,
        purpose=purpose,
        state=ConsentChange.GIVEN,
        document_id=document_id,
        changed_at=now,
    )


def text_in_force(session: Session, purpose: Purpose, on: date) -> Document | None:
    """Return the text that is agreed to on a day, or None before there was one."""
    try:
        return document_in_force(session, TEXT_KIND, str(purpose), on)
    except DocumentMissing:
        return None


def texts_so_far(session: Session, purpose: Purpose, on: date) -> Sequence[Document]:
    """Return the versions of a text that have come into force by a day, oldest first."""
    return versions_in_force(session, TEXT_KIND, str(purpose), on)
