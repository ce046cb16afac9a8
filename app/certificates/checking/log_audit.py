"""What `flask log audit` asks of certificates: do the log, the register of certificates and the status lists say the same."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.bitstring import ListUnreadable, set_bits
from app.certificates.checking.stored import digest_of, read_stored
from app.certificates.models import CertificateRow, ClaimRow, RevocationRow, StatusListRow
from app.certificates.rules import CERTIFICATE, SOURCE, CertificateState
from app.transparency import (
    Document,
    EntryKind,
    JsonRefused,
    document_by_id,
    documents_at,
    documents_of,
    entries,
    find_leaf,
    is_waiting,
    parse_strictly,
)

_PAGE = 500
_SIGNED = (CertificateState.VALID, CertificateState.REVOKED)


def certificates_not_as_logged(session: Session) -> list[str]:
    """Look for certificates whose document is not there or was not logged as issued, and for documents beside the one that counts."""
    findings = []
    query = select(CertificateRow).where(CertificateRow.state.in_(_SIGNED)).order_by(CertificateRow.id)
    for row in session.scalars(query.execution_options(yield_per=_PAGE)):
        documents = documents_of(session, row.id)
        if [each.id for each in documents] != [row.document_id]:
            findings.append(f"certificate {row.id}: {len(documents)} documents were signed, or not the one it names")
            continue
        leaf = next(iter(entries(session, documents[0].leaf_index, documents[0].leaf_index)), None)
        entry = _members(leaf.entry) if leaf is not None else {}
        if entry.get("kind") != EntryKind.ISSUE or entry.get("digest") != digest_of(documents[0].content):
            findings.append(f"certificate {row.id}: the log does not say that it was issued")
    return findings


def revocations_not_as_logged(session: Session) -> list[str]:
    """Look for revocations that the log does not tell of, and for certificates that are revoked by nobody."""
    findings = []
    query = select(RevocationRow, CertificateRow).join(CertificateRow).order_by(RevocationRow.certificate_id)
    for revocation, row in session.execute(query.execution_options(yield_per=_PAGE)):
        document = document_by_id(session, row.document_id) if row.document_id is not None else None
        leaf = find_leaf(session, kind=EntryKind.REVOKE, subject_kind=CERTIFICATE, subject_id=row.id)
        # One that was made a moment ago still waits for its number.
        entry = _members(leaf.entry) if leaf is not None else None
        digest = digest_of(document.content) if document is not None else None
        if entry is None and not is_waiting(session, EntryKind.REVOKE, CERTIFICATE, row.id):
            findings.append(f"certificate {row.id}: the log does not tell of its revocation")
        elif row.state is not CertificateState.REVOKED:
            findings.append(f"certificate {row.id}: it was revoked and does not say so")
        elif entry is not None and (entry.get("digest"), entry.get("reason")) != (digest, revocation.reason.value):
            findings.append(f"certificate {row.id}: the log tells of another revocation")
    alone = select(CertificateRow.id).where(
        CertificateRow.state == CertificateState.REVOKED, CertificateRow.id.not_in(select(RevocationRow.certificate_id))
    )
    return findings + [f"certificate {each}: nobody revoked it" for each in session.scalars(alone)]


def entries_not_as_registered(session: Session) -> list[str]:
    """Walk the log: each document that it says was issued is a certificate's, each revocation that it tells of was made.

    The entries themselves are read, and not what stands beside them in their rows.
    """
    findings, revoked, first = [], dict[str, int](), 0
    while leaves := entries(session, first, first + _PAGE - 1):
        last = first + _PAGE - 1
        of_all, documents = documents_at(session, first, last), documents_at(session, first, last, source=SOURCE)
        rows = queries.certificates_by_ids(session, {each.subject_id for each in documents.values()})
        for leaf in leaves:
            entry = _members(leaf.entry)
            if entry.get("kind") == EntryKind.REVOKE:
                revoked[str(entry.get("digest"))] = leaf.index
            if entry.get("kind") != EntryKind.ISSUE:
                continue
            document = documents.get(leaf.index)
            is_foreign = document is not None and not _speaks_for(rows.get(document.subject_id), document)
            if is_foreign or leaf.index not in of_all:
                findings.append(f"entry {leaf.index}: what it says was issued is no certificate of the register")
        first += _PAGE
    for digest in _revoked_digests(session):
        revoked.pop(digest, None)
    return findings + [f"entry {index}: the register does not know the revocation" for index in revoked.values()]


def certificates_side_by_side(session: Session) -> list[str]:
    """Look for two certificates that are not revoked and speak of the same, and for one that lacks its claim."""
    standing = CertificateRow.state.in_((CertificateState.ISSUING, CertificateState.VALID))
    twice = (
        select(CertificateRow.subject_kind, CertificateRow.subject_id)
        .where(standing)
        .group_by(CertificateRow.subject_kind, CertificateRow.subject_id)
        .having(func.count() > 1)
    )
    unclaimed = (
        select(CertificateRow.id)
        .outerjoin(ClaimRow, ClaimRow.certificate_id == CertificateRow.id)
        .where(standing, ClaimRow.retirement_id.is_(None))
    )
    findings = [f"{kind} {each}: more than one certificate stands for it" for kind, each in session.execute(twice)]
    return findings + [f"certificate {each}: it has no claim" for each in session.scalars(unclaimed)]


def bits_not_as_revoked(session: Session) -> list[str]:
    """Compare the bits of every current status list with the revocations."""
    lists = session.scalars(select(StatusListRow).order_by(StatusListRow.issuer, StatusListRow.number))
    return [finding for each in lists for finding in _list_findings(session, each)]


def _list_findings(session: Session, row: StatusListRow) -> Iterator[str]:
    name = f"status list {row.issuer} {row.number}"
    document = document_by_id(session, row.document_id) if row.document_id is not None else None
    if document is None:
        if row.document_id is not None:
            yield f"{name}: its document is gone"
        return
    content = read_stored(document).content or {}
    try:
        bits = set_bits(str(content["credentialSubject"]["encodedList"]))
    except (KeyError, TypeError, ListUnreadable):
        yield f"{name}: it cannot be read"
        return
    revoked = set(queries.revoked_indexes(session, row.issuer, row.number))
    if bits - revoked:
        yield f"{name}: {len(bits - revoked)} bits are set that nobody has revoked"
    if revoked - bits and not row.is_dirty:
        yield f"{name}: {len(revoked - bits)} revocations are not told"


def _speaks_for(row: CertificateRow | None, document: Document) -> bool:
    return row is not None and row.document_id == document.id and row.state in _SIGNED


def _revoked_digests(session: Session) -> Iterator[str]:
    query = select(CertificateRow.document_id).join(RevocationRow, RevocationRow.certificate_id == CertificateRow.id)
    for document_id in session.scalars(query.execution_options(yield_per=_PAGE)):
        document = document_by_id(session, document_id) if document_id is not None else None
        if document is not None:
            yield digest_of(document.content)


def _members(entry: bytes) -> dict[str, object]:
    try:
        return parse_strictly(entry)
    except JsonRefused:
        return {}
