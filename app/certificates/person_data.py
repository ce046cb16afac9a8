"""What certificates keeps of holders: a masked name in what is signed, and beside it salt and name that prove whose it is."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.certificates.models import CertificateRow, CommitmentRow
from app.certificates.rules import HolderKind
from app.identity import Erasure, Held, Kept, Law, PersonData, Progress, copies, delete_some, person_data


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    hidden = ("held_reason", "retry_at", "mandate_document_id", "list_number", "list_index")
    return {
        "certificates": copies(session, CertificateRow, _held_by(person_id), {"holder_id": "per"}, but=hidden),
        "commitments": copies(session, CommitmentRow, _commitments(person_id)),
    }


def _erase(session: Session, erasure: Erasure) -> Progress:
    deleted = delete_some(session, CommitmentRow, _commitments(erasure.person_id), limit=erasure.limit)
    return Progress(deleted < erasure.limit, (Kept("certificates", None, Law.ANONYMOUS),))


def _held_by(person_id: UUID) -> Any:
    return and_(CertificateRow.holder_kind == HolderKind.RESIDENT, CertificateRow.holder_id == person_id)


def _commitments(person_id: UUID) -> Any:
    # The account of a commitment is the holder's.
    return CommitmentRow.certificate_id.in_(select(CertificateRow.id).where(_held_by(person_id)))


PERSON_DATA = PersonData(
    held=(
        Held(
            "certificates_certificate",
            "certificates with a masked name",
            "anybody can check them",
            "for ever: what is signed cannot change; after an erasure nothing leads to the holder",
        ),
        Held(
            "certificates_commitment",
            "the name in full and the salt of its hash",
            "the holder proves that it is theirs",
            "until the holder deletes it, or with the account",
        ),
    ),
    export=_export,
    erase=_erase,
    not_personal={
        "certificates_claim": "which certificate a retirement serves",
        "certificates_revocation": "a revocation by two people in office",
        "certificates_rendering": "what a PDF is made of: keys, lists and proofs",
        "certificates_status_list": "an issuer's list",
        "certificates_issued_on_day": "counts by issuer and day",
    },
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "certificates", PERSON_DATA)
