"""gunicorn's own log, in our form, and silent about what callers send."""

from typing import Any

from gunicorn.glogging import Logger

from app.foundation.proof import json_formatter


class JsonLogger(Logger):
    """One JSON object a line, as the product's log has them.

    What gunicorn says of a single request is worded by the worker (worker.py): gunicorn's own sentences quote the line or
    the header that it cannot read, a token among them.
    """

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's handlers, and give each our form."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(json_formatter())

    def debug(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Say nothing, whatever level is asked for: these lines quote the bytes of a connection that broke off."""
