"""What can go wrong at a desk."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class RecoveryNotFound(NotFound):
    """There is no recovery of this id."""

    code = "identity.recovery_not_found"
    title = _("There is no recovery of this id.")


class RecoveryStale(DomainError):
    """The person's account is not what the proposal was made for."""

    code = "identity.recovery_stale"
    status = 409
    title = _("The account has changed since this was proposed. Propose it again at the desk.")


class CountyUnknown(DomainError):
    """The code is none of the nine counties."""

    code = "identity.county_unknown"
    status = 422
    pointer = "/county"
    title = _("Choose one of the nine counties of Lishui.")
