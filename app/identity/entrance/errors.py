"""What can go wrong when somebody says who they are."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class PhoneNotSupported(DomainError):
    """The number is no mainland mobile number."""

    code = "auth.phone_not_supported"
    status = 422
    pointer = "/phone"
    title = _("Give a mobile number of mainland China, like 13800138000.")


class CodeTooSoon(DomainError):
    """This number or this device was sent a code moments ago, or as many as it may have."""

    code = "auth.code_too_soon"
    status = 429
    title = _("A code was sent already. Wait before you ask for the next one.")


class AddressTooBusy(DomainError):
    """One address has asked for more codes in an hour than any school would."""

    code = "auth.address_too_busy"
    status = 429
    title = _("Too many codes were asked for from your network. Try again later.")


class CaptchaNeeded(DomainError):
    """Many codes go to this address; the app must show that a person asks."""

    code = "auth.captcha_needed"
    status = 403
    pointer = "/captcha"
    title = _("Solve the picture puzzle and send its answer.")


class CodesPaused(DomainError):
    """The whole city has used up the messages of this hour."""

    code = "auth.codes_paused"
    status = 429
    title = _("No more codes can be sent this hour. Try again later.")


class CodeNotSent(DomainError):
    """The provider of text messages did not take the message."""

    code = "auth.code_not_sent"
    status = 503
    title = _("The code could not be sent. Try again in a minute.")


class CodeRefused(DomainError):
    """The code is wrong, used, too old, tried too often, or for something else; which of these is not said."""

    code = "auth.code_refused"
    status = 401
    title = _("The code is wrong or no longer good. Ask for a new one if it fails again.")


class CredentialsRefused(DomainError):
    """Name, password and second factor do not fit together; which of them is not said."""

    code = "auth.credentials_refused"
    status = 401
    title = _("Name, password or one-time code is wrong.")


class SignInDelayed(DomainError):
    """After failures the next try has to wait; it is not even looked at."""

    code = "auth.sign_in_delayed"
    status = 429
    title = _("Too many failed tries. Wait before the next one.")


class TokenInvalid(DomainError):
    """The access token was not made by us, not for this service, or not as an access token."""

    code = "auth.token_invalid"
    status = 401
    title = _("The access token is not valid.")


class TokenExpired(DomainError):
    """The access token has run out; the refresh token brings a new one."""

    code = "auth.token_expired"
    status = 401
    title = _("The access token has expired. Refresh it.")


class SessionEnded(DomainError):
    """The session behind the token has ended: signed out here or elsewhere, run out, or the account was disabled."""

    code = "auth.session_ended"
    status = 401
    title = _("This session has ended. Sign in again.")


class RefreshRefused(DomainError):
    """The refresh token is unknown, used up or run out."""

    code = "auth.refresh_refused"
    status = 401
    title = _("This session cannot be continued. Sign in again.")


class SessionNotFound(NotFound):
    """The caller has no open session of this id."""

    code = "auth.session_not_found"
    title = _("You have no open session of this id.")


class DeviceNotFound(NotFound):
    """The caller has signed in on no device of this id, or has made the product forget it."""

    code = "auth.device_not_found"
    title = _("You have no device of this id.")
