"""The table of the rulebook."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import AppendOnly, Base
from app.rulebook.rules import Origin, Status


class DocumentRow(AppendOnly, Base):
    """One version of a named document. A trigger keeps versions counting up and their days in order (sql/01_forward)."""

    __tablename__ = "rulebook_document"
    __table_args__ = (
        UniqueConstraint("kind", "name", "version", name="rulebook_document_version_key"),
        # One approval makes one document.
        UniqueConstraint("proposal_id", name="rulebook_document_proposal_key"),
        CheckConstraint("(origin = 'approved') = (proposal_id IS NOT NULL)", name="rulebook_document_origin_proven"),
        CheckConstraint("version >= 1", name="rulebook_document_version_positive"),
        CheckConstraint("length(content_sha256) = 64", name="rulebook_document_hashed"),
        CheckConstraint("source <> ''", name="rulebook_document_sourced"),
        Index("rulebook_document_listed_idx", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    content: Mapped[dict[str, Any]]
    content_sha256: Mapped[str]
    source: Mapped[str]
    status: Mapped[Status]
    effective_from: Mapped[date]  # First civil day on which it is in force, until a later version is.
    origin: Mapped[Origin]
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("approvals_proposal.id"))
    created_at: Mapped[datetime]
