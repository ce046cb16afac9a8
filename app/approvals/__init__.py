"""Approvals: what one person proposes takes effect once a second person has approved exactly that content, within seven days.

Rooms register their kinds of proposals with `kinds` and make them with `propose`; nobody approves their own.
"""

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
from app.approvals.kinds import ProposalKind, count_as_one, has_gone, kinds, same_person
from app.approvals.queries import find_proposal
from app.approvals.routes import register
from app.approvals.rules import (
    ABSENT,
    Change,
    Proposal,
    ProposalState,
    changes_between,
    inexact_members,
    pointer_of,
)
from app.approvals.schemas import APPROVAL_EXAMPLE, ApprovalSchema, ApprovalView, approval_view
from app.approvals.usecases import (
    Approval,
    ProposalFilter,
    approve_proposal,
    get_proposal,
    list_proposals,
    open_proposals_of,
    propose,
    refuse_proposal,
    withdraw_proposal,
    withdraw_proposals_of,
)

__all__ = [
    "ABSENT",
    "APPROVAL_EXAMPLE",
    "AlreadyDecided",
    "Approval",
    "ApprovalSchema",
    "ApprovalView",
    "Change",
    "ContentDiffers",
    "MayNotApprove",
    "NotYourProposal",
    "OwnProposal",
    "Proposal",
    "ProposalExpired",
    "ProposalFilter",
    "ProposalKind",
    "ProposalNotFound",
    "ProposalState",
    "ProposerGone",
    "approval_view",
    "approve_proposal",
    "changes_between",
    "count_as_one",
    "find_proposal",
    "get_proposal",
    "has_gone",
    "inexact_members",
    "kinds",
    "list_proposals",
    "open_proposals_of",
    "pointer_of",
    "propose",
    "refuse_proposal",
    "register",
    "same_person",
    "withdraw_proposal",
    "withdraw_proposals_of",
]
