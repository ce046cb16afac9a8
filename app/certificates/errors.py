"""What can go wrong with certificates."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class CertificateNotFound(NotFound):
    """There is no certificate with this number, or it is not for this caller. One answer for both: numbers are not to be guessed."""

    code = "certificates.not_found"
    title = _("There is no certificate with this number.")


class RetirementClaimed(DomainError):
    """The retirement serves another certificate already."""

    code = "certificates.retirement_claimed"
    status = 409
    title = _("These kilograms already serve another certificate.")


class NotRevocable(DomainError):
    """Only what was issued and not yet revoked can be revoked; `state` says how it stands."""

    code = "certificates.not_revocable"
    status = 409
    title = _("This certificate cannot be revoked: it is not valid.")


class NotListed(DomainError):
    """A resident's own certificate stands in no public list."""

    code = "certificates.not_listed"
    status = 422
    pointer = "/visibility"
    title = _("Only an organisation's certificates can stand in public lists.")


class NothingToForget(NotFound):
    """The link between the certificate and its holder's name is deleted already."""

    code = "certificates.nothing_to_forget"
    title = _("The link between this certificate and your name has been deleted.")
