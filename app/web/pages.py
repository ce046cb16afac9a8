"""What all pages share: their content policy, their errors as pages, static files with a version, names for templates."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, json, render_template, request, url_for

from app.foundation.http import language
from app.web import forms, sessions
from app.web.filters import register_filters, separator

STATIC = Path(__file__).parent / "static"
PROBLEM = "application/problem+json"
KEYS_COOKIE, WAIT_COOKIE = "lintan_console_keys", "lintan_console_wait"
# Seconds in which a decision can be taken back, as a clerk may set it; the first is the default.
WAITS_S = (5, 0, 10)
# UI.md 8: everything from here, no inline script or style; `data:` is for the icons in Pico's style sheet.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_YEAR_S = 31_536_000
# Machines ask here; whatever their Accept header says, an error stays a problem.
_FOR_MACHINES = re.compile(r"/(v1|static)(/|$)|/(healthz|readyz|metrics|openapi\.json)$")


def register_pages(app: Flask) -> None:
    """Give every page its policy and every error for a person its page."""
    app.static_folder = str(STATIC)
    register_filters(app)
    app.jinja_env.globals.update(
        asset=asset, form_token=forms.form_token, new_key=forms.new_key, sep=separator, token_field=forms.TOKEN_FIELD
    )
    app.context_processor(_shared)
    # Called in reverse order: an error becomes a page before the page gets its headers and cookies.
    for step in (_add_policy, _let_static_be_kept, forms.write_cookie, sessions.write_cookies, _page_of_problem):
        app.after_request(step)


def asset(name: str) -> str:
    """Return the address of a static file, which changes with its content so that browsers may keep it for a year."""
    return url_for("static", filename=name, v=_version_of(name))


def keys_are_on() -> bool:
    """Return whether the clerk wants single keys."""
    return request.cookies.get(KEYS_COOKIE) != "off"


def wait_s() -> int:
    """Return for how many seconds the script lets a decision be taken back."""
    chosen = request.cookies.get(WAIT_COOKIE, "")
    return next((each for each in WAITS_S if str(each) == chosen), WAITS_S[0])


@cache
def _version_of(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _shared() -> dict[str, Any]:
    ours = language()
    other = "en" if ours != "en" else "zh-CN"
    return {
        "ours": ours,
        "other": other,
        "gap": " " if ours == "en" else "",  # Between two sentences: Chinese has none.
        "is_demo": current_app.config["LINTAN_ENV"] == "demo",
        "here": request.full_path.rstrip("?"),
        "keys_on": keys_are_on(),
        "wait_s": wait_s(),
        "waits_s": WAITS_S,
    }


def _add_policy(answer: Response) -> Response:
    if answer.mimetype == "text/html":
        answer.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        answer.headers.setdefault("X-Frame-Options", "DENY")  # For browsers that do not know frame-ancestors.
        answer.vary.add("Cookie")  # The language and what stands on the page follow them.
    return answer


def _let_static_be_kept(answer: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and answer.status_code in {200, 206, 304}:
        answer.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    return answer


def _page_of_problem(answer: Response) -> Response:
    """Show a problem to a person: the same status and words, as a page."""
    if answer.mimetype != PROBLEM or not _is_for_a_person():
        return answer
    problem = json.loads(answer.get_data())
    answer.set_data(render_template("web/problem.html", problem=problem, wait_s=answer.headers.get("Retry-After")))
    answer.content_type = "text/html; charset=utf-8"
    return answer


def _is_for_a_person() -> bool:
    if _FOR_MACHINES.match(request.path):
        return False
    return any(kind.startswith("text/html") for kind, _ in request.accept_mimetypes)
