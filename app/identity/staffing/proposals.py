"""What of staffing needs four eyes: the kinds of proposals, all of them decided by admins."""

from flask import Flask
from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, ProposalKind, changes_between, has_gone, kinds, same_person
from app.foundation.proof import Actor
from app.identity.staffing.directory import count_as_one, has_lost_every_role
from app.identity.staffing.rules.granting import are_three
from app.identity.staffing.rules.roles import Role
from app.identity.staffing.usecases import accounts, agency_proposals, deputies, granting


def register_proposals(app: Flask) -> None:
    """Answer for staffing's kinds of proposals, and for who counts as one with whom in every other kind too."""
    admin = str(Role.ADMIN)
    kinds.register(
        app,
        agency_proposals.KIND,
        ProposalKind(
            approver_role=admin, difference=agency_proposals.agency_difference, apply=agency_proposals.apply_agency
        ),
    )
    kinds.register(
        app,
        accounts.ACCOUNT_KIND,
        ProposalKind(approver_role=admin, difference=whole_content, apply=accounts.apply_account),
    )
    kinds.register(
        app,
        accounts.RESET_KIND,
        ProposalKind(
            approver_role=admin,
            difference=whole_content,
            apply=accounts.apply_reset,
            may_approve=is_for_a_third_person,
        ),
    )
    kinds.register(
        app,
        granting.KIND,
        ProposalKind(
            approver_role=admin,
            difference=whole_content,
            apply=granting.apply_role,
            may_approve=is_for_a_third_person,
        ),
    )
    kinds.register(
        app,
        deputies.KIND,
        ProposalKind(
            approver_role=admin,
            difference=whole_content,
            apply=deputies.apply_deputy,
            may_approve=deputies.may_approve_deputy,
        ),
    )
    same_person.register(app, "staff", count_as_one)
    has_gone.register(app, "staff", has_lost_every_role)


def whole_content(_: Session, proposal: Proposal) -> list[Change]:
    """Return every member of a proposal: all of it is new."""
    return changes_between(None, proposal.content)


def is_for_a_third_person(approver: Actor, proposal: Proposal) -> bool:
    """Return whether the subject is somebody else than the two who propose and approve."""
    holder_id = proposal.subject_id
    return holder_id is not None and are_three(holder_id, proposer_id=proposal.proposed_by, approver_id=approver.id)
