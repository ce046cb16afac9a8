"""Why a certificate has no files."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class NotYetSigned(NotFound):
    """The certificate is being issued: there is nothing to show yet, and there soon will be."""

    code = "certificates.not_yet_signed"
    title = _("This certificate is being issued. Its files are there once it is signed.")


class FilesNotReady(DomainError):
    """The issuer's status list is not signed yet, or does not tell of a revocation yet; the sequencer signs it in a moment."""

    code = "certificates.files_not_ready"
    status = 503
    title = _("The files of this certificate are not complete yet. Try again shortly.")


class NotPrintable(NotFound):
    """The signed document has a character that no font of ours has; paper must not show a box in its place."""

    code = "certificates.not_printable"
    title = _("This certificate has characters that cannot be printed. The signed file is the certificate.")
