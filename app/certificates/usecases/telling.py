"""What a holder is told of a certificate: that it is there, and that it is revoked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.models import CertificateRow
from app.certificates.rules import CERTIFICATE, HolderKind
from app.notices import NoticeGroup, NoticeKind, WebhookTopic, kinds, links, notify, tell_organisation

ISSUED, REVOKED = "certificates.issued", "certificates.revoked"
_WEBHOOKS = {ISSUED: WebhookTopic.CERTIFICATE_ISSUED, REVOKED: WebhookTopic.CERTIFICATE_REVOKED}


def tell_holder(session: Session, row: CertificateRow, kind: str, now: datetime) -> None:
    """Tell whose certificate it is: a resident, or each owner of an organisation. An agency's own are on its list."""
    holders = {HolderKind.RESIDENT: "person_id", HolderKind.ORGANISATION: "organisation_id"}
    if row.holder_kind in holders:
        to = {holders[row.holder_kind]: row.holder_id}
        notify(session, **to, kind=kind, subject_kind=CERTIFICATE, subject_id=row.id, params={}, now=now)
    if row.holder_kind is HolderKind.ORGANISATION:
        ids = {"certificate_number": row.number}
        tell_organisation(session, row.holder_id, _WEBHOOKS[kind], key=str(row.id), ids=ids, now=now)


def register_telling(app: Flask) -> None:
    """Say how these notices read, and where a certificate lies."""
    group = NoticeGroup.CERTIFICATES
    issued = NoticeKind(group, _("A certificate is ready"), _("Anyone can check it, also without a network."))
    revoked = NoticeKind(
        group,
        _("A certificate was revoked"),
        _("It does not hold any more. Its page says why, and names a successor where there is one."),
        is_urgent=True,
    )
    kinds.register(app, ISSUED, issued)
    kinds.register(app, REVOKED, revoked)
    links.register(app, CERTIFICATE, _hrefs)


def _hrefs(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    found = queries.certificates_by_ids(session, list(ids))
    return {row.id: f"/v1/certificates/{row.number}" for row in found.values()}
