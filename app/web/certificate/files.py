"""The files of a certificate that a stranger can take along, and how much a phone has to load for each."""

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.certificates import CertificatePage, CheckName, CheckResult
from app.transparency import document_by_id, log_proof
from app.web.filters import file_size, listed


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file to take along. `byte_count` is None when it is made on request."""

    href: str
    name: str
    kind: str
    byte_count: int | None

    @property
    def said(self) -> str:
        """Return what it is and how long."""
        return listed([self.kind] if self.byte_count is None else [self.kind, file_size(self.byte_count)])


def files_of(session: Session, page: CertificatePage) -> list[FileShown]:
    """Return the files of a signed certificate; none while it is being issued, or when its holder shows its state alone."""
    document = document_by_id(session, page.document_id) if page.document_id is not None else None
    if document is None:
        return []
    place = f"/v/{page.number}"
    files = [FileShown(f"{place}/credential.json", gettext("Signed file"), "JSON", len(document.content))]
    if document.jwt is not None:
        files.append(FileShown(f"{place}/credential.jwt", gettext("The same as a JWT"), "JWT", len(document.jwt)))
    if any(check.name is CheckName.LOG and check.result is CheckResult.PASSED for check in page.checks):
        proof = log_proof(session, document.leaf_index)
        files.append(FileShown(f"{place}/log-proof", gettext("Log proof"), gettext("text"), len(proof)))
    files.append(FileShown(f"{place}/certificate.pdf", gettext("PDF (A4)"), gettext("with the files inside"), None))
    return files
