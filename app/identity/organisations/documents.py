"""The hook through which files prove who an organisation is. Files live above identity; evidence answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.proof import Actor, Hook

SUBJECT = "identity.organisation"


@dataclass(frozen=True, slots=True)
class OrganisationDocument:
    """A picture of a document, with a link that opens it for some minutes."""

    id: UUID
    media_type: str
    content_path: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class OrganisationDocuments:
    """What the room of files does for organisations.

    Args:
        bind: ties files of `owner` to an organisation, in the caller's transaction: (session, file ids, owner, organisation, now).
        list: the files of an organisation with links for `viewer`, whose right to see them the caller has checked:
            (session, organisation, viewer, now).
    """

    bind: Callable[[Session, Sequence[UUID], Actor, UUID, datetime], None]
    list: Callable[[Session, UUID, Actor, datetime], list[OrganisationDocument]]


organisation_documents: Hook[OrganisationDocuments] = Hook("identity.organisation_documents")


def bind_documents(
    session: Session, file_ids: Sequence[UUID], *, owner: Actor, organisation_id: UUID, now: datetime
) -> None:
    """Tie files to an organisation for good."""
    for documents in organisation_documents.handlers():
        documents.bind(session, file_ids, owner, organisation_id, now)


def list_documents(
    session: Session, organisation_id: UUID, *, viewer: Actor, now: datetime
) -> list[OrganisationDocument]:
    """Return an organisation's documents with fresh links."""
    found: list[OrganisationDocument] = []
    for documents in organisation_documents.handlers():
        found += documents.list(session, organisation_id, viewer, now)
    return found
