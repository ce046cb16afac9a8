"""What proposals are called: what would happen, then to whom or what."""

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from app.approvals import Proposal
from app.web.desk.names import ROLE_NAMES
from app.web.filters import listed

_RULEBOOK = "rulebook."
_ACTS: dict[str, LazyString] = {
    "identity.staff": _("Open an account: %(what)s"),
    "identity.staff_reset": _("New enrolment: %(what)s"),
    "identity.role": _("Give a role: %(what)s"),
    "identity.agency": _("Open an agency: %(what)s"),
    "identity.deputy": _("Name a deputy: %(what)s"),
    "identity.recovery": _("Replace a lost number: %(what)s"),
    "credits.batch_issue": _("Issue a batch: %(what)s"),
    "credits.price": _("Set a price: %(what)s"),
    "credits.project": _("Register a project: %(what)s"),
    "payments.refund": _("Pay back: %(what)s"),
    "payments.payee": _("Add a payee: %(what)s"),
    "certificates.revocation": _("Revoke a certificate: %(what)s"),
    "certificates.mandate": _("Standing mandate: %(what)s"),
}


def proposal_heading(proposal: Proposal) -> str:
    """Return what a proposal would do, such as `Open an account: wang.min`."""
    if proposal.kind == "identity.agency" and proposal.content.get("operation") == "rename":
        return gettext("Rename an agency: %(what)s", what=proposal.title)
    if proposal.kind in _ACTS:
        return str(_ACTS[proposal.kind]) % {"what": _what(proposal)}
    if proposal.kind.startswith(_RULEBOOK):
        return gettext("Put a rule in force: %(what)s", what=proposal.title)
    return proposal.title


def _what(proposal: Proposal) -> str:
    """Return the title without the words that the heading or the content say better."""
    if proposal.kind == "identity.role":
        role, _colon, holder = proposal.title.partition(": ")
        return listed([str(ROLE_NAMES.get(role, role)), holder])
    if proposal.kind == "identity.deputy":
        deputy, _for, principal = proposal.title.partition(" for ")
        return gettext("%(deputy)s stands in for %(principal)s", deputy=deputy, principal=principal)
    if proposal.kind == "identity.recovery":
        return proposal.title.rpartition(": ")[2]
    return proposal.title
