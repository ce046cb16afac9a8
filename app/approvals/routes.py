"""Proposals over HTTP. They are made by the rooms whose business they are; here they are read and decided."""

from datetime import timedelta
from uuid import UUID

from flask import Flask

from app.approvals import usecases
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
from app.approvals.schemas import (
    APPROVAL_EXAMPLE,
    APPROVED_EXAMPLE,
    CLOSED_EXAMPLE,
    SUMMARY_EXAMPLE,
    WITHDRAWN_EXAMPLE,
    ApprovalSchema,
    ApprovalSummarySchema,
    ApprovalView,
    Decision,
    DecisionSchema,
    ProposalQuery,
    ProposalQuerySchema,
    Refusal,
    RefusalSchema,
    SummaryView,
    approval_view,
    summary_view,
)
from app.foundation.data import MalformedId, clock, parse_public_id
from app.foundation.http import (
    Blueprint,
    Page,
    add_operations,
    current_actor,
    idempotent,
    mapped,
    must_find,
    next_link,
    page_schema,
    requires,
)
from app.foundation.work import schedule

EXPIRY_PERIOD = timedelta(minutes=10)

blp = Blueprint("approvals", __name__, description="Four eyes: what one person proposes, a second one decides.")


def _proposal_id(text: str) -> UUID:
    try:
        return parse_public_id("apv", text)
    except MalformedId:
        raise ProposalNotFound() from None


def _to_decide(approval_id: str) -> None:
    usecases.require_decider(_proposal_id(approval_id), approver=current_actor())


def _to_withdraw(approval_id: str) -> None:
    usecases.require_proposer(_proposal_id(approval_id), proposer=current_actor())


@blp.get("/approvals")
@requires("staff")
@blp.arguments(ProposalQuerySchema, location="query")
@blp.response(200, page_schema(ApprovalSummarySchema), example={"items": [SUMMARY_EXAMPLE], "next_cursor": None})
def list_approvals(query: ProposalQuery) -> tuple[Page[SummaryView], dict[str, str]]:
    """List your own proposals and those that you may decide, newest first."""
    now = clock.now()
    page = usecases.list_proposals(query.page, query.wanted, viewer=current_actor(), now=now)
    return mapped(page, lambda proposal: summary_view(proposal, now=now)), next_link(page)


@blp.get("/approvals/<approval_id>")
@requires("staff")
@blp.response(200, ApprovalSchema, example=APPROVAL_EXAMPLE)
@blp.problems(ProposalNotFound)
def get_approval(approval_id: str) -> ApprovalView:
    """Read a proposal: what it would change first, then all that it says."""
    return approval_view(usecases.get_proposal(_proposal_id(approval_id), viewer=current_actor(), now=clock.now()))


@blp.post("/approvals/<approval_id>/approve")
@requires("staff")
@must_find(_to_decide)
@idempotent
@blp.arguments(DecisionSchema, example={"content_sha256": APPROVAL_EXAMPLE["content_sha256"]})
@blp.response(200, ApprovalSummarySchema, example=APPROVED_EXAMPLE)
@blp.problems(
    ProposalNotFound, OwnProposal, MayNotApprove, AlreadyDecided, ProposalExpired, ContentDiffers, ProposerGone
)
def approve(decision: Decision, approval_id: str) -> SummaryView:
    """Approve exactly the content that you have read; it takes effect at once."""
    now = clock.now()
    proposal = usecases.approve_proposal(
        _proposal_id(approval_id), content_sha256=decision.content_sha256, approver=current_actor(), now=now
    )
    return summary_view(proposal, now=now)


@blp.post("/approvals/<approval_id>/refuse")
@requires("staff")
@must_find(_to_decide)
@idempotent
@blp.arguments(RefusalSchema, example={"reason": CLOSED_EXAMPLE["reason"]})
@blp.response(200, ApprovalSummarySchema, example=CLOSED_EXAMPLE)
@blp.problems(ProposalNotFound, OwnProposal, MayNotApprove, AlreadyDecided, ProposalExpired)
def refuse(refusal: Refusal, approval_id: str) -> SummaryView:
    """Refuse a proposal, with a reason."""
    now = clock.now()
    proposal = usecases.refuse_proposal(
        _proposal_id(approval_id), reason=refusal.reason, approver=current_actor(), now=now
    )
    return summary_view(proposal, now=now)


@blp.post("/approvals/<approval_id>/withdraw")
@requires("staff")
@must_find(_to_withdraw)
@idempotent
@blp.response(200, ApprovalSummarySchema, example=WITHDRAWN_EXAMPLE)
@blp.problems(ProposalNotFound, NotYourProposal, AlreadyDecided, ProposalExpired)
def withdraw(approval_id: str) -> SummaryView:
    """Take your own proposal back."""
    now = clock.now()
    return summary_view(
        usecases.withdraw_proposal(_proposal_id(approval_id), proposer=current_actor(), now=now), now=now
    )


def register(app: Flask) -> None:
    """Serve the room's operations, and close what nobody decided in time."""
    add_operations(app, blp)
    schedule(app, name="approvals.expire", period=EXPIRY_PERIOD, run=usecases.expire_proposals)
