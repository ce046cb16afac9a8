"""The guard in front of the console's pages, and the page on which staff sign in."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from app.foundation.http import Fault
from app.web import forms, sessions

View = TypeVar("View", bound=Callable[..., Any])

# Where a sign-in may lead: a path of the console with plain characters, never another host.
_INSIDE = re.compile(r"/console(/[A-Za-z0-9_-]+)*(\?[A-Za-z0-9_.&=-]*)?")


def for_staff(view: View) -> View:
    """Let in members of staff who are signed in; anybody else signs in first and then comes back.

    What somebody had typed when the session ran out is carried along, and nothing of it is done.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        g.actor = sessions.staff_signed_in()
        if g.actor is not None:
            return view(*args, **kwargs)
        if request.method == "POST":
            kept = forms.kept_text() if forms.is_from_our_page() else ""
            return sign_in_page(coming_to=_this_page(), kept=kept, status=401, is_timed_out=True)
        return redirect(url_for("console.sign_in", next=_this_page()), 303)

    return guarded  # type: ignore[return-value]


def sign_in_page(
    *,
    coming_to: str,
    username: str = "",
    kept: str = "",
    faults: tuple[Fault, ...] = (),
    message: str | None = None,
    is_timed_out: bool = False,
    status: int = 200,
) -> Response:
    """Return the sign-in page.

    Args:
        coming_to: the page to go to afterwards.
        kept: a form's values that wait for the sign-in.
        faults: what is wrong, each with its field; pointer "" for the form as a whole.
        message: what has just happened, such as a sign-out.
    """
    if is_timed_out:
        message = gettext("Your session has ended. What you entered is kept: sign in, look at it, and send it again.")
        if not kept:
            message = gettext("Your session has ended. Sign in again; nothing was recorded.")
    page = render_template(
        "web/sign_in.html",
        coming_to=place_inside(coming_to),
        username=username,
        kept=kept,
        faults={fault.pointer: fault.detail for fault in faults},
        message=message,
        back=url_for("console.sign_in", next=place_inside(coming_to)),
    )
    return make_response(page, status)


def place_inside(path: str) -> str:
    """Return a path of the console, and the queue for anything else."""
    return path if _INSIDE.fullmatch(path) and "/console/sign-" not in path else url_for("console.queue")


def _this_page() -> str:
    query = request.query_string.decode("ascii", "ignore")
    return f"{request.path}?{query}" if query else request.path
