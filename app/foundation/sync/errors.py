"""What can go wrong when a telephone asks what changed."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError


class SyncCursorTooOld(DomainError):
    """A thing that is gone was forgotten before this telephone heard of it."""

    code = "sync.cursor_too_old"
    status = 410
    title = _("This copy is too old to be brought up to date. Load everything anew.")
