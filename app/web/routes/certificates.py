"""The look-up of a certificate and its page, which strangers reach by a QR code."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app.certificates import Visibility, forgiven_number, page_of
from app.foundation.data import clock, reading
from app.foundation.http import limited
from app.web.blueprints import front
from app.web.certificate import certificate_context, files_of, unknown_context

_TYPED_LENGTH_MAX = 60
# A number has 80 random bits: nobody finds one by trying. The limit keeps those who do from being a load.
_TRIES = "60 per minute"


@front.get("/v")
@limited(_TRIES)
def look_up() -> AnyResponse:
    """Go to the certificate whose number somebody typed, however they spaced it."""
    if "number" not in request.args:
        return redirect(f"{url_for('front.home')}#verify", 303)
    typed = request.args["number"].strip()[:_TYPED_LENGTH_MAX]
    number = forgiven_number(typed)
    if number is None:
        return _unknown(typed, _fault_of(typed))
    return redirect(url_for("front.certificate", number=number), 303)


@front.get("/v/<string:number>")
@front.get("/V/<string:number>", endpoint="certificate_scanned")  # In capitals a QR code is smaller.
@limited(_TRIES)
def certificate(number: str) -> AnyResponse:
    """Show a certificate: its verdict first, checked a moment ago."""
    canonical = forgiven_number(number)
    if canonical is None:
        return _unknown(number[:_TYPED_LENGTH_MAX], _fault_of(number))
    if canonical != number:
        return redirect(url_for("front.certificate", number=canonical), 303)
    with reading() as session:
        page = page_of(session, number, clock.now())
        files = files_of(session, page) if page is not None else []
    if page is None:
        return _unknown(number, None)
    is_listed = page.visibility is Visibility.LISTED and not page.is_personal
    answer = make_response(
        render_template("web/certificate.html", is_listed=is_listed, **certificate_context(page, files))
    )
    return answer if is_listed else _kept_apart(answer)


def _unknown(typed: str, fault: str | None) -> Response:
    page = render_template("web/certificate_unknown.html", typed=typed, fault=fault, **unknown_context())
    return _kept_apart(make_response(page, 404))


def _fault_of(typed: str) -> str:
    if not typed:
        return gettext("Enter the number of the certificate.")
    return gettext("This is no number of a certificate: it has three letters, such as LSR, and 16 digits or letters.")


def _kept_apart(answer: Response) -> Response:
    """Keep a page out of search engines; that it is not stored and tells no other site, all pages have."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
