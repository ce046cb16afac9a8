"""What a form of the console does: once for each form that was shown, and shown again with what is wrong."""

from collections.abc import Callable
from typing import Any

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.http import DomainError, idempotent, problem_of
from app.web import forms
from app.web.errors import FormStale

_SEE_OTHER = 303
Again = Callable[[dict[str, Any], int], Response]


def act(effect: Callable[[], str], *, again: Again) -> AnyResponse:
    """Do what a form asks and go where `effect` says; a refusal shows the page again, with every field as it was.

    Args:
        effect: one use case; returns the path to go on to.
        again: gets the problem and its status, and returns the page.
    """
    try:
        if not forms.is_genuine():
            raise FormStale
        answer: AnyResponse = _once(effect)
    except DomainError as error:
        answer = problem_of(error)
    if answer.status_code == _SEE_OTHER:
        return answer
    page = again(answer.get_json(), answer.status_code)
    if "Retry-After" in answer.headers:
        page.headers["Retry-After"] = answer.headers["Retry-After"]
    return page


def _go(effect: Callable[[], str]) -> AnyResponse:
    return redirect(effect(), _SEE_OTHER)


_once: Callable[[Callable[[], str]], AnyResponse] = idempotent(key=forms.sent_key, fingerprint=forms.fingerprint)(_go)


def seen_version(sent: dict[str, str]) -> Callable[[int], bool]:
    """Return the test whether a version is the one that the form was shown with."""
    shown = sent.get("version", "")
    return lambda version: shown == str(version)


def troubles_of(problem: dict[str, Any] | None, anchors: dict[str, str]) -> list[dict[str, str]]:
    """Return the lines of the error summary.

    Args:
        anchors: the id of the field for each pointer of a fault, and under "" the place for what is wrong with the whole.
    """
    if problem is None:
        return []
    faults = problem.get("errors") or [{"pointer": "", "detail": problem.get("detail") or problem["title"]}]
    return [{"anchor": anchors.get(each["pointer"], anchors[""]), "text": each["detail"]} for each in faults]
