"""Signing in to the console, and out again."""

import re

from flask import Response, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.data import clock
from app.foundation.http import DomainError, Fault, authenticate, caller_address, current_actor, limited
from app.identity import Credentials, CredentialsRefused, SignInDelayed, sign_in_staff, sign_out
from app.web import forms, sessions
from app.web.blueprints import console
from app.web.case_page import case_id_from, case_page
from app.web.entrance import for_staff, place_inside, sign_in_page
from app.web.errors import FormStale
from app.web.frame import first_desk

_USERNAME_MAX, _PASSWORD_MAX = 40, 200
_CODE = re.compile(r"[0-9]{6}")
_CASE = re.compile(r"/console/cases/(cas_[0-9a-z]{26})(\?.*)?")


@console.get("/sign-in")
def sign_in() -> Response:
    """Show the form."""
    said = gettext("You are signed out.") if "bye" in request.args else None
    return sign_in_page(coming_to=request.args.get("next", ""), message=said)


@console.post("/sign-in")
@limited("60 per minute")  # As for the API: each try costs the processor an argon2 hash.
def enter() -> AnyResponse:
    """Sign in, and go where the way led. What was typed before comes back filled in, and nothing of it is sent."""
    coming_to, kept = place_inside(request.form.get("next", "")), request.form.get("kept", "")
    username = request.form.get("username", "").strip()[:_USERNAME_MAX]

    def again(*faults: Fault, status: int) -> Response:
        return sign_in_page(coming_to=coming_to, username=username, kept=kept, faults=faults, status=status)

    if not forms.is_genuine():
        return again(Fault("", FormStale.code, str(FormStale.title)), status=FormStale.status)
    password = request.form.get("password", "")
    totp = request.form.get("totp", "").replace(" ", "")
    if faults := _faults(username, password, totp):
        return again(*faults, status=422)
    try:
        credentials = Credentials(username=username, password=password, totp=totp)
        signed_in = sign_in_staff(credentials, address=caller_address(), now=clock.now())
    except CredentialsRefused as error:
        return again(Fault("", error.code, str(error.title)), status=error.status)
    except SignInDelayed as error:
        return _told_to_wait(again(Fault("", error.code, _wait_text(error)), status=error.status), error)
    sessions.keep(signed_in)
    case = _CASE.fullmatch(coming_to)
    g.actor = authenticate.handler("bearer")(signed_in.access_token)
    if kept and case:
        return _filled_in_again(case[1], kept)
    return redirect(first_desk(g.actor) if coming_to == url_for("console.queue") else coming_to, 303)


@console.post("/sign-out")
@for_staff
def leave() -> AnyResponse:
    """End the session."""
    if not forms.is_genuine():
        raise FormStale
    sign_out(current_actor(), now=clock.now())
    sessions.forget()
    return redirect(url_for("console.sign_in", bye="1"), 303)


def _faults(username: str, password: str, totp: str) -> list[Fault]:
    """Return what is missing, before anything is counted as a failed try."""
    faults = []
    if not username or "\x00" in username:
        faults.append(Fault("username", "missing", gettext("Enter your user name.")))
    if not 0 < len(password) <= _PASSWORD_MAX or "\x00" in password:
        faults.append(Fault("password", "missing", gettext("Enter your password.")))
    if not _CODE.fullmatch(totp):
        faults.append(Fault("totp", "bad_pattern", gettext("Enter the six digits that your authenticator shows now.")))
    return faults


def _wait_text(error: DomainError) -> str:
    return gettext("Too many failed tries. Wait %(seconds)s seconds before the next one.", seconds=error.retry_after_s)


def _told_to_wait(page: Response, error: DomainError) -> Response:
    page.headers["Retry-After"] = str(error.retry_after_s)
    return page


def _filled_in_again(case: str, kept: str) -> Response:
    message = gettext("You are signed in again. What you entered stands below and has not been sent yet.")
    return case_page(case_id_from(case), form=forms.decision_from_kept(kept), message=message)
