"""Logs: one JSON object a line, with the request id, and without anybody's secrets (SECURITY E2)."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from app.foundation.proof.request_id import request_id

# A field of one of these names is a programming error: it is kept out of the log, and its place says so.
SECRET_FIELDS = frozenset(
    {
        "phone",
        "code",
        "otp",
        "token",
        "access_token",
        "refresh_token",
        "password",
        "totp",
        "secret",
        "authorization",
        "name",
        "body",
        "lat",
        "lon",
    }
)


# A value may itself have line ends, so it ends where PostgreSQL or SQLAlchemy go on, or the traceback does.
_QUOTED_ROW = re.compile(
    r"DETAIL:.*?(?=\n(?:HINT|CONTEXT|STATEMENT|LINE \d+):|\n\[SQL|\n\(Background|\n\nThe above|\n\nDuring handling|\Z)",
    re.DOTALL,
)


def _withhold_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in SECRET_FIELDS & event.keys():
        event[key] = "[withheld]"
    return event


def _withhold_rows(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cut what PostgreSQL quotes of a row that broke a constraint: it may be anybody's name, number or place."""
    if "exception" in event:
        event["exception"] = _QUOTED_ROW.sub("DETAIL: [withheld]", str(event["exception"]))
    return event


def _add_request_id(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (present := request_id()) is not None:
        event.setdefault("request_id", present)
    return event


_SHARED: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    _add_request_id,
    _withhold_secrets,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    _withhold_rows,
]


def json_formatter() -> logging.Formatter:
    """Return what writes a record of any library as one JSON object."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def configure_logs(level: str) -> None:
    """Send our logs and those of the libraries to standard error, in the one form."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # It tells its dialect at every look at the database, and readiness looks every few seconds.
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)
    # It tells each request with the address of its own service, the sandbox's included, which never leaves the process.
    logging.getLogger("stripe").setLevel(logging.WARNING)
    # At DEBUG it prints whole result rows, telephone numbers included.
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a room's logger: `log.info("heritage.adoption.opened", adoption_id=..., fee_fen=...)`."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound
