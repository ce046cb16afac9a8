"""Certificates on their holder's telephone, as the holder's list shows them."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.answers import certificate_view
from app.certificates.models import CertificateRow
from app.certificates.schemas import CertificateSchema
from app.certificates.usecases.own import OwnCertificate
from app.foundation.data import public_id
from app.foundation.sync import Collection


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema = CertificateSchema()
    rows = session.scalars(queries.select_own(person_id).where(CertificateRow.id.in_(list(ids))))
    return {
        row.id: cast(dict[str, Any], schema.dump(certificate_view(OwnCertificate(row=row, page=None, commitment=None))))
        for row in rows
    }


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    return session.scalars(select(CertificateRow.id).where(CertificateRow.holder_id == person_id))


CERTIFICATES = Collection(public_id=lambda id: public_id("crt", id), load=_load, ids_of=_ids_of)
