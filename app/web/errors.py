"""What can go wrong with forms of pages, beside what the rooms refuse."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError


class FormStale(DomainError):
    """The form was not made by us for this session, or is too old."""

    code = "web.form_stale"
    status = 403
    title = _("This form is too old or came from elsewhere. Nothing was done. Look at it and send it again.")


class FormInvalid(DomainError):
    """The form holds what no field of it could have sent."""

    code = "web.form_invalid"
    status = 422
    title = _("This form cannot be read. Look at it and send it again.")
