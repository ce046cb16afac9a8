"""What can go wrong when somebody asks for an issuer."""

from flask_babel import lazy_gettext as _

from app.foundation.http import NotFound


class IssuerNotFound(NotFound):
    """There is no such issuer."""

    code = "transparency.issuer_not_found"
    title = _("There is no such issuer.")
