"""Rate limits, and the headers that tell callers what is left (draft-ietf-httpapi-ratelimit-headers-10)."""

import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded

from app.foundation.http.access import actor_or_none
from app.foundation.http.addresses import caller_address
from app.foundation.http.errors import TooManyRequests
from app.foundation.http.problems import problem_of

View = TypeVar("View", bound=Callable[..., Any])

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


def _caller() -> str:
    """Count by person where somebody is signed in: a school shares one address on Arbor Day."""
    actor = actor_or_none()
    return f"{actor.kind}:{actor.id}" if actor else f"address:{caller_address()}"


limiter = Limiter(
    key_func=_caller,
    default_limits=[lambda: str(current_app.config["LINTAN_RATE_LIMIT"])],
    strategy="moving-window",
    headers_enabled=False,
    # Addresses that lead nowhere are counted too, all as one.
    request_identifier=lambda: request.endpoint or "nowhere",
)


@limiter.request_filter
def _is_probe() -> bool:
    return request.path in PROBES


def limited(limit: str) -> Callable[[View], View]:
    """Give an operation a limit of its own, such as `30 per minute`, by address."""
    by_address = limiter.limit(limit, key_func=lambda: f"address:{caller_address()}", override_defaults=False)
    return cast(Callable[[View], View], by_address)


def register_limits(app: Flask) -> None:
    """Count every request but those of the operator's own probes."""
    app.config["RATELIMIT_STORAGE_URI"] = app.config["LINTAN_RATE_STORE"]
    app.config["RATELIMIT_ENABLED"] = app.config["LINTAN_RATE_LIMIT"] != "off"
    limiter.init_app(app)
    app.register_error_handler(RateLimitExceeded, _refuse)
    app.after_request(_tell_what_is_left)


def _refuse(error: RateLimitExceeded) -> Response:
    limit = limiter.current_limit
    wait_s = (
        max(1, round(limit.reset_at - time.time())) if limit else 60
    )  # clock-ok: the limiter counts by the machine's clock
    return problem_of(TooManyRequests(retry_after_s=wait_s))


def _tell_what_is_left(answer: Response) -> Response:
    limit = limiter.current_limit
    if limit is not None:
        seconds_left = max(0, round(limit.reset_at - time.time()))  # clock-ok: as above
        answer.headers["RateLimit-Policy"] = f'"default";q={limit.limit.amount};w={limit.limit.get_expiry()}'
        answer.headers["RateLimit"] = f'"default";r={limit.remaining};t={seconds_left}'
    return answer
