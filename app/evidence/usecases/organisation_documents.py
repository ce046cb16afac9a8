"""Pictures of an organisation's licence: bound to it, and listed with links for who may see them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.evidence.queries import files_of_subject
from app.evidence.usecases.bind import bind_files
from app.evidence.usecases.links import link_for
from app.foundation.proof import Actor
from app.identity import OrganisationDocument

SUBJECT_KIND = "identity.organisation"


def bind_organisation_documents(
    session: Session, file_ids: Sequence[UUID], owner: Actor, organisation_id: UUID, now: datetime
) -> None:
    """Tie files to an organisation for good.

    Raises:
        EvidenceFileNotFound: an id that does not exist or belongs to somebody else.
        FileAlreadyBound: a file proves something else already.
    """
    bind_files(session, file_ids, owner=owner, subject_kind=SUBJECT_KIND, subject_id=organisation_id, now=now)


def list_organisation_documents(
    session: Session, organisation_id: UUID, viewer: Actor, now: datetime
) -> list[OrganisationDocument]:
    """Return an organisation's pictures with fresh links. Whether `viewer` may see them was the caller's decision."""
    files = files_of_subject(session, subject_kind=SUBJECT_KIND, subject_id=organisation_id)
    return [
        OrganisationDocument(
            id=file.id,
            media_type=file.media_type.value,
            content_path=link_for(file, viewer, now),
            received_at=file.received_at,
        )
        for file in files
    ]
