"""Decide about a case: one decision for each verifier and round, and a second person where the subject asks for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id, reading, transaction
from app.foundation.http import Fault, instant_json
from app.foundation.proof import Actor, logger, record
from app.identity import Role, count_as_one, has_assisted, staff_by_ids
from app.review import queries
from app.review.errors import (
    AlreadyDecided,
    AnswerForbidsApproval,
    AnswerUnknown,
    CaseNotFound,
    CaseWithdrawn,
    NoteMissing,
    OwnSubmission,
    QuestionOpen,
    ReasonMissing,
    ReasonUnknown,
    RoundOver,
    SecondPersonNeeded,
)
from app.review.models import ReviewCase, ReviewDecision, ReviewNote
from app.review.queries import Case
from app.review.reasons import find_reason
from app.review.rules import OTHER, CaseState, Question, Verdict, answer_faults, state_after
from app.review.subjects import Decision, subjects
from app.review.telling import tell_decided
from app.review.usecases.taken import require_not_anothers

# The flag of a case that one person has approved and another must look at.
SECOND_VERIFIER = "second_verifier"

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What a verifier sends. `round` is the round they saw; without it the present one is meant."""

    verdict: Verdict
    reason_code: str | None = None
    note: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    round: int | None = None


def require_decider(case_id: UUID, *, verifier: Actor) -> None:
    """Refuse who could never decide about a case, whatever they send.

    Raises:
        CaseNotFound, OwnSubmission: as for a decision.
    """
    with reading() as session:
        check_decider(session, queries.find_case(session, case_id), verifier, clock.now())


def decide_case(case_id: UUID, new: NewDecision, *, verifier: Actor, now: datetime) -> Case:
    """Write a verifier's decision and, when it ends the round, tell the subject's room in the same transaction.

    Raises:
        CaseNotFound: no such case, or of another agency or county.
        OwnSubmission: the verifier submitted it, or has entered it for its resident.
        AlreadyDecided, CaseWithdrawn, RoundOver, SecondPersonNeeded: the case is not this person's to decide any more.
        CaseTaken: a colleague has taken it.
        ReasonMissing, ReasonUnknown, NoteMissing: a refusal must say why.
        QuestionOpen, AnswerUnknown, AnswerForbidsApproval: the doubts are not settled.
    """
    with transaction() as session:
        row = check_decider(session, queries.lock_case_row(session, case_id), verifier, now)
        decisions = queries.list_decisions(session, [row.id])[row.id]
        in_round = [each for each in decisions if each.round == row.round]
        require_undecided(session, row, in_round, verifier, new.round, now)
        require_not_anothers(session, row.id, verifier.id)
        _require_reason(row.subject_kind, new)
        subject = subjects.handler(row.subject_kind)
        _require_answers(subject.questions(session, row.subject_id), new)

        is_approval = new.verdict is Verdict.APPROVE
        needs_second = is_approval and subject.second_verifier_needed(session, row.subject_id)
        before = {"state": row.state, "round": row.round}
        decision = _decision_row(row, new, verifier, now)
        session.add(decision)
        row.state = state_after(new.verdict, approvals_before=len(in_round), needs_second=needs_second)
        row.decided_at = None if row.state is CaseState.OPEN else now
        row.version += 1
        session.flush()
        queries.end_assignment(session, row.id)
        if row.state is CaseState.OPEN:
            queries.add_flag(session, row.id, SECOND_VERIFIER)
        else:
            subject.decided(session, _told(row, decision, verifier))
            tell_decided(session, row, decision, now)
        record(
            session,
            action="review.decision_made",
            object_kind="review.case",
            object_id=row.id,
            actor=verifier,
            before=before,
            after={"state": row.state, "verdict": new.verdict, "reason_code": new.reason_code, "round": row.round},
        )
        after_commit(log.info, "review.decision.made", case_id=str(row.id), verdict=new.verdict, state=row.state)
    return queries.case_from(row, [*decisions, decision])


def check_decider(session: Session, row: ReviewCase | None, verifier: Actor, now: datetime) -> ReviewCase:
    """Return a case that somebody may decide.

    Raises:
        CaseNotFound, OwnSubmission: it is not theirs to decide.
    """
    if row is None or not verifier.may(Role.VERIFIER, agency_id=row.agency_id, county=row.county):
        raise CaseNotFound
    if is_of_their_own(session, row, verifier.id, now):
        raise OwnSubmission
    return row


def is_of_their_own(session: Session, row: ReviewCase, staff_id: UUID, now: datetime) -> bool:
    """Return whether somebody submitted a case or has entered its subject, or counts as one with who did: a deputy, say."""
    if count_as_one(session, row.submitter_id, staff_id, row.opened_at, now):
        return True
    return has_assisted(session, staff_id, row.subject_kind, row.subject_id, now)


def require_undecided(
    session: Session,
    row: ReviewCase,
    in_round: Sequence[ReviewDecision],
    verifier: Actor,
    round_seen: int | None,
    now: datetime,
) -> None:
    """Refuse a case whose round this person cannot decide any more, or that they have seen in an earlier round.

    Raises:
        CaseWithdrawn, AlreadyDecided, RoundOver, SecondPersonNeeded: says why.
    """
    if row.state is CaseState.WITHDRAWN:
        raise CaseWithdrawn
    if row.state is not CaseState.OPEN:
        raise _already_decided(session, row, in_round[-1])
    if round_seen is not None and round_seen != row.round:
        raise RoundOver(round=row.round)
    if has_decided(session, in_round, verifier.id, now):
        raise SecondPersonNeeded


def has_decided(session: Session, in_round: Sequence[ReviewDecision], staff_id: UUID, now: datetime) -> bool:
    """Return whether somebody has decided in this round, or one with whom they count as one: a deputy is no second person."""
    return any(count_as_one(session, each.verifier_id, staff_id, each.decided_at, now) for each in in_round)


def _already_decided(session: Session, row: ReviewCase, last: ReviewDecision) -> AlreadyDecided:
    staff = staff_by_ids(session, [last.verifier_id]).get(last.verifier_id)
    return AlreadyDecided(
        decided_by=staff.display_name if staff is not None else None,
        decided_at=instant_json(last.decided_at),
        verdict=str(last.verdict),
        state=str(row.state),
    )


def _require_reason(subject_kind: str, new: NewDecision) -> None:
    if new.reason_code is None:
        if new.verdict is not Verdict.APPROVE:
            raise ReasonMissing
        return
    if find_reason(subject_kind, new.verdict, new.reason_code) is None:
        raise ReasonUnknown
    if new.reason_code == OTHER and not new.note:
        raise NoteMissing


def _require_answers(questions: Sequence[Question], new: NewDecision) -> None:
    faults = answer_faults(questions, new.answers, new.verdict)
    for error, ids in (
        (AnswerUnknown, faults.unknown),
        (QuestionOpen, faults.open),
        (AnswerForbidsApproval, faults.forbidding),
    ):
        if ids:
            code = error.code.removeprefix("review.")
            raise error(faults=tuple(Fault(f"/answers/{_pointer(id)}", code, str(error.title)) for id in ids))


def _pointer(member: str) -> str:
    """Return a member's name as a JSON pointer spells it (RFC 6901, section 3)."""
    return member.replace("~", "~0").replace("/", "~1")


def _decision_row(row: ReviewCase, new: NewDecision, verifier: Actor, now: datetime) -> ReviewDecision:
    return ReviewDecision(
        id=new_id(),
        case_id=row.id,
        round=row.round,
        verifier_id=verifier.id,
        verdict=new.verdict,
        reason_code=new.reason_code,
        note_marker="" if new.reason_code == OTHER else None,
        words=ReviewNote(note=new.note) if new.note else None,
        answers=dict(new.answers),
        decided_at=now,
    )


def _told(row: ReviewCase, decision: ReviewDecision, verifier: Actor) -> Decision:
    return Decision(
        case_id=row.id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        round=row.round,
        verdict=decision.verdict,
        reason_code=decision.reason_code,
        note=decision.note,
        verifier=verifier,
        decided_at=decision.decided_at,
    )
