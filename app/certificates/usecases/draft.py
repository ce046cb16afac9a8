"""A certificate begins as a draft, in the transaction of what it certifies."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.changes import certificate_changed
from app.certificates.errors import RetirementClaimed
from app.certificates.issuing.commitments import Commitment, commit
from app.certificates.issuing.retirement import HOLDERS, PEOPLE, PURPOSES, register_members, shown_as
from app.certificates.models import CertificateRow, ClaimRow, CommitmentRow
from app.certificates.rules import CERTIFICATE, CertificateKind, CertificateState, Verdict, Visibility
from app.credits import RETIREMENT_SUBJECT, Retirement
from app.foundation.data import after_commit, crockford, insert_once, new_id
from app.foundation.proof import SYSTEM, logger, record
from app.identity import organisation_by_id, person_by_id

# With a million certificates and a thousand guesses a second a hit takes some forty million years.
NUMBER_BITS, NUMBER_CHARACTERS = 80, 16

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class CertificateRef:
    """A certificate by its number, as other rooms show it.

    Args:
        verdict: from the rows alone; the page makes the checks and may say less than `valid`.
    """

    id: UUID
    number: str
    kind: CertificateKind
    state: CertificateState
    verdict: Verdict


def draft_retirement_certificate(
    session: Session, *, retirement: Retirement, holder_id: UUID, beneficiary_name: str | None, now: datetime
) -> CertificateRef | None:
    """Draft the certificate of a retirement (LSR) in the transaction that retires; drafted twice it is one.

    It is signed about a second after the commit, or when there is a mandate for it.

    Args:
        holder_id: who may see it as theirs: who retired for themselves, the giver of a gift, and the organisation that is the
            beneficiary.
        beneficiary_name: as the giver wrote it; None: of an account, whose name identity knows.

    Returns:
        None for a purpose that has no LSR: kilograms retired for a household, an event, an office or a place are left for
        that certificate, because a retirement serves one only, and a sponsor's serve none.

    Raises:
        RetirementClaimed: the retirement serves another certificate.
    """
    if retirement.purpose not in PURPOSES:
        return None
    drafted = queries.certificates_of_subjects(session, RETIREMENT_SUBJECT, [retirement.id]).get(retirement.id)
    if drafted is not None:
        return ref_of(drafted)
    commitment = _commitment(session, retirement, holder_id, beneficiary_name)
    draft = _draft(session, retirement, commitment)
    row = _insert(session, retirement, holder_id=holder_id, draft=draft, certificate_id=new_id(), now=now)
    if row is None:  # Somebody else has drafted it between the look above and now.
        return ref_of(queries.certificates_of_subjects(session, RETIREMENT_SUBJECT, [retirement.id])[retirement.id])
    if not insert_once(session, ClaimRow, retirement_id=retirement.id, certificate_id=row.id):
        raise RetirementClaimed()
    keep_commitment(session, row.id, commitment)
    return ref_of(row)


def redraft(session: Session, former: CertificateRow, retirement: Retirement, *, now: datetime) -> CertificateRow:
    """Draft the successor of a certificate: the same retirement and holder, today's name, a number of its own.

    The former row must name the successor already: of one retirement only one certificate is not replaced.
    """
    commitment = _commitment(session, retirement, former.holder_id, retirement.name)
    draft = _draft(session, retirement, commitment)
    if former.superseded_by is None:
        raise ValueError("a successor is drafted once the former certificate names it")
    certificate_id = former.superseded_by
    row = _insert(session, retirement, holder_id=former.holder_id, draft=draft, certificate_id=certificate_id, now=now)
    if row is None:
        raise RetirementClaimed()
    queries.pass_claims_on(session, before=former.id, after=row.id)
    keep_commitment(session, row.id, commitment)
    return row


def certificates_of(session: Session, subject_kind: str, ids: Iterable[UUID]) -> dict[UUID, CertificateRef]:
    """Return the certificate of each subject that has one; of one that was replaced, its successor."""
    rows = queries.certificates_of_subjects(session, subject_kind, ids)
    return {subject_id: ref_of(row) for subject_id, row in rows.items()}


def keep_commitment(session: Session, certificate_id: UUID, commitment: Commitment | None) -> None:
    """Keep salt and name for the holder."""
    if commitment is not None:
        session.add(
            CommitmentRow(
                certificate_id=certificate_id,
                salt=commitment.salt,
                name=commitment.name,
                account_id=commitment.account_id,
            )
        )
        session.flush()


def ref_of(row: CertificateRow) -> CertificateRef:
    """Return a row as other rooms see it."""
    return CertificateRef(row.id, row.number, row.kind, row.state, stored_verdict(row))


def stored_verdict(row: CertificateRow) -> Verdict:
    """Return the verdict that a row would have if every check passed."""
    if row.state is CertificateState.REVOKED:
        return Verdict.REVOKED if row.superseded_by is None else Verdict.REPLACED
    return {
        CertificateState.ISSUING: Verdict.ISSUING,
        CertificateState.VALID: Verdict.VALID,
        CertificateState.REFUSED: Verdict.UNKNOWN,
    }[row.state]


def _commitment(
    session: Session, retirement: Retirement, holder_id: UUID, beneficiary_name: str | None
) -> Commitment | None:
    """Return the commitment of a person's certificate. Of a gift it binds the recipient's name to the giver's account."""
    if retirement.beneficiary_kind not in PEOPLE:
        return None
    name = beneficiary_name
    if name is None and retirement.beneficiary_id is not None:
        person = person_by_id(session, retirement.beneficiary_id)
        name = person.display_name if person is not None else None
    return commit(name or "", holder_id)


def _draft(session: Session, retirement: Retirement, commitment: Commitment | None) -> dict[str, Any]:
    members = register_members(session, retirement)
    if commitment is None:
        return {**members, "beneficiary": _organisation(session, retirement)}
    return {**members, "maskedName": shown_as(commitment.name), "holderCommitment": commitment.value}


def _organisation(session: Session, retirement: Retirement) -> dict[str, Any]:
    """Return an organisation as it is signed: by its registered name, which nobody masks, and its code."""
    organisation = organisation_by_id(session, retirement.beneficiary_id) if retirement.beneficiary_id else None
    if organisation is None:
        return {"type": "Organization", "name": retirement.name}
    return {"type": "Organization", "name": organisation.name, "unitCreditCode": organisation.uscc}


def _insert(
    session: Session,
    retirement: Retirement,
    *,
    holder_id: UUID,
    draft: dict[str, Any],
    certificate_id: UUID,
    now: datetime,
) -> CertificateRow | None:
    """Write a draft, or return None when the retirement has a certificate that is not replaced."""
    number = _new_number(CertificateKind.RETIREMENT)
    is_first = insert_once(
        session,
        CertificateRow,
        id=certificate_id,
        number=number,
        kind=CertificateKind.RETIREMENT,
        holder_kind=HOLDERS[retirement.beneficiary_kind],
        holder_id=holder_id,
        subject_kind=RETIREMENT_SUBJECT,
        subject_id=retirement.id,
        draft=draft,
        state=CertificateState.ISSUING,
        visibility=Visibility.LINK,
        created_at=now,
        version=1,
    )
    if not is_first:
        return None
    record(
        session,
        action="certificates.drafted",
        object_kind=CERTIFICATE,
        object_id=certificate_id,
        actor=SYSTEM,
        after={"number": number, "retirement_id": str(retirement.id), "draft": draft},
    )
    after_commit(log.info, "certificates.drafted", certificate_id=str(certificate_id))
    row = queries.find_certificate(session, number)
    if row is not None:
        certificate_changed(session, row)
    return row


def _new_number(kind: CertificateKind) -> str:
    """Return a number that nobody can guess and that tells nothing: three letters and 80 random bits."""
    return f"{kind.value}-{crockford(UUID(int=secrets.randbits(NUMBER_BITS)))[-NUMBER_CHARACTERS:].upper()}"
