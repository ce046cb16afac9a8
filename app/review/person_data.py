"""What review keeps of people: that something of theirs was looked at, and what was said about it in words."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity import Erasure, Held, Kept, Law, PersonData, Progress, copies, delete_some, person_data
from app.review.models import ReviewCase, ReviewDecision, ReviewMove, ReviewMoveNote, ReviewNote


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    mine = select(ReviewCase.id).where(ReviewCase.submitter_id == person_id)
    decisions = select(ReviewDecision.id).where(ReviewDecision.case_id.in_(mine))
    ids = {"case_id": "cas", "submitter_id": "per", "agency_id": "agy"}
    return {
        "cases": copies(session, ReviewCase, ReviewCase.submitter_id == person_id, {"id": "cas", **ids}),
        # By the office, not by a name: who decided is the agency's.
        "decisions": copies(
            session, ReviewDecision, ReviewDecision.case_id.in_(mine), ids, but=("verifier_id", "note_marker")
        ),
        "decision_notes": copies(session, ReviewNote, ReviewNote.decision_id.in_(decisions)),
        "forwarding_notes": copies(
            session,
            ReviewMoveNote,
            ReviewMoveNote.move_id.in_(select(ReviewMove.id).where(ReviewMove.case_id.in_(mine))),
        ),
    }


def _erase(session: Session, erasure: Erasure) -> Progress:
    mine = select(ReviewCase.id).where(ReviewCase.submitter_id == erasure.person_id)
    decisions = select(ReviewDecision.id).where(ReviewDecision.case_id.in_(mine))
    moves = select(ReviewMove.id).where(ReviewMove.case_id.in_(mine))
    deleted = delete_some(session, ReviewNote, ReviewNote.decision_id.in_(decisions), limit=erasure.limit)
    if deleted < erasure.limit:
        left = erasure.limit - deleted
        deleted += delete_some(session, ReviewMoveNote, ReviewMoveNote.move_id.in_(moves), limit=left)
    return Progress(deleted < erasure.limit, (Kept("decisions", None, Law.ANONYMOUS),))


PERSON_DATA = PersonData(
    held=(
        Held(
            "review_case",
            "that a report was looked at, where and with which outcome",
            "decisions on record",
            "for ever; after an erasure the submitter's id leads to nobody",
        ),
        Held("review_decision", "verdict, reason and answers, by code", "as above", "as above"),
        Held("review_decision_note", "what the verifier wrote", "telling why", "with the account of who reported"),
        Held("review_move_note", "why a case was sent on", "telling why", "with the account of who reported"),
    ),
    export=_export,
    erase=_erase,
    not_personal={
        "review_flag": "what drew attention to a case, by code",
        "review_assignment": "which member of staff has a case",
        "review_move": "that a case came to the wrong office, by staff",
    },
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "review", PERSON_DATA)
