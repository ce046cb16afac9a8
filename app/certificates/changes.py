"""Telling a holder's telephone that a certificate of theirs changed."""

from sqlalchemy.orm import Session

from app.certificates.models import CertificateRow
from app.certificates.rules import HolderKind
from app.foundation.sync import changed

COLLECTION = "certificates"


def certificate_changed(session: Session, row: CertificateRow) -> None:
    """Tell of a certificate that is drafted, signed, refused, held, revoked or shown otherwise."""
    if row.holder_kind == HolderKind.RESIDENT:
        changed(session, row.holder_id, COLLECTION, row.id)
