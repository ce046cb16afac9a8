"""What every answer carries: the request id, security headers, CORS for named origins; and its place in the metrics."""

import re
import time
from typing import Any

from flask import Flask, Response, g, request

from app.foundation.data import crockford, new_id
from app.foundation.proof import logger, metrics, remember_request_id, request_id

log = logger(__name__)

# An API answer is data: a browser that shows it may load and run nothing. Pages set their own policy.
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CORS_METHODS = "GET, POST, PATCH, PUT, DELETE"
_CORS_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Accept-Language"
_CORS_EXPOSED = "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Idempotent-Replayed, X-Request-Id"


def register_headers(app: Flask) -> None:
    """Wrap every request; call it before anything else registers a before_request, so that all of them have the id."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        remember_request_id(given if _ID.fullmatch(given) else crockford(new_id()))

    @app.before_request
    def answer_preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        answer = app.response_class(status=204)
        answer.headers["Access-Control-Allow-Methods"] = _CORS_METHODS
        answer.headers["Access-Control-Allow-Headers"] = _CORS_HEADERS
        answer.headers["Access-Control-Max-Age"] = "600"
        return answer

    @app.after_request
    def answer_options(answer: Response) -> Response:
        if request.method == "OPTIONS" and answer.status_code == 200 and not answer.get_data():
            answer.status_code = 204  # Allow says it all; the framework would call nothing an HTML page.
            del answer.headers["Content-Type"], answer.headers["Content-Length"]
        return answer

    @app.after_request
    def finish(answer: Response) -> Response:
        _add_headers(app, answer)
        _count(answer)
        return answer

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        remember_request_id(None)


def _add_headers(app: Flask, answer: Response) -> None:
    headers = answer.headers
    headers["X-Request-Id"] = request_id() or ""
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Content-Security-Policy", API_POLICY)
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if str(app.config["LINTAN_PUBLIC_URL"]).startswith("https://"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    origin = request.headers.get("Origin")
    if origin in app.config["LINTAN_CORS_ORIGINS"]:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _CORS_EXPOSED
        answer.vary.add("Origin")


def _count(answer: Response) -> None:
    route: Any = request.url_rule.rule if request.url_rule else "none"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    method = request.method if request.method in _METHODS else "other"  # Anybody can invent methods.
    metrics.REQUESTS.labels(method, route, answer.status_code).inc()
    metrics.REQUEST_SECONDS.labels(method, route).observe(seconds)
    log.info(
        "foundation.request.answered",
        method=method,
        route=route,
        status=answer.status_code,
        ms=round(seconds * 1000, 1),
    )
