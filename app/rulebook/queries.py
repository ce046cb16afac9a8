"""Reads of the rulebook."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from app.rulebook.errors import DocumentMissing, DocumentNotFound
from app.rulebook.models import DocumentRow
from app.rulebook.rules import Document


def document_in_force(session: Session, kind: str, name: str, on: date) -> Document:
    """Return the highest version that starts on `on` or before.

    Versions keep the order of their first days, so the answer for a past day stays the same for ever.

    Raises:
        DocumentMissing: none does.
    """
    statement = select(DocumentRow).where(
        DocumentRow.kind == kind, DocumentRow.name == name, DocumentRow.effective_from <= on
    )
    row = session.scalars(statement.order_by(DocumentRow.version.desc()).limit(1)).first()
    if row is None:
        raise DocumentMissing(kind=kind, name=name, on=on.isoformat())
    return document_of(row)


def documents_in_force(session: Session, kind: str, on: date) -> list[Document]:
    """Return what is in force of a kind on a day, one version a name, in the order of the names."""
    statement = select(DocumentRow).where(DocumentRow.kind == kind, in_force_on(on)).order_by(DocumentRow.name)
    return [document_of(row) for row in session.scalars(statement)]


def versions_in_force(session: Session, kind: str, name: str, on: date) -> list[Document]:
    """Return every version of a document that has started by a day, oldest first; the last is the one in force."""
    statement = select(DocumentRow).where(
        DocumentRow.kind == kind, DocumentRow.name == name, DocumentRow.effective_from <= on
    )
    return [document_of(row) for row in session.scalars(statement.order_by(DocumentRow.version))]


def document_by_id(session: Session, document_id: UUID) -> Document:
    """Return a document.

    Raises:
        DocumentNotFound: there is none of this id.
    """
    row = session.get(DocumentRow, document_id)
    if row is None:
        raise DocumentNotFound()
    return document_of(row)


def find_version(session: Session, kind: str, name: str, version: int) -> Document | None:
    """Return one version, or None."""
    statement = select(DocumentRow).where(
        DocumentRow.kind == kind, DocumentRow.name == name, DocumentRow.version == version
    )
    row = session.scalars(statement).first()
    return document_of(row) if row is not None else None


def find_latest(session: Session, kind: str, name: str) -> Document | None:
    """Return the newest version, in force or still to come, or None."""
    statement = select(DocumentRow).where(DocumentRow.kind == kind, DocumentRow.name == name)
    row = session.scalars(statement.order_by(DocumentRow.version.desc()).limit(1)).first()
    return document_of(row) if row is not None else None


def list_versions(session: Session, kind: str) -> list[Document]:
    """Return every version of every name of a kind, oldest first within a name."""
    statement = select(DocumentRow).where(DocumentRow.kind == kind).order_by(DocumentRow.name, DocumentRow.version)
    return [document_of(row) for row in session.scalars(statement)]


def in_force_on(on: date) -> ColumnElement[bool]:
    """Return the condition that a version is the one in force of its name on a day."""
    later = aliased(DocumentRow)
    is_followed = exists().where(
        later.kind == DocumentRow.kind,
        later.name == DocumentRow.name,
        later.version > DocumentRow.version,
        later.effective_from <= on,
    )
    return and_(DocumentRow.effective_from <= on, ~is_followed)


def document_of(row: DocumentRow) -> Document:
    """Return a row as it is handed to others."""
    return Document(
        id=row.id,
        kind=row.kind,
        name=row.name,
        version=row.version,
        title_zh=row.title_zh,
        title_en=row.title_en,
        content=row.content,
        content_sha256=row.content_sha256,
        source=row.source,
        status=row.status,
        effective_from=row.effective_from,
        origin=row.origin,
        proposal_id=row.proposal_id,
        created_at=row.created_at,
    )
