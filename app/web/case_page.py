"""The page of one case: the evidence in the order of judging, and a panel with what must be decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext

from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import current_actor, language
from app.places import cell_outline
from app.review import (
    CaseFile,
    CaseLine,
    CaseNotFound,
    CaseState,
    Dossier,
    Reason,
    Verdict,
    get_case,
    get_case_line,
    next_in_queue,
    reason_text,
)
from app.web import rules, words
from app.web.forms import DecisionForm
from app.web.frame import console_page, narrowed_by_query
from app.web.rules import CellMap, NumberedQuestion

WITH_REASON = (Verdict.NEEDS_MORE, Verdict.REJECT)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One line of the error summary, and the anchor of what it is about."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class LostRace:
    """Who has decided in the meantime, when and what."""

    who: str | None
    at: datetime
    what: str


def case_id_from(text: str) -> UUID:
    """Return the id in an address.

    Raises:
        CaseNotFound: it is none.
    """
    try:
        return parse_public_id("cas", text)
    except MalformedId:
        raise CaseNotFound from None


def case_page(
    case_id: UUID,
    *,
    form: DecisionForm | None = None,
    problem: Mapping[str, Any] | None = None,
    message: str | None = None,
    status: int = 200,
) -> Response:
    """Return the page of a case.

    Args:
        form: what was filled in before.
        problem: why a decision was not taken, as problem details.
        message: what has just happened.

    Raises:
        CaseNotFound: no such case, or of another agency or county.
    """
    actor, now = current_actor(), clock.now()
    file = get_case(case_id, viewer=actor, now=now)
    narrowed, members = narrowed_by_query()
    following = next_in_queue(narrowed, after=file.line, viewer=actor)
    questions = rules.number_questions(file.dossier.questions)
    filled = form or DecisionForm()
    troubles = _troubles(problem, questions, filled)
    number = public_id("cas", case_id)
    return console_page(
        "web/case.html",
        status=status,
        file=file,
        line=file.line,
        dossier=file.dossier,
        number=number,
        action=url_for("console.case", case_id=number, **members),
        queue_href=url_for("console.queue", **members),
        next_href=_case_href(following, members) if following is not None else None,
        kind=words.kind_name(file.line.subject_kind),
        county=words.county_name(file.line.county),
        state=words.state_tag(file.line.state),
        is_overdue=file.line.state is CaseState.OPEN and file.line.due_at < now,
        questions=questions,
        reasons=_reasons(file.reasons),
        decisions=_decisions(file),
        comparisons=_comparisons(file.dossier),
        photo_shown=_photo_shown(file.dossier),
        map=_map_of(file.dossier),
        form=filled,
        troubles=troubles,
        fault_at={trouble.anchor: trouble.text for trouble in troubles},
        lost=_lost_race(problem),
        message=message or done_message(),
        second_follows=_second_follows(file),
    )


def after_decision(line: CaseLine) -> str:
    """Return where a clerk goes after deciding a case: to the next one, which tells what was done."""
    narrowed, members = narrowed_by_query()
    following = next_in_queue(narrowed, after=line, viewer=current_actor())
    done: dict[str, Any] = {**members, "done": public_id("cas", line.id)}
    return url_for("console.queue", **done) if following is None else _case_href(following, done)


def done_message() -> str | None:
    """Return what the address says was just decided, as it now stands in the record."""
    try:
        line = get_case_line(case_id_from(request.args.get("done", "")), viewer=current_actor())
    except CaseNotFound:
        return None
    what = gettext("%(who)s, %(title)s", who=line.submitter, title=line.title)
    return {
        CaseState.APPROVED: gettext("Recorded as approved: %(what)s.", what=what),
        CaseState.NEEDS_MORE: gettext("Asked for more evidence: %(what)s.", what=what),
        CaseState.REJECTED: gettext("Recorded as not approved: %(what)s.", what=what),
        CaseState.OPEN: gettext("Your approval is recorded; a second person has to decide too: %(what)s.", what=what),
        CaseState.WITHDRAWN: None,
    }[line.state]


def _case_href(case_id: UUID, members: Mapping[str, Any]) -> str:
    return url_for("console.case", case_id=public_id("cas", case_id), **members)


def _second_follows(file: CaseFile) -> bool:
    """Return whether an approval now would leave the case open for a second person."""
    in_round = any(decision.round == file.line.round for decision in file.decisions)
    return file.dossier.points.needs_second_verifier and not in_round


def _reasons(offered: tuple[Reason, ...]) -> dict[str, list[tuple[str, str]]]:
    return {
        str(verdict): [(each.code, each.text(language())) for each in offered if each.verdict is verdict]
        for verdict in WITH_REASON
    }


def _decisions(file: CaseFile) -> list[dict[str, Any]]:
    """Return what was decided before, newest first."""
    return [
        {
            "at": made.decided_at,
            "who": made.verifier or gettext("a colleague"),
            "what": words.verdict_text(made.verdict),
            "why": reason_text(made.verdict, made.reason_code, language()) if made.reason_code else None,
            "note": made.note,
            "round": made.round,
        }
        for made in reversed(file.decisions)
    ]


def _comparisons(dossier: Dossier) -> list[dict[str, Any]]:
    place_of = {photo.file_id: place for place, photo in enumerate(dossier.photos, 1)}
    return [
        {
            "label": each.label,
            "photo_number": place_of.get(each.file_id) if len(dossier.photos) > 1 else None,
            "declared": each.declared,
            "photo": each.photo,
            "tag": words.agreement_tag(each.agreement),
        }
        for each in dossier.comparisons
    ]


def _photo_shown(dossier: Dossier) -> int:
    """Return which photo stands first in the pair, counted from 1."""
    asked = request.args.get("photo", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1
    return number if 1 <= number <= len(dossier.photos) else 1


def _map_of(dossier: Dossier) -> CellMap:
    taken = [photo.position for photo in dossier.photos if photo.position is not None]
    nearest_m = dossier.nearest.distance_m if dossier.nearest is not None else None
    return rules.cell_map(dossier.position, cell_outline(dossier.cell), taken, nearest_m=nearest_m)


def _lost_race(problem: Mapping[str, Any] | None) -> LostRace | None:
    if problem is None or problem["code"] != "review.already_decided":
        return None
    at = datetime.fromisoformat(problem["decided_at"])
    return LostRace(problem["decided_by"], at, words.verdict_text(Verdict(problem["verdict"])))


def _troubles(
    problem: Mapping[str, Any] | None, questions: tuple[NumberedQuestion, ...], form: DecisionForm
) -> list[Trouble]:
    """Return the lines of the error summary: each says what to do and leads there."""
    if problem is None or problem["code"] == "review.already_decided":
        return []
    said = _OWN_WORDS.get(problem["code"])
    text = said() if said is not None else problem["title"]
    pointers = [fault["pointer"] for fault in problem.get("errors", [])]
    anchors = [_anchor(pointer, questions, form.verdict) for pointer in pointers] or ["decide"]
    if pointers == ["/note"] and problem["code"] == "web.form_invalid":
        text = gettext("Shorten the note to 500 characters.")
    return [Trouble(text, anchor) for anchor in dict.fromkeys(anchors)]


def _anchor(pointer: str, questions: tuple[NumberedQuestion, ...], verdict: str) -> str:
    if pointer.startswith("/answers/"):
        name = pointer.removeprefix("/answers/").replace("~1", "/").replace("~0", "~")
        return next((each.anchor for each in questions if each.id == name), "decide")
    if verdict in WITH_REASON:
        return {"/reason_code": f"reason-{verdict}", "/note": f"note-{verdict}"}.get(pointer, "decide")
    return "decide"


# Where the sentence of the API speaks of keys and members, a clerk reads this.
_OWN_WORDS = {
    "idempotency.key_reused": lambda: gettext(
        "This form was sent before with other values. Look at it and send it again."
    ),
    "idempotency.in_progress": lambda: gettext(
        "The first sending is still being recorded. Wait a second and send it again."
    ),
    "idempotency.key_missing": lambda: gettext("This form cannot be read. Look at it and send it again."),
}
