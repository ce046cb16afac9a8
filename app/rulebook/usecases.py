"""A new version of a document: proposed by one person, approved by another, in force from its day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, changes_between, find_proposal, propose
from app.foundation.data import after_commit, clock, constraint_of, insert_once, new_id, reading, transaction
from app.foundation.http import Page, PageQuery, RoleMissing, mapped, page_of
from app.foundation.proof import Actor, content_sha256, logger, record
from app.places import DivisionKind, list_divisions
from app.rulebook import queries
from app.rulebook.errors import (
    CityRoleMissing,
    ContentInvalid,
    EffectiveDayPassed,
    EffectiveTooEarly,
    EffectiveTooLate,
    VersionTaken,
)
from app.rulebook.kinds import kind_of
from app.rulebook.models import DocumentRow
from app.rulebook.queries import document_of
from app.rulebook.rules import (
    Document,
    NewDocument,
    Origin,
    Status,
    content_faults,
    earliest_start,
    holds_for_city,
    latest_start,
)

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFilter:
    """Which documents to list."""

    kind: str | None = None
    name: str | None = None
    on: date | None = None  # Only the versions in force on this day.


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedDocument:
    """A document, and the two people behind it unless the product brought it along."""

    document: Document
    proposed_by: UUID | None
    approved_by: UUID | None


def propose_document(new: NewDocument, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose the next version of a document, or the first of a new name.

    Raises:
        KindUnknown: no room has declared the kind.
        RoleMissing, CityRoleMissing: the proposer does not hold the kind's role, or only for some counties.
        ContentInvalid: the content breaks the kind's JSON Schema; says where.
        EffectiveTooEarly, EffectiveTooLate: no version may start on that day.
    """
    kind = kind_of(new.kind)
    if kind.proposer_role not in proposer.roles:
        raise RoleMissing()
    if not acts_for_city(proposer, kind.proposer_role):
        raise CityRoleMissing()
    faults = content_faults(new.content, kind.validator)
    if faults:
        raise ContentInvalid(faults=faults)
    today = clock.civil_day(now)
    with transaction() as session:
        former = queries.find_latest(session, new.kind, new.name)
        earliest, latest = earliest_start(former, today), latest_start(former, today)
        if new.effective_from < earliest:
            raise EffectiveTooEarly(earliest=earliest.isoformat())
        if new.effective_from > latest:
            raise EffectiveTooLate(latest=latest.isoformat())
        version = former.version + 1 if former is not None else 1
        return propose(
            session,
            kind=proposal_kind_of(new.kind),
            content=_members(new, version=version),
            title=f"{new.title_zh} ({new.name}, {version})",
            proposer=proposer,
            now=now,
        )


def acts_for_city(actor: Actor, role: str) -> bool:
    """Return whether somebody holds a role for the whole city, and so may propose or approve a document."""
    counties = [each.code for each in list_divisions() if each.kind is DivisionKind.COUNTY]
    return holds_for_city(actor, role, counties=counties)


def proposal_kind_of(kind: str) -> str:
    """Return the kind of the proposals that bring in documents of a kind."""
    return f"rulebook.{kind}"


def difference_of(session: Session, proposal: Proposal) -> list[Change]:
    """Return every member of a proposed version beside the version before it."""
    proposed = proposal.content
    former = queries.find_version(session, proposed["kind"], proposed["name"], proposed["version"] - 1)
    before = None if former is None else _members(_as_new(former), version=former.version)
    return changes_between(before, proposed)


def apply_document(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Put an approved version into the book.

    Raises:
        EffectiveDayPassed: its first day is over, and that day had another rule.
        VersionTaken: another version was approved first; the difference that both people read is no longer true.
        ContentInvalid: the kind's JSON Schema has changed since the proposal.
    """
    new, version = _new_of(proposal.content), proposal.content["version"]
    if new.effective_from < clock.civil_day(now):
        raise EffectiveDayPassed(effective_from=new.effective_from.isoformat())
    faults = content_faults(new.content, kind_of(new.kind).validator)
    if faults:
        raise ContentInvalid(faults=faults)
    add_document(session, new, version=version, proposal_id=proposal.id, actor=approver, now=now)


def add_document(
    session: Session, new: NewDocument, *, version: int, proposal_id: UUID | None, actor: Actor, now: datetime
) -> None:
    """Write a version into the caller's transaction. The table itself says whether it is the next one.

    Raises:
        VersionTaken: the book has this version, or a later one, or not yet the one before.
    """
    document_id, sha256 = new_id(), content_sha256(new.content)
    try:
        is_first = insert_once(
            session,
            DocumentRow,
            id=document_id,
            kind=new.kind,
            name=new.name,
            version=version,
            title_zh=new.title_zh,
            title_en=new.title_en,
            content=new.content,
            content_sha256=sha256,
            source=new.source,
            status=new.status,
            effective_from=new.effective_from,
            origin=Origin.SHIPPED if proposal_id is None else Origin.APPROVED,
            proposal_id=proposal_id,
            created_at=now,
        )
    except DBAPIError as error:
        if "rulebook_document_forward" not in constraint_of(error):
            raise
        is_first = False
    if not is_first:
        raise VersionTaken()
    record(
        session,
        action="rulebook.document_added",
        object_kind="rulebook.document",
        object_id=document_id,
        actor=actor,
        after=_members(new, version=version),
    )
    after_commit(log.info, "rulebook.document.added", kind=new.kind, document=new.name, version=version)


def get_document(document_id: UUID) -> SourcedDocument:
    """Return a document with the ids of who proposed and who approved it.

    Raises:
        DocumentNotFound: there is none of this id.
    """
    with reading() as session:
        document = queries.document_by_id(session, document_id)
        proposal = find_proposal(session, document.proposal_id) if document.proposal_id is not None else None
    return SourcedDocument(
        document=document,
        proposed_by=proposal.proposed_by if proposal is not None else None,
        approved_by=proposal.decided_by if proposal is not None else None,
    )


def list_documents(query: PageQuery, wanted: DocumentFilter) -> Page[Document]:
    """List documents, newest first."""
    statement = select(DocumentRow)
    if wanted.kind is not None:
        statement = statement.where(DocumentRow.kind == wanted.kind)
    if wanted.name is not None:
        statement = statement.where(DocumentRow.name == wanted.name)
    if wanted.on is not None:
        statement = statement.where(queries.in_force_on(wanted.on))
    with reading() as session:
        page = page_of(
            session,
            statement,
            at=DocumentRow.created_at,
            id=DocumentRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=[wanted.kind, wanted.name, wanted.on],
        )
    return mapped(page, document_of)


def _members(new: NewDocument, *, version: int) -> dict[str, Any]:
    return {
        "kind": new.kind,
        "name": new.name,
        "version": version,
        "title_zh": new.title_zh,
        "title_en": new.title_en,
        "content": new.content,
        "source": new.source,
        "status": new.status.value,
        "effective_from": new.effective_from.isoformat(),
    }


def _new_of(members: dict[str, Any]) -> NewDocument:
    return NewDocument(
        kind=members["kind"],
        name=members["name"],
        title_zh=members["title_zh"],
        title_en=members["title_en"],
        content=members["content"],
        source=members["source"],
        status=Status(members["status"]),
        effective_from=date.fromisoformat(members["effective_from"]),
    )


def _as_new(document: Document) -> NewDocument:
    return NewDocument(
        kind=document.kind,
        name=document.name,
        title_zh=document.title_zh,
        title_en=document.title_en,
        content=document.content,
        source=document.source,
        status=document.status,
        effective_from=document.effective_from,
    )
