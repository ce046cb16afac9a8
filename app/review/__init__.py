"""Review: cases in which a verifier of the right agency and county decides whether what a resident reports holds.

The decision belongs to this room, its consequence to the room of the subject, which registers with the hook `subjects`.
"""

from app.review.errors import AlreadyDecided, CaseClosed, CaseNotFound, CaseNotWaiting
from app.review.queries import Case, GivenReason, Move, QueueFilter, moves_of
from app.review.reasons import Reason, reason_text, reasons_for
from app.review.routes import register
from app.review.rules import CaseState, Option, Question, Verdict
from app.review.subjects import (
    Comparison,
    Decision,
    Dossier,
    Fact,
    Forwarded,
    Nearest,
    PastRecord,
    Photo,
    PointsLine,
    PointsPreview,
    ReviewSubject,
    Summary,
    subjects,
)
from app.review.usecases.cases import case_of, cases_of, lock_case, open_case, resubmit, withdraw_case
from app.review.usecases.decide import NewDecision, decide_case
from app.review.usecases.reading import (
    COUNTED_AT_MOST,
    CaseFile,
    CaseLine,
    MadeDecision,
    count_queue,
    get_case,
    get_case_line,
    list_queue,
    next_in_queue,
)

__all__ = [
    "COUNTED_AT_MOST",
    "AlreadyDecided",
    "Case",
    "CaseClosed",
    "CaseFile",
    "CaseLine",
    "CaseNotFound",
    "CaseNotWaiting",
    "CaseState",
    "Comparison",
    "Decision",
    "Dossier",
    "Fact",
    "Forwarded",
    "GivenReason",
    "MadeDecision",
    "Move",
    "Nearest",
    "NewDecision",
    "Option",
    "PastRecord",
    "Photo",
    "PointsLine",
    "PointsPreview",
    "Question",
    "QueueFilter",
    "Reason",
    "ReviewSubject",
    "Summary",
    "Verdict",
    "case_of",
    "cases_of",
    "count_queue",
    "decide_case",
    "get_case",
    "get_case_line",
    "list_queue",
    "lock_case",
    "moves_of",
    "next_in_queue",
    "open_case",
    "reason_text",
    "reasons_for",
    "register",
    "resubmit",
    "subjects",
    "withdraw_case",
]
