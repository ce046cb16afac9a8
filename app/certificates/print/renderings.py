"""Where the files of a certificate come from: the signed document as it is, and what its PDF was first made of.

What goes into a PDF is written down when it is first asked for and stays: a list, a key or a head of the log that came
later changes no paper. So the file itself is a copy that may be lost, and is made again byte for byte.
"""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.documents import CONTEXT_FILE
from app.certificates.errors import CertificateNotFound
from app.certificates.models import RenderingRow
from app.certificates.print.errors import FilesNotReady, NotYetSigned
from app.certificates.print.pdf import Files, certificate_pdf, tells_of_revocation
from app.certificates.rules import CertificateState, HolderKind, Visibility, forgiven_number
from app.foundation.data import clock, file_store, insert_once, reading, run_in_transaction
from app.transparency import (
    Document,
    LogDamaged,
    canonical_json,
    did_document,
    document_by_id,
    first_checkpoint_covering,
    log_proof,
    parse_strictly,
)

AGAIN_S = 2  # The sequencer signs about once a second.


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A signed certificate that strangers may fetch."""

    certificate_id: UUID
    number: str
    is_personal: bool
    issuer: str
    list_number: int
    document: Document


def signed_file(session: Session, typed: str) -> SignedFile:
    """Return the signed document of a certificate, revoked or not.

    Args:
        typed: its number, as forgiving as the look-up reads it.

    Raises:
        CertificateNotFound: there is none, or its holder shows it to nobody.
        NotYetSigned: it is being issued.
    """
    number = forgiven_number(typed)
    row = queries.find_certificate(session, number) if number else None
    if row is None or row.visibility is Visibility.OFF or row.state is CertificateState.REFUSED:
        raise CertificateNotFound()
    if row.document_id is None or row.issuer is None or row.list_number is None:
        raise NotYetSigned(retry_after_s=AGAIN_S)
    is_personal = row.holder_kind is HolderKind.RESIDENT or "maskedName" in row.draft
    return SignedFile(
        certificate_id=row.id,
        number=row.number,
        is_personal=is_personal,
        issuer=row.issuer,
        list_number=row.list_number,
        document=_document(session, row.document_id),
    )


def pdf_of(file: SignedFile) -> bytes:
    """Return the PDF of a certificate: the copy in the file store, or one made anew. Call it outside a transaction.

    Raises:
        FilesNotReady: no status list can go into it yet.
        NotPrintable, RenderersBusy: as `certificate_pdf`.
    """
    store, key = file_store(), f"certificates/{file.document.id.hex}/certificate.pdf"
    with suppress(FileNotFoundError):
        return store.get(key)
    made = certificate_pdf(
        files_for_pdf(file),
        public_url=current_app.config["LINTAN_PUBLIC_URL"],
        is_demo=current_app.config["LINTAN_ENV"] == "demo",
    )
    store.put(key, made)
    return made


def files_for_pdf(file: SignedFile) -> Files:
    """Return what the PDF is made of, written down now if it never was before."""
    with reading() as session:
        known = _known_files(session, file)
    if known is None:
        # Two who ask for the first time at once write one row, and both read it.
        run_in_transaction(lambda session: _write_down(session, file))
        with reading() as session:
            known = _known_files(session, file)
    if known is None:
        raise LogDamaged(f"the rendering of document {file.document.id} is not there")
    return known


def _known_files(session: Session, file: SignedFile) -> Files | None:
    row = session.get(RenderingRow, file.document.id)
    if row is None:
        return None
    return Files(
        credential=file.document.content,
        did=row.did,
        context=CONTEXT_FILE.read_text(encoding="utf-8"),
        status_list=_document(session, row.status_document_id).content,
        log_proof=row.log_proof,
        revoked=(row.revoked_at, row.revocation_reason) if row.revoked_at and row.revocation_reason else None,
    )


def _write_down(session: Session, file: SignedFile) -> None:
    document = file.document
    in_force = queries.find_list(session, file.issuer, file.list_number)
    if in_force is None or in_force.document_id is None:
        raise FilesNotReady(retry_after_s=AGAIN_S)
    status_list = _document(session, in_force.document_id)
    revocation = queries.find_revocation(session, file.certificate_id)
    is_told = tells_of_revocation(parse_strictly(document.content), status_list.content)
    if is_told is not (revocation is not None):
        raise FilesNotReady(retry_after_s=AGAIN_S)
    head = first_checkpoint_covering(session, document.leaf_index)
    insert_once(
        session,
        RenderingRow,
        document_id=document.id,
        certificate_id=file.certificate_id,
        did=canonical_json(did_document(session, document.issuer)).decode(),
        status_document_id=status_list.id,
        log_proof=log_proof(session, document.leaf_index, head),
        revoked_at=revocation.revoked_at if revocation else None,
        revocation_reason=revocation.reason if revocation else None,
        created_at=clock.now(),
    )


def _document(session: Session, document_id: UUID) -> Document:
    document = document_by_id(session, document_id)
    if document is None:
        raise LogDamaged(f"document {document_id} is not there")
    return document
