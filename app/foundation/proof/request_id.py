"""The id of the request that is being answered, for logs, problems and audit rows."""

from contextvars import ContextVar

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_id() -> str | None:
    """Return the id of the request at hand, None in worker and commands."""
    return _request_id.get()


def remember_request_id(value: str | None) -> None:
    """Set the id for what follows in this thread."""
    _request_id.set(value)
