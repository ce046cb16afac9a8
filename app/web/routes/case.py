"""One case: look at it, decide it."""

from uuid import UUID

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.data import clock
from app.foundation.http import DomainError, RoleMissing, current_actor, idempotent, problem_of
from app.identity import Role
from app.review import decide_case, get_case_line
from app.web import forms
from app.web.blueprints import console
from app.web.case_page import after_decision, case_id_from, case_page
from app.web.entrance import for_staff
from app.web.errors import FormStale
from app.web.forms import DecisionForm
from app.web.frame import WHO_REVIEWS

_SEE_OTHER = 303


@console.get("/cases/<string:case_id>")
@for_staff
def case(case_id: str) -> Response:
    """Show a case with its evidence, its doubts and what approval gives."""
    if current_actor().roles.isdisjoint(WHO_REVIEWS):
        raise RoleMissing
    return case_page(case_id_from(case_id))


@console.post("/cases/<string:case_id>")
@for_staff
def decide(case_id: str) -> AnyResponse:
    """Decide, and go on to the next case; what is refused comes back with everything that was filled in."""
    if Role.VERIFIER not in current_actor().roles:
        raise RoleMissing
    parsed, form = case_id_from(case_id), forms.decision_from(forms.sent_fields())
    try:
        if not forms.is_genuine():
            raise FormStale
        answer: AnyResponse = _decided(parsed, form)
    except DomainError as error:
        answer = problem_of(error)
    if answer.status_code == _SEE_OTHER:
        return answer
    page = case_page(parsed, form=form, problem=answer.get_json(), status=answer.status_code)
    if "Retry-After" in answer.headers:
        page.headers["Retry-After"] = answer.headers["Retry-After"]
    return page


@idempotent(key=forms.sent_key, fingerprint=forms.fingerprint)
def _decided(case_id: UUID, form: DecisionForm) -> AnyResponse:
    """Decide once for each form that was shown, however often its button is pressed."""
    new, verifier = form.as_decision(), current_actor()
    line = get_case_line(case_id, viewer=verifier)
    decide_case(case_id, new, verifier=verifier, now=clock.now())
    return redirect(after_decision(line), _SEE_OTHER)
