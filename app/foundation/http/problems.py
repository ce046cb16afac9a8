"""Problem details: the one shape of every error, ours, the framework's and the libraries' (RFC 9457)."""

from typing import Any

from flask import Flask, Response, current_app, json, request
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.foundation.data import DatabaseBusy, crockford, new_id, sqlstate_of
from app.foundation.http.errors import (
    AddressTooLong,
    Busy,
    DomainError,
    Fault,
    HeadersTooLarge,
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    RequestTimeout,
    ServerFault,
    TooLarge,
    TooManyRequests,
    UnsupportedMediaType,
)
from app.foundation.http.language import language
from app.foundation.proof import logger, remember_request_id, request_id

MEDIA_TYPE = "application/problem+json"
LOCK_NOT_AVAILABLE = "55P03"

# What the framework raises on its own, by its status.
_FRAMEWORK: dict[int, type[DomainError]] = {
    kind.status: kind
    for kind in (
        MalformedRequest,
        NotFound,
        MethodNotAllowed,
        NotAcceptable,
        RequestTimeout,
        TooLarge,
        AddressTooLong,
        UnsupportedMediaType,
        InvalidRequest,
        TooManyRequests,
        HeadersTooLarge,
    )
}

log = logger(__name__)


def problem(
    *,
    code: str,
    status: int,
    title: str,
    faults: tuple[Fault, ...] = (),
    retry_after_s: int | None = None,
    members: dict[str, Any] | None = None,
) -> Response:
    """Return a problem as an answer.

    Args:
        members: further members; they cannot replace the standard ones.
    """
    body: dict[str, Any] = {
        **(members or {}),
        "type": f"{current_app.config['LINTAN_PUBLIC_URL']}/problems/{code}",
        "title": title,
        "status": status,
        "code": code,
        "instance": request.path,
        "request_id": request_id(),
    }
    if faults:
        body["errors"] = [{"pointer": fault.pointer, "code": fault.code, "detail": fault.detail} for fault in faults]
    answer = Response(json.dumps(body), status=status, content_type=MEDIA_TYPE)
    answer.headers["Content-Language"] = language()
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, section 15.5.2.
    if retry_after_s is not None:
        answer.headers["Retry-After"] = str(retry_after_s)
    return answer


def problem_of(error: DomainError) -> Response:
    """Return a domain error as an answer, in the caller's language."""
    faults = error.faults
    if not faults and error.pointer is not None:
        faults = (Fault(error.pointer, error.code, str(error.title)),)
    return problem(
        code=error.code,
        status=error.status,
        title=str(error.title),
        faults=faults,
        retry_after_s=error.retry_after_s,
        members=error.params,
    )


def problem_outside_request(app: Flask, kind: type[DomainError]) -> Response:
    """Return a refusal of what never became a request: in Chinese, with the headers and the line in the log of any other."""
    with app.test_request_context():
        remember_request_id(crockford(new_id()))
        try:
            return app.process_response(problem_of(kind()))
        finally:
            remember_request_id(None)


def register_problem_handlers(app: Flask) -> None:
    """Answer every error of the application with a problem."""
    app.register_error_handler(DomainError, problem_of)
    app.register_error_handler(HTTPException, _of_framework)
    app.register_error_handler(DatabaseBusy, lambda _: problem_of(Busy(retry_after_s=1)))
    app.register_error_handler(OperationalError, _of_database)
    app.register_error_handler(InterfaceError, _of_database)
    app.register_error_handler(Exception, _of_bug)


def _of_framework(error: HTTPException) -> Response:
    status = error.code or 500
    if status >= 500:
        return _of_bug(error)
    kind = _FRAMEWORK.get(status, MalformedRequest)
    members = {"bytes_max": request.max_content_length} if isinstance(error, RequestEntityTooLarge) else None
    answer = problem(code=kind.code, status=status, title=str(kind.title), members=members)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            answer.headers[name] = value
    return answer


def _of_database(error: OperationalError | InterfaceError) -> Response:
    """The database is away, full, or somebody holds a lock: nothing has happened, and trying again is right."""
    if sqlstate_of(error) == LOCK_NOT_AVAILABLE:
        return problem_of(Busy(retry_after_s=1))
    log.error("foundation.database.unavailable", sqlstate=sqlstate_of(error), exc_info=error)
    return problem_of(Busy(retry_after_s=5))


def _of_bug(error: Exception) -> Response:
    if type(error).__module__.startswith(
        "gunicorn.http"
    ):  # A body in chunks that is none; its text may be anybody's data.
        return problem_of(MalformedRequest())
    log.error("foundation.request.failed", error=type(error).__name__, exc_info=error)
    return problem_of(ServerFault())
