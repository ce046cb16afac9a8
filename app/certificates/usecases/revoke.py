"""A certificate is revoked by two people of the agency that issued it, for a reason from the closed list, and for good."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, propose
from app.certificates import queries
from app.certificates.changes import certificate_changed
from app.certificates.checking.stored import digest_of
from app.certificates.errors import CertificateNotFound, NotRevocable
from app.certificates.models import CertificateRow, RevocationRow
from app.certificates.rules import CERTIFICATE, CertificateState, RevocationReason, forgiven_number
from app.certificates.usecases.draft import redraft
from app.certificates.usecases.telling import REVOKED, tell_holder
from app.credits import retirements_by_ids
from app.foundation.data import after_commit, new_id, reading, transaction
from app.foundation.proof import Actor, logger, record
from app.identity import Role
from app.transparency import Document, EntryKind, Issuer, append_entry, document_by_id, find_issuer, second_text

REVOCATION_KIND = "certificates.revocation"

log = logger(__name__)


def propose_revocation(number: str, reason: RevocationReason, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose to revoke a certificate. It is revoked when a second issuer of the same agency approves.

    With the reason `superseded` a successor is drafted then, for the same retirement, under a number of its own.

    Raises:
        CertificateNotFound: there is none of this number, or another agency has issued it.
        NotRevocable: it is not issued yet, was refused, or is revoked.
    """
    with transaction() as session:
        row, issuer = _issued_by_own(session, number, proposer)
        document = _revocable(session, row)
        return propose(
            session,
            kind=REVOCATION_KIND,
            content={
                "number": row.number,
                "digest": digest_of(document.content),
                "state_before": row.state.value,
                "reason": reason.value,
            },
            title=f"{row.number} ({reason.value})",
            proposer=proposer,
            now=now,
            subject_id=row.id,
            agency_id=issuer.agency_id,
        )


def require_issued_by_own(number: str, *, actor: Actor) -> None:
    """Pass for who is an issuer of the agency that issued a certificate.

    Raises:
        CertificateNotFound: there is none of this number, or another agency has issued it.
    """
    with reading() as session:
        _issued_by_own(session, number, actor)


def revocation_difference(_: Session, proposal: Proposal) -> list[Change]:
    """Return what a revocation changes; the same answer before and after the decision."""
    content = proposal.content
    return [
        Change("/number", content["number"], content["number"]),
        Change("/digest", content["digest"], content["digest"]),
        Change("/state", content["state_before"], CertificateState.REVOKED.value),
        Change("/revocation_reason", None, content["reason"]),
    ]


def apply_revocation(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Revoke: the row that sets the bit, the log's entry, the list to be signed anew, and the successor where there is one.

    Raises:
        NotRevocable: somebody revoked it meanwhile.
    """
    content = proposal.content
    row = queries.lock_certificate(session, content["number"])
    if row is None:
        raise CertificateNotFound()
    document = _revocable(session, row)
    if digest_of(document.content) != content["digest"]:
        raise NotRevocable(state=row.state.value)
    reason = RevocationReason(content["reason"])
    _revoke(session, row, document, reason, proposal_id=proposal.id, now=now)
    record(
        session,
        action="certificates.revoked",
        object_kind=CERTIFICATE,
        object_id=row.id,
        actor=approver,
        after={"digest": content["digest"], "reason": reason.value, "proposal_id": str(proposal.id)},
    )
    after_commit(log.info, "certificates.revoked", certificate_id=str(row.id), reason=reason.value)
    if reason is RevocationReason.SUPERSEDED:
        row.superseded_by = new_id()
        session.flush()
        redraft(session, row, retirements_by_ids(session, [row.subject_id])[row.subject_id], now=now)


def _revoke(
    session: Session,
    row: CertificateRow,
    document: Document,
    reason: RevocationReason,
    *,
    proposal_id: UUID,
    now: datetime,
) -> None:
    issuer = find_issuer(session, document.issuer)
    if issuer is None or row.list_number is None or row.list_index is None:
        raise LookupError(f"the certificate {row.id} has no issuer or no place in a list")
    session.add(
        RevocationRow(
            certificate_id=row.id,
            issuer=issuer.slug,
            list_number=row.list_number,
            list_index=row.list_index,
            reason=reason,
            proposal_id=proposal_id,
            revoked_at=now,
        )
    )
    session.flush()  # The row's trigger looks for it.
    row.state = CertificateState.REVOKED
    row.version += 1
    session.flush()
    certificate_changed(session, row)
    tell_holder(session, row, REVOKED, now)
    queries.mark_list_dirty(session, issuer.slug, row.list_number)
    append_entry(
        session,
        kind=EntryKind.REVOKE,
        content={
            "digest": digest_of(document.content),
            "issuer": issuer.did,
            "reason": reason.value,
            "time": second_text(now),
        },
        subject_kind=CERTIFICATE,
        subject_id=row.id,
    )


def _revocable(session: Session, row: CertificateRow) -> Document:
    document = document_by_id(session, row.document_id) if row.document_id is not None else None
    if row.state is not CertificateState.VALID or document is None:
        raise NotRevocable(state=row.state.value)
    return document


def _issued_by_own(session: Session, number: str, actor: Actor) -> tuple[CertificateRow, Issuer]:
    row = queries.find_certificate(session, forgiven_number(number) or "")
    issuer = find_issuer(session, row.issuer) if row is not None and row.issuer is not None else None
    if row is None or issuer is None or not _acts_for(actor, issuer):
        raise CertificateNotFound()
    return row, issuer


def _acts_for(actor: Actor, issuer: Issuer) -> bool:
    """Return whether somebody is an issuer of the agency. Certificates belong to the whole agency, not to one of its counties."""
    return any(grant.role == Role.ISSUER and grant.agency_id == issuer.agency_id for grant in actor.grants)
