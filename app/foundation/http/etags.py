"""ETag and If-Match: nobody overwrites what somebody else has changed in the meantime."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar

from flask import Response, make_response, request

from app.foundation.http.errors import IfMatchMissing, VersionStale

View = TypeVar("View", bound=Callable[..., Any])


def etag_of(version: int) -> str:
    """Return the strong ETag of a row's version."""
    return f'"{version}"'


def with_etag(body: Any, version: int) -> tuple[Any, dict[str, str]]:
    """Return a body with its ETag, as a view returns it."""
    return body, {"ETag": etag_of(version)}


def needs_if_match(view: View) -> View:
    """Demand If-Match on a change; `check_version` in the use case compares it under the row's lock."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not request.if_match:
            raise IfMatchMissing()
        return view(*args, **kwargs)

    guarded._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
    guarded._apidoc["if_match"] = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def version_seen() -> Callable[[int], bool]:
    """Return a test whether the caller has seen a version: use cases take it as an argument and know no request."""
    wanted = request.if_match
    return lambda version: wanted.contains(str(version))


def check_version(seen: Callable[[int], bool], version: int) -> None:
    """Refuse a change by who has not seen the present version.

    Raises:
        VersionStale: somebody else was faster.
    """
    if not seen(version):
        raise VersionStale()


def not_modified(view: View) -> View:
    """Answer 304 to If-None-Match when the ETag is still the same."""

    @wraps(view)
    def conditional(*args: Any, **kwargs: Any) -> Response:
        response = make_response(view(*args, **kwargs))
        response.make_conditional(request)
        return response

    return conditional  # type: ignore[return-value]
