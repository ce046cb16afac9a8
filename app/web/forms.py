"""Forms of the console: the token that proves where a form came from, its key, and what was typed into it.

The token is a MAC over a random value in the browser's own cookie and the session. Another site can neither read the
cookie nor have it sent (SameSite=Strict); another session's form does not fit.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from flask import Response, g, request

from app.foundation.data import derived_key
from app.foundation.http import Fault, actor_or_none, is_plain
from app.review import NewDecision, Verdict
from app.web.errors import FormInvalid
from app.web.sessions import PATH, is_https

FORM_COOKIE = "lintan_form"
TOKEN_FIELD, KEY_FIELD = "token", "key"
NOTE_LENGTH_MAX = 500
KEPT_LENGTH_MAX = 8_000
ANSWERS_MAX = 20
_ROUND_MAX = 1_000
_ANSWER = "answer."


def form_token() -> str:
    """Return the token for a form of this browser in this session."""
    return _token_for(_browser_value())


def is_genuine() -> bool:
    """Return whether the form that was sent carries the token of this browser and session."""
    value = request.cookies.get(FORM_COOKIE)
    given = request.form.get(TOKEN_FIELD, "")
    return value is not None and hmac.compare_digest(given.encode(), _token_for(value).encode())


def is_from_our_page() -> bool:
    """Return whether the form came from a page of ours, whoever is signed in: another site's form brings no cookie."""
    return FORM_COOKIE in request.cookies


def new_key() -> str:
    """Return a fresh Idempotency-Key for a form."""
    return secrets.token_urlsafe(18)


def sent_key() -> str | None:
    """Return the key that the form was given when it was shown."""
    return request.form.get(KEY_FIELD)


def sent_fields() -> dict[str, str]:
    """Return the fields that were sent; of a name that stands twice, the first."""
    return request.form.to_dict()


def sent_values(name: str) -> list[str]:
    """Return every value that was sent under a name: what was ticked."""
    return request.form.getlist(name)


def fingerprint() -> str:
    """Return what tells one filled-in form from another; the token may change in between."""
    filled = sorted((name, value) for name, value in request.form.items(multi=True) if name != TOKEN_FIELD)
    return hashlib.sha256(urlencode(filled).encode()).hexdigest()


def kept_text() -> str:
    """Return what was typed, to be carried through a sign-in; empty when it is too much to carry."""
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in {TOKEN_FIELD, KEY_FIELD}]
    text = urlencode(carried)
    return text if len(text) <= KEPT_LENGTH_MAX else ""


def write_cookie(answer: Response) -> Response:
    """Give the browser its random value with the first form."""
    if "form_value" in g:
        answer.set_cookie(FORM_COOKIE, g.form_value, path=PATH, secure=is_https(), httponly=True, samesite="Strict")
    return answer


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """The decision form as it stands in the page: every field is text, whatever was chosen."""

    verdict: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)  # By verdict.
    notes: Mapping[str, str] = field(default_factory=dict)  # By verdict.
    answers: Mapping[str, str] = field(default_factory=dict)  # By question.
    round: str = ""

    def as_decision(self) -> NewDecision:
        """Return what is to be decided.

        Raises:
            FormInvalid: a field holds what the page does not offer, or the note is too long.
        """
        if self.verdict not in set(Verdict) or len(self.answers) > ANSWERS_MAX or not _is_count(self.round):
            raise FormInvalid
        verdict = Verdict(self.verdict)
        note = "" if verdict is Verdict.APPROVE else self.notes.get(verdict, "").strip()
        if len(note) > NOTE_LENGTH_MAX:
            raise FormInvalid(faults=(Fault("/note", "bad_length", ""),))
        reason = None if verdict is Verdict.APPROVE else self.reasons.get(verdict) or None
        chosen = (reason or "", *self.answers, *self.answers.values())
        if not is_plain(note, lines=True) or not all(is_plain(text) for text in chosen):
            raise FormInvalid
        return NewDecision(
            verdict=verdict, reason_code=reason, note=note or None, answers=self.answers, round=int(self.round)
        )


def decision_from(filled: Mapping[str, str]) -> DecisionForm:
    """Return the decision form out of the fields that were sent."""
    kinds = (Verdict.NEEDS_MORE, Verdict.REJECT)
    return DecisionForm(
        verdict=filled.get("verdict", ""),
        reasons={kind: filled.get(f"reason.{kind}", "") for kind in kinds},
        notes={kind: filled.get(f"note.{kind}", "").replace("\r\n", "\n") for kind in kinds},
        answers={name.removeprefix(_ANSWER): value for name, value in filled.items() if name.startswith(_ANSWER)},
        round=filled.get("round", ""),
    )


def decision_from_kept(text: str) -> DecisionForm:
    """Return the decision form that was carried through a sign-in."""
    return decision_from(dict(parse_qsl(text[:KEPT_LENGTH_MAX], keep_blank_values=True)))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= _ROUND_MAX


def _browser_value() -> str:
    value = request.cookies.get(FORM_COOKIE) or g.get("form_value")
    if value is None:
        value = g.form_value = secrets.token_urlsafe(32)
    return str(value)


def _token_for(value: str) -> str:
    actor = actor_or_none()
    session = str(actor.session_id) if actor is not None else ""
    return hmac.new(derived_key("web.form"), f"{value}\n{session}".encode(), hashlib.sha256).hexdigest()
