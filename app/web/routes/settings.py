"""How the console behaves for this clerk at this browser: single keys, and the seconds in which a decision can be taken back."""

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app.web import forms
from app.web.blueprints import console
from app.web.entrance import for_staff, place_inside
from app.web.errors import FormStale
from app.web.pages import KEYS_COOKIE, WAIT_COOKIE, WAITS_S
from app.web.sessions import PATH, is_https

_YEAR_S = 31_536_000


@console.post("/settings")
@for_staff
def settings() -> AnyResponse:
    """Keep the settings and go back to the page."""
    if not forms.is_genuine():
        raise FormStale
    answer = redirect(place_inside(request.form.get("back", "")), 303)
    chosen = {KEYS_COOKIE: request.form.get("keys", ""), WAIT_COOKIE: request.form.get("wait", "")}
    allowed = {KEYS_COOKIE: {"on", "off"}, WAIT_COOKIE: {str(each) for each in WAITS_S}}
    for name, value in chosen.items():
        if value in allowed[name]:
            answer.set_cookie(
                name, value, path=PATH, max_age=_YEAR_S, secure=is_https(), httponly=True, samesite="Strict"
            )
    return answer
