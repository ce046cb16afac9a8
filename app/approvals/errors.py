"""What can go wrong with proposals."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class ProposalNotFound(NotFound):
    """There is no such proposal, or it is not for this caller."""

    code = "approvals.not_found"
    title = _("There is no such proposal that you can see.")


class OwnProposal(DomainError):
    """Whoever proposes something neither approves nor refuses it."""

    code = "approvals.own_proposal"
    status = 403
    title = _("A second person decides on your proposal. You can withdraw it.")


class NotYourProposal(DomainError):
    """Only the person who proposed something takes it back."""

    code = "approvals.not_your_proposal"
    status = 403
    title = _("Only the person who made the proposal can withdraw it.")


class MayNotApprove(DomainError):
    """The role and the agency are right, but this proposal asks for more."""

    code = "approvals.may_not_approve"
    status = 403
    title = _("This proposal is for somebody else to decide.")


class ProposerGone(DomainError):
    """Whoever made the proposal has left, or holds no role any more: both people on a proposal are active."""

    code = "approvals.proposer_gone"
    status = 409
    title = _("Who proposed this holds no role any more. Somebody else has to propose it again.")


class AlreadyDecided(DomainError):
    """Somebody has approved, refused or withdrawn the proposal."""

    code = "approvals.already_decided"
    status = 409
    title = _("This proposal has already been closed.")


class ProposalExpired(DomainError):
    """Nobody decided within seven days."""

    code = "approvals.expired"
    status = 409
    title = _("This proposal has expired. It has to be made again.")


class ContentDiffers(DomainError):
    """What was approved is not what would take effect."""

    code = "approvals.content_differs"
    status = 409
    pointer = "/content_sha256"
    title = _("This is not the content of the proposal. Read it again before you approve.")
