"""What the paths of staffing name, and how a proposal is answered."""

from uuid import UUID

from app.approvals import ApprovalView, Proposal, approval_view, get_proposal
from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import current_actor
from app.foundation.proof import Actor
from app.identity.staffing.errors import AgencyNotFound, DeputyshipNotFound, RoleNotFound, StaffNotFound
from app.identity.staffing.usecases import agency_proposals, deputies, enrolment, granting

# What comes of a proposal is read and decided in approvals.
PROPOSAL_LINKS = {
    operation: {"operationId": operation, "parameters": {"approval_id": "$response.body#/id"}}
    for operation in ("approvals_get_approval", "approvals_approve")
}
Proposed = tuple[ApprovalView, int, dict[str, str]]


def proposed(proposal: Proposal, proposer: Actor) -> Proposed:
    """Return a proposal as its proposer is answered: accepted, and where it waits."""
    shown = approval_view(get_proposal(proposal.id, viewer=proposer, now=clock.now()))
    return shown, 202, {"Location": f"/v1/approvals/{public_id('apv', proposal.id)}"}


def id_of_agency(text: str) -> UUID:
    """Return the agency that a path names."""
    try:
        return parse_public_id("agy", text)
    except MalformedId:
        raise AgencyNotFound from None


def id_of_staff(text: str) -> UUID:
    """Return the member of staff that a path names."""
    try:
        return parse_public_id("stf", text)
    except MalformedId:
        raise StaffNotFound from None


def id_of_role(text: str) -> UUID:
    """Return the role that a path names."""
    try:
        return parse_public_id("rol", text)
    except MalformedId:
        raise RoleNotFound from None


def id_of_deputyship(text: str) -> UUID:
    """Return the time as a deputy that a path names."""
    try:
        return parse_public_id("dpy", text)
    except MalformedId:
        raise DeputyshipNotFound from None


def find_agency(agency_id: str) -> None:
    """Look for the agency of a path."""
    agency_proposals.require_agency(id_of_agency(agency_id))


def find_staff(staff_id: str, **_: str) -> None:
    """Look for the member of staff of a path."""
    granting.require_staff(id_of_staff(staff_id))


def find_own_staff(staff_id: str) -> None:
    """Look for the caller's own account, or as an admin for anybody's."""
    deputies.require_self_or_admin(id_of_staff(staff_id), actor=current_actor())


def find_own_deputyship(staff_id: str, deputyship_id: str) -> None:
    """Look for a time as a deputy that the caller may end."""
    deputies.require_ender(id_of_staff(staff_id), id_of_deputyship(deputyship_id), actor=current_actor())


def find_enrolment(staff_id: str) -> None:
    """Look for an account whose code the caller may hand out."""
    enrolment.require_enrolment(id_of_staff(staff_id), actor=current_actor())
