"""The caller's language: Chinese unless English is asked for."""

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, LazyString, force_locale

LANGUAGES = ("zh-CN", "en")
DEFAULT = LANGUAGES[0]
COOKIE = "lintan_language"


def language() -> str:
    """Return `zh-CN` or `en`: the cookie that a page sets, else Accept-Language, else Chinese."""
    if not has_request_context():
        return DEFAULT
    g.follows_language = True
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default=DEFAULT)
    return "en" if best == "en" else DEFAULT


def english(text: LazyString) -> str:
    """Return a text in English, whoever asks: for documents that have one language."""
    with force_locale("en"):
        return str(text)


def register_language(app: Flask) -> None:
    """Let texts follow the caller's language, and say so in the answers that hold any."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{app.root_path}/translations"
    Babel(app, default_locale="en", locale_selector=lambda: "zh" if language() == DEFAULT else "en")

    @app.after_request
    def say_language(answer: Response) -> Response:
        # An answer given again has the language of the first (idempotency.py).
        if g.get("follows_language") or "Content-Language" in answer.headers:
            answer.headers.setdefault("Content-Language", language())
            answer.vary.update(("Accept-Language", "Cookie"))
        return answer
