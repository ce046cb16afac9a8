"""Four eyes: one person proposes, a second one approves exactly that content, and only then does it take effect."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals import queries
from app.approvals.errors import (
    AlreadyDecided,
    ContentDiffers,
    MayNotApprove,
    NotYourProposal,
    OwnProposal,
    ProposalExpired,
    ProposalNotFound,
    ProposerGone,
)
from app.approvals.kinds import ProposalKind, count_as_one, has_gone, kinds
from app.approvals.models import ProposalRow
from app.approvals.queries import proposal_of
from app.approvals.rules import OPEN_FOR, Change, Proposal, ProposalState, inexact_members, is_second_person, may_see
from app.foundation.data import after_commit, clock, new_id, reading, transaction
from app.foundation.http import Page, PageQuery, instant_json, mapped, page_of
from app.foundation.proof import SYSTEM, Actor, ActorKind, content_sha256, logger, record

EXPIRED_AT_ONCE = 200

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A proposal as one viewer sees it."""

    proposal: Proposal
    state: ProposalState
    changes: tuple[Change, ...]  # Only members that change.
    unchanged_count: int
    may_decide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFilter:
    """Which proposals to list."""

    state: ProposalState | None = None
    kind: str | None = None


def propose(
    session: Session,
    *,
    kind: str,
    content: dict[str, Any],
    title: str,
    proposer: Actor,
    now: datetime,
    subject_id: UUID | None = None,
    agency_id: UUID | None = None,
    county: str | None = None,
) -> Proposal:
    """Write a proposal into the caller's transaction. Whether the proposer may is the calling room's question.

    Args:
        kind: registered with `kinds`.
        content: JSON without fractions; all that `apply` needs, so that what was approved is what happens.
        title: one line for the approver's list.
        subject_id: what it is about, for the calling room.
        agency_id, county: where the approver must hold the role; none: wherever.

    Raises:
        HookMissing: nobody knows the kind.
        ValueError: the content holds a fraction or something that is not JSON, or the system proposes.
    """
    kinds.handler(kind)
    if proposer.kind == ActorKind.SYSTEM:
        raise ValueError("a proposal is made by a person: the system and one approver are not two people")
    inexact = list(inexact_members(content))
    if inexact:
        raise ValueError(f"not exact JSON: {', '.join(inexact)}")
    row = ProposalRow(
        id=new_id(),
        kind=kind,
        title=title,
        subject_id=subject_id,
        agency_id=agency_id,
        county=county,
        content=content,
        content_sha256=content_sha256(content),
        state=ProposalState.PROPOSED,
        proposer_kind=proposer.kind,
        proposed_by=proposer.id,
        proposed_at=now,
        expires_at=now + OPEN_FOR,
        version=1,
    )
    session.add(row)
    session.flush()
    _note(session, row, actor=proposer)
    return proposal_of(row)


def require_decider(proposal_id: UUID, *, approver: Actor) -> None:
    """Refuse who could never decide on a proposal, whatever they send.

    Raises:
        ProposalNotFound, OwnProposal, MayNotApprove: as for an approval.
    """
    with reading() as session:
        proposal = queries.find_proposal(session, proposal_id)
        if proposal is None:
            raise ProposalNotFound()
        _check_decider(session, proposal, kinds.handler(proposal.kind), approver, clock.now())


def require_proposer(proposal_id: UUID, *, proposer: Actor) -> None:
    """Refuse who has not made a proposal.

    Raises:
        ProposalNotFound, NotYourProposal: as for a withdrawal.
    """
    with reading() as session:
        proposal = queries.find_proposal(session, proposal_id)
    if proposal is None:
        raise ProposalNotFound()
    _require_own(proposal, proposer)


def approve_proposal(proposal_id: UUID, *, content_sha256: str, approver: Actor, now: datetime) -> Proposal:
    """Approve exactly this content, and let it take effect in the same transaction.

    Raises:
        ProposalNotFound: there is none, or the caller holds no role for it there.
        OwnProposal: the caller has proposed it.
        MayNotApprove: the kind asks for more than the role.
        AlreadyDecided, ProposalExpired: it is not open any more.
        ContentDiffers: the hash is not that of the proposal's content.
        ProposerGone: who made it has left, or holds no role any more.
        DomainError: what the kind refuses; the proposal stays open.
    """
    with transaction() as session:
        row, kind = _lock_for_decision(session, proposal_id, approver, now)
        if _sha256_of(row) != content_sha256:
            raise ContentDiffers()
        if any(is_gone(session, row.proposed_by, now) for is_gone in has_gone.handlers()):
            raise ProposerGone()
        row.decided_by = approver.id
        _close(session, row, ProposalState.APPROVED, actor=approver, now=now)
        approved = proposal_of(row)
        kind.apply(session, approved, approver, now)
    return approved


def refuse_proposal(proposal_id: UUID, *, reason: str, approver: Actor, now: datetime) -> Proposal:
    """Refuse a proposal for good, with a reason.

    Raises:
        ProposalNotFound, OwnProposal, MayNotApprove, AlreadyDecided, ProposalExpired: as for an approval.
    """
    with transaction() as session:
        row, _ = _lock_for_decision(session, proposal_id, approver, now)
        row.decided_by = approver.id
        row.reason = reason
        _close(session, row, ProposalState.REFUSED, actor=approver, now=now)
    return proposal_of(row)


def withdraw_proposal(proposal_id: UUID, *, proposer: Actor, now: datetime) -> Proposal:
    """Take one's own proposal back.

    Raises:
        ProposalNotFound: there is none that the caller can see.
        NotYourProposal: somebody else made it.
        AlreadyDecided, ProposalExpired: it is not open any more.
    """
    with transaction() as session:
        row = queries.lock_proposal(session, proposal_id)
        if row is None:
            raise ProposalNotFound()
        _require_own(proposal_of(row), proposer)
        _require_open(row, now)
        _close(session, row, ProposalState.WITHDRAWN, actor=proposer, now=now)
    return proposal_of(row)


def withdraw_proposals_of(session: Session, proposer_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Take back all open proposals of somebody whose account or role ends, and return how many: both people must be active.

    Call it before locking anything else: approvals come first in the order of locks.
    """
    rows = queries.lock_open_of(session, proposer_id)
    for row in rows:
        _close(session, row, ProposalState.WITHDRAWN, actor=actor, now=now)
    return len(rows)


def open_proposals_of(session: Session, proposer_id: UUID, now: datetime) -> list[Proposal]:
    """Return what somebody has proposed and nobody has decided, oldest first."""
    return queries.list_open_of(session, proposer_id, now)


def expire_proposals(session: Session, _: datetime) -> None:
    """Mark proposals that nobody decided in time, a batch at once."""
    now = clock.now()
    for row in queries.lock_due(session, now, limit=EXPIRED_AT_ONCE):
        _close(session, row, ProposalState.EXPIRED, actor=SYSTEM, now=now)


def get_proposal(proposal_id: UUID, *, viewer: Actor, now: datetime) -> Approval:
    """Return a proposal with what it would change.

    Raises:
        ProposalNotFound: there is none that the caller can see.
    """
    with reading() as session:
        proposal = queries.find_proposal(session, proposal_id)
        if proposal is None:
            raise ProposalNotFound()
        kind = kinds.handler(proposal.kind)
        if not may_see(proposal, viewer, approver_role=kind.approver_role):
            raise ProposalNotFound()
        members = kind.difference(session, proposal)
        state = proposal.state_at(now)
        changes = tuple(each for each in members if each.word != "unchanged")
        may_decide = (
            state == ProposalState.PROPOSED
            and is_second_person(proposal, viewer, approver_role=kind.approver_role)
            and not count_as_one(session, proposal.proposed_by, viewer.id, since=proposal.proposed_at, now=now)
            and kind.may_approve(viewer, proposal)
        )
    return Approval(
        proposal=proposal,
        state=state,
        changes=changes,
        unchanged_count=len(members) - len(changes),
        may_decide=may_decide,
    )


def list_proposals(query: PageQuery, wanted: ProposalFilter, *, viewer: Actor, now: datetime) -> Page[Proposal]:
    """List the proposals that the viewer may see, newest first."""
    approver_roles = {kind: kinds.handler(kind).approver_role for kind in kinds.kinds()}
    statement = select(ProposalRow).where(queries.visible_to(viewer, approver_roles))
    if wanted.state is not None:
        statement = statement.where(queries.in_state(wanted.state, now))
    if wanted.kind is not None:
        statement = statement.where(ProposalRow.kind == wanted.kind)
    with reading() as session:
        page = page_of(
            session,
            statement,
            at=ProposalRow.proposed_at,
            id=ProposalRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=[wanted.state, wanted.kind, viewer.id],
        )
    return mapped(page, proposal_of)


def _require_own(proposal: Proposal, actor: Actor) -> None:
    if not may_see(proposal, actor, approver_role=kinds.handler(proposal.kind).approver_role):
        raise ProposalNotFound()
    if proposal.proposed_by != actor.id:
        raise NotYourProposal()


def _lock_for_decision(
    session: Session, proposal_id: UUID, approver: Actor, now: datetime
) -> tuple[ProposalRow, ProposalKind]:
    row = queries.lock_proposal(session, proposal_id)
    if row is None:
        raise ProposalNotFound()
    kind = kinds.handler(row.kind)
    _check_decider(session, proposal_of(row), kind, approver, now)
    _require_open(row, now)
    return row, kind


def _check_decider(session: Session, proposal: Proposal, kind: ProposalKind, approver: Actor, now: datetime) -> None:
    if not may_see(proposal, approver, approver_role=kind.approver_role):
        raise ProposalNotFound()
    if count_as_one(session, proposal.proposed_by, approver.id, since=proposal.proposed_at, now=now):
        raise OwnProposal()
    if not is_second_person(proposal, approver, approver_role=kind.approver_role):
        raise MayNotApprove()
    if not kind.may_approve(approver, proposal):
        raise MayNotApprove()


def _require_open(row: ProposalRow, now: datetime) -> None:
    state = proposal_of(row).state_at(now)
    if state == ProposalState.EXPIRED:
        raise ProposalExpired(expires_at=instant_json(row.expires_at))
    if state != ProposalState.PROPOSED:
        raise AlreadyDecided(state=state.value)


def _sha256_of(row: ProposalRow) -> str:
    # Of the stored content itself, so that a row changed past the triggers is not approved under its old hash.
    return content_sha256(row.content)


def _close(session: Session, row: ProposalRow, state: ProposalState, *, actor: Actor, now: datetime) -> None:
    row.state = state
    row.decided_at = now
    row.version += 1
    session.flush()
    _note(session, row, actor=actor)


def _note(session: Session, row: ProposalRow, *, actor: Actor) -> None:
    record(
        session,
        action=f"approvals.{row.state.value}",
        object_kind="approvals.proposal",
        object_id=row.id,
        actor=actor,
        after={"kind": row.kind, "content_sha256": row.content_sha256, "state": row.state.value, "reason": row.reason},
    )
    after_commit(log.info, "approvals.noted", proposal_id=str(row.id), kind=row.kind, state=row.state.value)
