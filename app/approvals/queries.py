"""Reads and locks of approvals."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from app.approvals.models import ProposalRow
from app.approvals.rules import AUDITOR, Proposal, ProposalState
from app.foundation.proof import EVERY_COUNTY, Actor


def lock_proposal(session: Session, proposal_id: UUID) -> ProposalRow | None:
    """Return a proposal for a decision, or None; of two deciders at once the second waits."""
    return session.scalar(
        select(ProposalRow)
        .where(ProposalRow.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def find_proposal(session: Session, proposal_id: UUID) -> Proposal | None:
    """Return a proposal, or None."""
    row = session.get(ProposalRow, proposal_id, populate_existing=True)
    return proposal_of(row) if row is not None else None


def lock_due(session: Session, now: datetime, *, limit: int) -> list[ProposalRow]:
    """Return open proposals whose time is up, the longest first, without waiting for those that somebody is deciding."""
    statement = select(ProposalRow).where(ProposalRow.state == ProposalState.PROPOSED, ProposalRow.expires_at <= now)
    return list(
        session.scalars(statement.order_by(ProposalRow.expires_at).limit(limit).with_for_update(skip_locked=True))
    )


def lock_open_of(session: Session, proposer_id: UUID) -> list[ProposalRow]:
    """Return a person's open proposals, oldest first."""
    statement = select(ProposalRow).where(
        ProposalRow.proposed_by == proposer_id, ProposalRow.state == ProposalState.PROPOSED
    )
    return list(session.scalars(statement.order_by(ProposalRow.id).with_for_update()))


def list_open_of(session: Session, proposer_id: UUID, now: datetime) -> list[Proposal]:
    """Return a person's open proposals, oldest first, without locking them."""
    statement = select(ProposalRow).where(ProposalRow.proposed_by == proposer_id, in_state(ProposalState.PROPOSED, now))
    return [proposal_of(row) for row in session.scalars(statement.order_by(ProposalRow.id))]


def in_state(state: ProposalState, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a proposal is in this state at an instant, as `Proposal.state_at` tells it."""
    if state == ProposalState.PROPOSED:
        return and_(ProposalRow.state == state, ProposalRow.expires_at > now)
    if state == ProposalState.EXPIRED:
        is_over = and_(ProposalRow.state == ProposalState.PROPOSED, ProposalRow.expires_at <= now)
        return or_(ProposalRow.state == state, is_over)
    return ProposalRow.state == state


def visible_to(viewer: Actor, approver_roles: Mapping[str, str]) -> ColumnElement[bool]:
    """Return the condition that `rules.may_see` states for one proposal.

    Args:
        approver_roles: the approver's role of each kind.
    """
    if AUDITOR in viewer.roles:
        return true()
    seen: list[ColumnElement[bool]] = [ProposalRow.proposed_by == viewer.id]
    for role in sorted(viewer.roles | {grant.role for grant in viewer.grants}):
        kinds = [kind for kind, approver_role in approver_roles.items() if approver_role == role]
        if kinds:
            seen.append(and_(ProposalRow.kind.in_(kinds), _within(viewer, role)))
    return or_(*seen)


def _within(viewer: Actor, role: str) -> ColumnElement[bool]:
    reach: list[ColumnElement[bool]] = [ProposalRow.agency_id.is_(None)] if role in viewer.roles else []
    for grant in viewer.grants:
        if grant.role != role or grant.agency_id is None:
            continue
        counties = ProposalRow.county.is_(None) | ProposalRow.county.in_(grant.counties)
        in_agency = ProposalRow.agency_id == grant.agency_id
        reach.append(in_agency if EVERY_COUNTY in grant.counties else and_(in_agency, counties))
    return or_(*reach)


def proposal_of(row: ProposalRow) -> Proposal:
    """Return a row as it is handed to others."""
    return Proposal(
        id=row.id,
        kind=row.kind,
        title=row.title,
        subject_id=row.subject_id,
        agency_id=row.agency_id,
        county=row.county,
        content=row.content,
        content_sha256=row.content_sha256,
        state=row.state,
        proposer_kind=row.proposer_kind,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        version=row.version,
    )
