"""The fee on offsets: a document of the rulebook, so that it has a source and two people behind it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.rulebook import document_by_id, document_in_force

KIND = "offsets.fee"
NAME = "lishui"


@dataclass(frozen=True, slots=True)
class Fee:
    """The rate in force, and where it comes from."""

    document_id: UUID
    per_mille: int
    source: str


def fee_on(session: Session, day: date) -> Fee:
    """Return the fee of a day.

    Raises:
        DocumentMissing: none is in force.
    """
    document = document_in_force(session, KIND, NAME, day)
    return Fee(document.id, int(document.content["per_mille"]), document.source)


def source_of(session: Session, document_id: UUID) -> str:
    """Return the source of a fee that was quoted."""
    return document_by_id(session, document_id).source
