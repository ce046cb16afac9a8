"""Tables of approvals: what somebody proposed, and what a second person said to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.rules import TITLE_LENGTH_MAX, ProposalState
from app.foundation.data import Base
from app.foundation.proof import ActorKind


class ProposalRow(Base):
    """A proposal. Only its outcome is ever written, once; triggers refuse everything else (sql/01_kept)."""

    __tablename__ = "approvals_proposal"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint("decided_by <> proposed_by", name="approvals_proposal_second_person"),
        CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by IS NOT NULL)", name="approvals_proposal_decider_known"
        ),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="approvals_proposal_end_dated"),
        CheckConstraint("state <> 'approved' OR decided_at < expires_at", name="approvals_proposal_approved_in_time"),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="approvals_proposal_refused_with_reason"),
        CheckConstraint("proposer_kind <> 'system'", name="approvals_proposal_by_person"),
        CheckConstraint("expires_at > proposed_at", name="approvals_proposal_forward"),
        CheckConstraint("county IS NULL OR agency_id IS NOT NULL", name="approvals_proposal_county_of_agency"),
        CheckConstraint("length(content_sha256) = 64", name="approvals_proposal_hashed"),
        CheckConstraint(f"length(title) BETWEEN 1 AND {TITLE_LENGTH_MAX}", name="approvals_proposal_titled"),
        CheckConstraint("version >= 1", name="approvals_proposal_version_positive"),
        Index("approvals_proposal_listed_idx", "proposed_at", "id"),
        Index("approvals_proposal_proposer_idx", "proposed_by", "state"),
        Index("approvals_proposal_expiry_idx", "state", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    subject_id: Mapped[UUID | None]  # Of the kind's room, which lies above; so no foreign key.
    agency_id: Mapped[UUID | None]
    county: Mapped[str | None]
    content: Mapped[dict[str, Any]]
    content_sha256: Mapped[str]
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.PROPOSED)
    proposer_kind: Mapped[ActorKind]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # First instant at which nobody can approve any more.
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
