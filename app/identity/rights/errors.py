"""What can go wrong when somebody asks for a copy of their data, or to be forgotten."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class ExportNotFound(NotFound):
    """There is no such copy, or it is somebody else's."""

    code = "identity.export_not_found"
    title = _("There is no such copy of your data.")


class ExportRunning(DomainError):
    """A copy for this person is being made already."""

    code = "identity.export_running"
    status = 409
    title = _("A copy of the data is being made already. Look at it in some minutes.")


class TooManyExports(DomainError):
    """A copy costs the city work; five a day are enough for anybody."""

    code = "identity.too_many_exports"
    status = 429
    title = _("Five copies were made within a day. Ask for the next one tomorrow.")


class ExportLinkExpired(DomainError):
    """The link to a file of a copy is older than ten minutes, or the file is deleted."""

    code = "identity.export_link_expired"
    status = 410
    title = _("This link has expired. Open the copy again for a new one.")


class ExportPersonNotFound(NotFound):
    """The person is nobody for whom the caller may ask."""

    code = "identity.export_person_not_found"
    title = _("There is no such person for whom you may ask.")
    pointer = "/person_id"


class ErasurePersonNotFound(NotFound):
    """The person is nobody for whom the caller may ask."""

    code = "identity.erasure_person_not_found"
    title = _("There is no such person for whom you may ask.")
    pointer = "/person_id"


class FreshSignInNeeded(DomainError):
    """The session that asks is older than ten minutes."""

    code = "identity.fresh_sign_in_needed"
    status = 403
    title = _("Sign in again with a code, then send this within ten minutes.")


class ErasureBlocked(DomainError):
    """Something is open that has to end first; `reasons` says what."""

    code = "identity.erasure_blocked"
    status = 409
    title = _("Something of yours is still open and has to end first.")


class ErasureAsked(DomainError):
    """The erasure is asked for already."""

    code = "identity.erasure_asked"
    status = 409
    title = _("The erasure is asked for already.")


class ErasureNotFound(NotFound):
    """Nobody has asked for it."""

    code = "identity.erasure_not_found"
    title = _("There is no such erasure.")


class ErasureBegun(DomainError):
    """The seven days are over."""

    code = "identity.erasure_begun"
    status = 409
    title = _("The erasure has begun and can no longer be called off.")
