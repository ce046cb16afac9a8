"""What can go wrong when another app should say who somebody is."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class ProviderOff(NotFound):
    """This service has no door to that app."""

    code = "auth.provider_off"
    title = _("You cannot sign in through this app here. Sign in with a code to your phone.")


class ProviderFailed(DomainError):
    """The app could not be asked, or its answer makes no sense."""

    code = "auth.provider_failed"
    status = 503
    title = _("The app through which you sign in does not answer. Try again in a minute, or sign in with a code.")


class OutsideRefused(DomainError):
    """The app does not accept the proof: wrong, used or too old; which of these is not said."""

    code = "auth.outside_refused"
    status = 401
    title = _("The app did not confirm who you are. Open it and sign in again.")


class PhoneNeeded(DomainError):
    """Nobody is known under this account yet, and no mobile number of the mainland came with it."""

    code = "auth.phone_needed"
    status = 409
    title = _("Allow the app to share your mobile number of mainland China the first time, or sign in with a code.")


class OutsideAccountNotFound(NotFound):
    """The caller has no linked account of this id."""

    code = "auth.outside_account_not_found"
    title = _("You have no linked account of this id.")
