"""What is kept of consents: where each stands, and the proof that it was given or withdrawn."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.identity.consents.models import ConsentEventRow, ConsentRow
from app.identity.rights.parts import Erasure, Held, Kept, PersonData, Progress
from app.identity.rights.rows import copies, delete_some
from app.identity.rights.rules import Law


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    ids = {"person_id": "per", "document_id": "doc", "done_by": "per", "assisted_by": "stf"}
    return {
        "consents": copies(session, ConsentRow, ConsentRow.person_id == person_id, ids),
        "consent_events": copies(session, ConsentEventRow, ConsentEventRow.person_id == person_id, ids),
    }


def _erase(session: Session, erasure: Erasure) -> Progress:
    deleted = delete_some(session, ConsentRow, ConsentRow.person_id == erasure.person_id, limit=erasure.limit)
    return Progress(deleted < erasure.limit, (Kept("consent_events", None, Law.ANONYMOUS),))


CONSENTS = PersonData(
    held=(
        Held("identity_consent", "where a consent stands", "features are off without it", "with the account"),
        Held(
            "identity_consent_event",
            "when a consent was given or withdrawn, and to which text",
            "the proof of it (PIPL art. 14)",
            "for ever: ids alone; after an erasure they lead to nobody",
        ),
    ),
    export=_export,
    erase=_erase,
)
