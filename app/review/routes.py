"""Cases over HTTP: the queue, one case, a decision."""

from typing import Any
from uuid import UUID

from flask import Flask

from app.foundation.data import MalformedId, clock, parse_public_id
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    add_operations,
    current_actor,
    idempotent,
    language,
    must_find,
    next_link,
    page_schema,
    requires,
    with_etag,
)
from app.identity import Role, open_work
from app.review import examples
from app.review.errors import (
    AlreadyDecided,
    AnswerForbidsApproval,
    AnswerUnknown,
    CaseNotFound,
    CaseTaken,
    CaseWithdrawn,
    NoAgencyThere,
    NoteMissing,
    NotTaken,
    OwnSubmission,
    QuestionOpen,
    ReasonMissing,
    ReasonUnknown,
    RoundOver,
    SameCounty,
    SecondPersonNeeded,
    StaysWithCity,
    SubmittersAgency,
    TakeOverReasonMissing,
)
from app.review.person_data import register_person_data
from app.review.queries import Case, QueueFilter
from app.review.reasons import reason_text
from app.review.schemas import (
    AssignmentSchema,
    CaseLineSchema,
    CaseSchema,
    DecidedSchema,
    ForwardSchema,
    NewDecisionSchema,
    QueueQuerySchema,
    SentOnSchema,
    TakeSchema,
)
from app.review.telling import register_telling
from app.review.usecases import assignment, decide, forwarding, reading
from app.review.usecases.assignment import Assignment
from app.review.usecases.decide import NewDecision
from app.review.usecases.forwarding import NewPlace, SentOn
from app.review.usecases.reading import CaseFile, CaseLine, MadeDecision

blp = Blueprint("reviews", __name__, description="Cases that verifiers decide: the queue, a case, a decision.")


def _case_id(text: str) -> UUID:
    try:
        return parse_public_id("cas", text)
    except MalformedId:
        raise CaseNotFound from None


def _to_decide(case_id: str) -> None:
    decide.require_decider(_case_id(case_id), verifier=current_actor())


@blp.get("/reviews")
@requires(Role.VERIFIER, Role.AUDITOR)
@blp.arguments(QueueQuerySchema, location="query")
@blp.response(200, page_schema(CaseLineSchema), example=examples.PAGE)
def list_reviews(asked: tuple[QueueFilter, PageQuery]) -> tuple[Page[CaseLine], dict[str, str]]:
    """List the cases of your agency and counties, due first; open ones unless another state is asked for."""
    narrowed, query = asked
    page = reading.list_queue(narrowed, query, viewer=current_actor())
    return page, next_link(page)


@blp.get("/reviews/<string:case_id>")
@requires(Role.VERIFIER, Role.AUDITOR)
@blp.response(200, CaseSchema, example=examples.CASE)
@blp.problems(CaseNotFound)
def read_review(case_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Read a case with its evidence, its doubts as questions, the nearest other record and what approval gives."""
    found = reading.get_case(_case_id(case_id), viewer=current_actor(), now=clock.now())
    return with_etag(_case_json(found), found.line.version)


@blp.post("/reviews/<string:case_id>/decisions")
@requires(Role.VERIFIER)
@must_find(_to_decide)
@idempotent
@blp.arguments(
    NewDecisionSchema,
    example={
        "verdict": "needs_more",
        "reason_code": "count_unclear",
        "note": "第 2 张看不清",
        "answers": {},
        "round": 1,
    },
)
@blp.response(200, DecidedSchema, example=examples.DECIDED)
@blp.problems(
    CaseNotFound,
    OwnSubmission,
    AlreadyDecided,
    CaseTaken,
    CaseWithdrawn,
    SecondPersonNeeded,
    RoundOver,
    ReasonMissing,
    ReasonUnknown,
    NoteMissing,
    QuestionOpen,
    AnswerUnknown,
    AnswerForbidsApproval,
)
def decide_review(new: NewDecision, case_id: str) -> Case:
    """Approve, ask for more, or reject. Above the threshold of points a second verifier has to approve too."""
    return decide.decide_case(_case_id(case_id), new, verifier=current_actor(), now=clock.now())


@blp.post("/reviews/<string:case_id>/take")
@requires(Role.VERIFIER)
@must_find(_to_decide)
@idempotent
@blp.arguments(TakeSchema, example={"reason": None})
@blp.response(200, AssignmentSchema, example=examples.TAKEN)
@blp.problems(CaseNotFound, OwnSubmission, AlreadyDecided, CaseWithdrawn, SecondPersonNeeded, CaseTaken)
@blp.problems(TakeOverReasonMissing)
def take_review(given: dict[str, Any], case_id: str) -> Assignment:
    """Take a case, so that nobody else works on it. After two days a colleague may take it over, with a reason."""
    return assignment.take_case(_case_id(case_id), reason=given["reason"], verifier=current_actor(), now=clock.now())


@blp.post("/reviews/<string:case_id>/release")
@requires(Role.VERIFIER)
@must_find(_to_decide)
@idempotent
@blp.response(200, AssignmentSchema, example=examples.RELEASED)
@blp.problems(CaseNotFound, OwnSubmission, NotTaken)
def release_review(case_id: str) -> Assignment:
    """Put a case that you have taken back into the queue."""
    return assignment.release_case(_case_id(case_id), verifier=current_actor())


@blp.post("/reviews/<string:case_id>/forward")
@requires(Role.VERIFIER)
@must_find(_to_decide)
@idempotent
@blp.arguments(ForwardSchema, example=examples.FORWARD)
@blp.response(200, SentOnSchema, example=examples.SENT_ON)
@blp.problems(CaseNotFound, OwnSubmission, AlreadyDecided, CaseWithdrawn, SecondPersonNeeded, CaseTaken)
@blp.problems(SameCounty, NoAgencyThere, StaysWithCity, SubmittersAgency)
def forward_review(place: NewPlace, case_id: str) -> SentOn:
    """Send a case to the agency of the same kind of the right county. If that had it before, it goes to the city's."""
    return forwarding.forward_case(_case_id(case_id), place, verifier=current_actor(), now=clock.now())


def _case_json(found: CaseFile) -> dict[str, Any]:
    line = {name: getattr(found.line, name) for name in CaseLine.__dataclass_fields__}
    reasons = [{"verdict": each.verdict, "code": each.code, "text": each.text(language())} for each in found.reasons]
    return {
        **line,
        "decided_at": found.decided_at,
        "agency": found.agency,
        "decisions": [_decision_json(each) for each in found.decisions],
        "reasons": reasons,
        "subject": found.dossier,
        "can_decide": found.can_decide,
        "moves": found.moves,
        "assisted": found.is_assisted,
    }


def _decision_json(made: MadeDecision) -> dict[str, Any]:
    return {
        "round": made.round,
        "verdict": made.verdict,
        "reason_code": made.reason_code,
        "reason_text": reason_text(made.verdict, made.reason_code, language()) if made.reason_code else None,
        "note": made.note,
        "verifier": made.verifier,
        "decided_at": made.decided_at,
        "deputy_for": made.deputy_for,
    }


def register(app: Flask) -> None:
    """Serve the room's operations."""
    add_operations(app, blp)
    open_work.register(app, assignment.WORK_KIND, assignment.WORK)
    register_person_data(app)
    register_telling(app)
