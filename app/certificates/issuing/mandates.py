"""The standing mandate: the word of two people of an agency under which the product lets certificates be signed by itself.

It is a document of the rulebook, one name a kind of certificate. It says for which kind, by which issuer, under which version of
the rule, how many a civil day, and until when.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals import find_proposal
from app.certificates.rules import CertificateKind, HeldReason
from app.foundation.data import clock
from app.identity import staff_by_ids
from app.rulebook import Document, DocumentMissing, document_in_force
from app.transparency import Issuer, find_issuer, keys_of

MANDATE_KIND = "certificates.mandate"
# What an LSR certifies and what is checked before it is signed (issuing/retirement, usecases/issue). Another rule is another
# version, and needs another mandate.
RETIREMENT_RULE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate that holds now."""

    document_id: UUID
    issuer: Issuer
    daily_limit: int


def mandate_schema() -> dict[str, Any]:
    """Return the JSON Schema of a mandate's content."""
    path = Path(__file__).parents[1] / "data" / "mandate.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def mandate_for(session: Session, kind: CertificateKind, now: datetime) -> Mandate | HeldReason:
    """Return the mandate for a kind of certificate, or why nothing can be signed at present."""
    today = clock.civil_day(now)
    try:
        document = document_in_force(session, MANDATE_KIND, kind.value, today)
    except DocumentMissing:
        return HeldReason.NO_MANDATE
    content = document.content
    if content["type"] != kind.value or content["rule_version"] != RETIREMENT_RULE_VERSION:
        return HeldReason.MANDATE_OTHER_RULE
    if today >= date.fromisoformat(content["ends_on"]):
        return HeldReason.MANDATE_ENDED
    issuer = find_issuer(session, content["issuer"])
    if issuer is None:
        return HeldReason.NO_ISSUER
    if not _is_from(session, document, issuer.agency_id):
        return HeldReason.MANDATE_NOT_OWN
    if not any(key.is_active for key in keys_of(session, issuer.slug)):
        return HeldReason.NO_KEY
    return Mandate(document.id, issuer, content["daily_limit"])


def _is_from(session: Session, document: Document, agency_id: UUID) -> bool:
    """Return whether both people behind a document belong to the agency: nobody lends out another agency's signature."""
    proposal = find_proposal(session, document.proposal_id) if document.proposal_id is not None else None
    if proposal is None or proposal.decided_by is None:
        return False
    people = staff_by_ids(session, [proposal.proposed_by, proposal.decided_by])
    return len(people) == 2 and all(each.agency_id == agency_id for each in people.values())
