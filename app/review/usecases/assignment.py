"""Take a case, so that colleagues see who works on it, and release it; and what becomes of it when somebody leaves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, transaction
from app.foundation.proof import Actor, logger, record
from app.identity import OpenWork, Role, WorkItem, can_hold
from app.review import queries
from app.review.errors import NotTaken, TakeOverReasonMissing
from app.review.models import ReviewAssignment, ReviewCase
from app.review.rules import CaseState, may_take_over
from app.review.usecases.decide import check_decider, has_decided, is_of_their_own, require_undecided
from app.review.usecases.taken import name_of, taken_by_another

WORK_KIND = "review.case"

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who has taken a case; nobody: both members are None."""

    case_id: UUID
    staff_id: UUID | None
    taken_by: str | None
    taken_at: datetime | None


def take_case(case_id: UUID, *, reason: str | None, verifier: Actor, now: datetime) -> Assignment:
    """Take a case; one's own stays taken. A colleague's may be taken over with a reason once two days have passed.

    Raises:
        CaseNotFound, OwnSubmission, AlreadyDecided, CaseWithdrawn, SecondPersonNeeded: it is not this person's to decide.
        CaseTaken: a colleague has it.
        TakeOverReasonMissing: a case is taken from a colleague without a reason.
    """
    with transaction() as session:
        row = check_decider(session, queries.lock_case_row(session, case_id), verifier, now)
        in_round = [each for each in queries.list_decisions(session, [row.id])[row.id] if each.round == row.round]
        require_undecided(session, row, in_round, verifier, None, now)
        held = queries.find_assignment(session, row.id)
        if held is not None and held.staff_id == verifier.id:
            return _told(session, held)
        if held is not None:
            _require_free_to_take(session, row, held, now)
            if not reason:
                raise TakeOverReasonMissing
            session.delete(held)
            session.flush()
        taken = ReviewAssignment(case_id=row.id, staff_id=verifier.id, taken_at=now)
        session.add(taken)
        session.flush()
        _note(
            session,
            "review.case_taken",
            row,
            actor=verifier,
            before={"staff_id": held.staff_id if held is not None else None},
            after={"staff_id": verifier.id, "reason": reason},
        )
        return _told(session, taken)


def release_case(case_id: UUID, *, verifier: Actor) -> Assignment:
    """Put a case that one has taken back into the queue.

    Raises:
        CaseNotFound, OwnSubmission: it is not this person's to decide.
        NotTaken: they have not taken it.
    """
    with transaction() as session:
        row = check_decider(session, queries.lock_case_row(session, case_id), verifier, clock.now())
        held = queries.find_assignment(session, row.id)
        if held is None or held.staff_id != verifier.id:
            raise NotTaken
        queries.end_assignment(session, row.id)
        _note(session, "review.case_released", row, actor=verifier, before={"staff_id": verifier.id}, after=None)
        return Assignment(row.id, None, None, None)


def _list(session: Session, staff_id: UUID) -> list[WorkItem]:
    return [
        WorkItem(WORK_KIND, row.id, row.agency_id, row.county, row.due_at)
        for row in queries.list_taken_by(session, staff_id)
    ]


def _hand_over(session: Session, staff_id: UUID, to: UUID | None, actor: Actor, now: datetime) -> int:
    """Give each case to the successor where they may decide it, else back to the queue. Decisions made stay decisions."""
    handed_over = 0
    for listed in queries.list_taken_by(session, staff_id):
        row = queries.lock_case_row(session, listed.id)
        held = queries.find_assignment(session, listed.id)
        if row is None or held is None or held.staff_id != staff_id:
            continue
        queries.end_assignment(session, row.id)
        successor = to if to is not None and _may_follow(session, row, to, staff_id, now) else None
        if successor is not None:
            session.add(ReviewAssignment(case_id=row.id, staff_id=successor, taken_at=now))
            session.flush()
            handed_over += 1
        _note(
            session,
            "review.case_handed_over",
            row,
            actor=actor,
            before={"staff_id": staff_id},
            after={"staff_id": successor},
        )
    return handed_over


WORK = OpenWork(list=_list, hand_over=_hand_over, prefix="cas")


def _may_follow(session: Session, row: ReviewCase, staff_id: UUID, leaver_id: UUID, now: datetime) -> bool:
    if row.state is not CaseState.OPEN or is_of_their_own(session, row, staff_id, now):
        return False
    if not can_hold(
        session,
        staff_id,
        role=Role.VERIFIER,
        agency_id=row.agency_id,
        county=row.county,
        now=now,
        but_for=leaver_id,
    ):
        return False
    in_round = [each for each in queries.list_decisions(session, [row.id])[row.id] if each.round == row.round]
    return not has_decided(session, in_round, staff_id, now)


def _require_free_to_take(session: Session, row: ReviewCase, held: ReviewAssignment, now: datetime) -> None:
    still_can = can_hold(
        session, held.staff_id, role=Role.VERIFIER, agency_id=row.agency_id, county=row.county, now=now
    )
    if not may_take_over(held.taken_at, now, can_decide=still_can):
        raise taken_by_another(session, held)


def _told(session: Session, row: ReviewAssignment) -> Assignment:
    return Assignment(row.case_id, row.staff_id, name_of(session, row.staff_id), row.taken_at)


def _note(
    session: Session, action: str, row: ReviewCase, *, actor: Actor, before: object = None, after: object = None
) -> None:
    record(
        session,
        action=action,
        object_kind="review.case",
        object_id=row.id,
        actor=actor,
        before=before,
        after=after,
    )
    after_commit(log.info, action.replace("case_", "case."), case_id=str(row.id))
