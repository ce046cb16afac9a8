"""Pages for everybody: the city at a glance, the documentation of the API, the switch of languages."""

import re

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.credits import register_figures
from app.foundation.data import reading
from app.foundation.http import LANGUAGES
from app.transparency import log_state
from app.web.bars import bar_of, shares_of
from app.web.blueprints import front
from app.web.sessions import is_https

LANGUAGE_COOKIE = "lintan_language"
_YEAR_S = 31_536_000
# One of our own paths: a second slash or a backslash would lead to another host.
_OWN_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9_./?&=%+-]*")


@front.get("/")
def home() -> str:
    """Show where every issued kilogram is, and how anybody can check that."""
    with reading() as session:
        figures, log = register_figures(session), log_state(session)
    if figures is None or figures.issued_kg == 0:
        return render_template("web/front.html", figures=figures, log=log)
    parts = [figures.retired_kg, figures.held_kg, figures.buffer_kg]
    return render_template("web/front.html", figures=figures, log=log, bar=bar_of(parts), shares=shares_of(parts))


@front.get("/docs")
def docs() -> Response:
    """Show the document of the API, readable and to be tried."""
    return make_response(render_template("web/docs.html"))


@front.get("/language/<string:code>")
def choose_language(code: str) -> AnyResponse:
    """Remember a language and go back to the page that was read."""
    if code not in LANGUAGES:
        abort(404)
    back = request.args.get("back", "")
    answer = redirect(back if _OWN_PATH.fullmatch(back) else url_for("front.home"), 303)
    answer.set_cookie(LANGUAGE_COOKIE, code, max_age=_YEAR_S, secure=is_https(), httponly=True, samesite="Lax")
    return answer
