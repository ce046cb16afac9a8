"""What can go wrong with consents."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class ConsentNeeded(DomainError):
    """Something needs an agreement that its resident has not given, has withdrawn, or would have to renew."""

    code = "identity.consent_needed"
    status = 409
    title = _("This needs your consent: read the text and agree to it first.")


class ConsentTextChanged(DomainError):
    """The text that was agreed to is not the one in force."""

    code = "identity.consent_text_changed"
    status = 409
    pointer = "/document_id"
    title = _("There is a newer text. Read it and agree to that one.")


class ConsentPurposeNotFound(NotFound):
    """The path names nothing that one can agree to."""

    code = "identity.consent_purpose_not_found"
    title = _("There is no such consent.")
