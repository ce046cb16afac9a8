"""A draft is made ready for the signature: checked against the register, given its place in a status list, and completed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.checking import invariants
from app.certificates.documents import StatusPlace, certificate_content, keeps_schema
from app.certificates.issuing.mandates import Mandate
from app.certificates.issuing.retirement import registers_of
from app.certificates.issuing.status_lists import allot_places
from app.certificates.models import CertificateRow
from app.certificates.rules import RefusedReason
from app.credits import retirements_by_ids
from app.transparency import Draft, EntryKind


class Refused(Exception):
    """A draft must not be signed."""

    def __init__(self, reason: RefusedReason) -> None:
        """Refuse for one reason."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Facts:
    """What the register says now, by retirement: the members of its subject, and the certificate that it serves."""

    registers: Mapping[UUID, Mapping[str, Any]]
    claims: Mapping[UUID, UUID]


def facts_of(session: Session, rows: Sequence[CertificateRow]) -> Facts:
    """Return what the register says of the retirements of a batch of drafts."""
    ids = [row.subject_id for row in rows]
    retirements = retirements_by_ids(session, ids)
    return Facts(registers_of(session, retirements.values()), queries.claims_of(session, ids))


def checked_subject(row: CertificateRow, facts: Facts) -> dict[str, Any]:
    """Return the subject to be signed, once everything that must hold of it holds.

    Raises:
        Refused: says what does not.
    """
    register = facts.registers.get(row.subject_id)
    if register is None or not invariants.says_what_register_says(row.draft, register):
        raise Refused(RefusedReason.REGISTER)
    if not invariants.adds_up(row.draft):
        raise Refused(RefusedReason.QUANTITY)
    if facts.claims.get(row.subject_id) != row.id:
        raise Refused(RefusedReason.CLAIM)
    return invariants.with_present_cancellation(row.draft, register)


def give_places(session: Session, rows: Collection[CertificateRow], mandate: Mandate, now: datetime) -> None:
    """Put drafts under the mandate, with a place in its issuer's status list; a place with another issuer is given up."""
    slug = mandate.issuer.slug
    without = [row for row in rows if row.issuer != slug]
    places = allot_places(session, slug, len(without), now)
    for row, place in zip(without, places, strict=True):
        row.issuer, row.list_number, row.list_index = place.issuer, place.list_number, place.index
    for row in rows:
        row.mandate_document_id = mandate.document_id
    session.flush()


def completed(row: CertificateRow, subject: dict[str, Any], mandate: Mandate, now: datetime) -> Draft:
    """Return the certificate without its proof.

    Raises:
        Refused: it does not keep its schema.
    """
    if row.list_number is None or row.list_index is None:
        raise ValueError("a certificate is completed once it has its place in a status list")
    content = certificate_content(
        row.kind,
        row.number,
        issuer=mandate.issuer,
        subject=subject,
        status=StatusPlace(mandate.issuer.slug, row.list_number, row.list_index),
        valid_from=now,
    )
    if not keeps_schema(row.kind, content):
        raise Refused(RefusedReason.SCHEMA)
    return Draft(id=row.id, issuer=mandate.issuer.slug, kind=EntryKind.ISSUE, content=content, with_jwt=True)
