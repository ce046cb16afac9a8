"""Reads and locks of review, and the frozen form in which cases leave the room."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, true
from sqlalchemy.orm import Session

from app.foundation.data import insert_once, rows_written
from app.foundation.http import Page, PageQuery, page_of
from app.review.models import ReviewAssignment, ReviewCase, ReviewDecision, ReviewFlag, ReviewMove
from app.review.rules import CaseState, Verdict

ANY_FLAG = "any"


@dataclass(frozen=True, slots=True)
class GivenReason:
    """Why a round ended without approval."""

    round: int
    verdict: Verdict
    code: str
    note: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the room of its subject sees it; `reasons` of all rounds, oldest first, without names."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    agency_id: UUID
    county: str
    submitter_id: UUID
    state: CaseState
    round: int
    opened_at: datetime
    due_at: datetime
    due_is_provisional: bool
    decided_at: datetime | None
    version: int
    reasons: tuple[GivenReason, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Cases of one agency in some counties, in all of them if none is named; without an agency, everything."""

    agency_id: UUID | None = None
    counties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What narrows the queue. `flag` is a flag's name, or `any` for cases with at least one."""

    state: CaseState = CaseState.OPEN
    subject_kind: str | None = None
    flag: str | None = None
    mine: bool = False  # Only what the viewer has taken.


def find_case(session: Session, case_id: UUID) -> ReviewCase | None:
    """Return a case, or None."""
    return session.get(ReviewCase, case_id)


def lock_case_row(session: Session, case_id: UUID) -> ReviewCase | None:
    """Lock and return a case as it stands now, or None; of two verifiers at once the second waits."""
    return session.scalar(_locked(ReviewCase.id == case_id))


def lock_case_of(session: Session, subject_kind: str, subject_id: UUID) -> ReviewCase | None:
    """Lock and return the case of a subject as it stands now, or None."""
    return session.scalar(_locked(and_(ReviewCase.subject_kind == subject_kind, ReviewCase.subject_id == subject_id)))


def _locked(where: ColumnElement[bool]) -> Select[ReviewCase]:
    statement: Select[Any] = select(ReviewCase).where(where).with_for_update()
    return statement.execution_options(populate_existing=True)


def list_cases_of(session: Session, subject_kind: str, subject_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """Return the cases of many subjects by subject id; those without a case are left out."""
    rows = session.scalars(
        select(ReviewCase).where(ReviewCase.subject_kind == subject_kind, ReviewCase.subject_id.in_(subject_ids))
    ).all()
    decisions = list_decisions(session, [row.id for row in rows])
    return {row.subject_id: case_from(row, decisions[row.id]) for row in rows}


def list_decisions(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, list[ReviewDecision]]:
    """Return the decisions of each case, oldest first."""
    found: dict[UUID, list[ReviewDecision]] = defaultdict(list)
    statement = select(ReviewDecision).where(ReviewDecision.case_id.in_(case_ids))
    for row in session.scalars(statement.order_by(ReviewDecision.round, ReviewDecision.id)):
        found[row.case_id].append(row)
    return found


def list_flags(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return the flags of each case, sorted."""
    found: dict[UUID, list[str]] = defaultdict(list)
    statement = select(ReviewFlag).where(ReviewFlag.case_id.in_(case_ids))
    for row in session.scalars(statement.order_by(ReviewFlag.case_id, ReviewFlag.flag)):
        found[row.case_id].append(row.flag)
    return found


def replace_flags(session: Session, case_id: UUID, flags: Sequence[str]) -> None:
    """Let a case carry these flags and no others."""
    rows_written(session, delete(ReviewFlag).where(ReviewFlag.case_id == case_id))
    for flag in flags:
        add_flag(session, case_id, flag)


def add_flag(session: Session, case_id: UUID, flag: str) -> None:
    """Give a case one more flag; twice is once."""
    insert_once(session, ReviewFlag, case_id=case_id, flag=flag)


def queue_page(
    session: Session, scopes: Sequence[Scope], narrowed: QueueFilter, query: PageQuery, *, viewer_id: UUID
) -> Page[Any]:
    """Return a page of cases in these scopes, due first.

    One county of one agency, one agency, or everything: each is a stretch of an index that is already in this order, so the
    cost follows the page and not the table. What a stretch holds beyond the scopes is passed over.
    """
    if not scopes:
        return Page([], None)
    filters = [
        sorted((str(scope.agency_id), *scope.counties) for scope in scopes),
        [narrowed.state, narrowed.subject_kind, narrowed.flag, viewer_id if narrowed.mine else None],
    ]
    return page_of(
        session,
        select(ReviewCase).where(*_narrowed(scopes, narrowed, viewer_id)),
        at=ReviewCase.due_at,
        id=ReviewCase.id,
        limit=query.limit,
        cursor=query.cursor,
        filters=filters,
        newest_first=False,
    )


def count_cases(
    session: Session,
    scopes: Sequence[Scope],
    narrowed: QueueFilter,
    *,
    due_before: datetime | None,
    at_most: int,
    viewer_id: UUID,
) -> int:
    """Return how many cases these scopes hold, those due before an instant if one is given; counting ends at `at_most`."""
    if not scopes:
        return 0
    found = select(ReviewCase.id).where(*_narrowed(scopes, narrowed, viewer_id))
    if due_before is not None:
        found = found.where(ReviewCase.due_at < due_before)
    return session.scalar(select(func.count()).select_from(found.limit(at_most).subquery())) or 0


def next_case(
    session: Session,
    scopes: Sequence[Scope],
    narrowed: QueueFilter,
    *,
    after: tuple[datetime, UUID] | None,
    verifier_id: UUID,
) -> UUID | None:
    """Return the first case of the queue after a place in it.

    Without those that the verifier has decided in their round, and those that a colleague has taken.
    """
    if not scopes:
        return None
    decided = select(ReviewDecision.id).where(
        ReviewDecision.case_id == ReviewCase.id,
        ReviewDecision.round == ReviewCase.round,
        ReviewDecision.verifier_id == verifier_id,
    )
    others = select(ReviewAssignment.case_id).where(
        ReviewAssignment.case_id == ReviewCase.id, ReviewAssignment.staff_id != verifier_id
    )
    following = select(ReviewCase.id).where(
        *_narrowed(scopes, narrowed, verifier_id), ~exists(decided), ~exists(others)
    )
    if after is not None:
        due, case_id = after
        beyond = or_(ReviewCase.due_at > due, and_(ReviewCase.due_at == due, ReviewCase.id > case_id))
        # The first bound lets the index begin there; the second takes the cases of the same instant apart.
        following = following.where(ReviewCase.due_at >= due, beyond)
    return session.scalar(following.order_by(ReviewCase.due_at, ReviewCase.id).limit(1))


def _narrowed(scopes: Sequence[Scope], narrowed: QueueFilter, viewer_id: UUID) -> list[ColumnElement[bool]]:
    conditions = [or_(*(_in_scope(scope) for scope in scopes)), ReviewCase.state == narrowed.state]
    if narrowed.subject_kind is not None:
        conditions.append(ReviewCase.subject_kind == narrowed.subject_kind)
    if narrowed.flag is not None:
        flags = select(ReviewFlag.flag).where(ReviewFlag.case_id == ReviewCase.id)
        wanted = flags if narrowed.flag == ANY_FLAG else flags.where(ReviewFlag.flag == narrowed.flag)
        conditions.append(exists(wanted))
    if narrowed.mine:
        taken = select(ReviewAssignment.case_id).where(
            ReviewAssignment.case_id == ReviewCase.id, ReviewAssignment.staff_id == viewer_id
        )
        conditions.append(exists(taken))
    return conditions


def _in_scope(scope: Scope) -> ColumnElement[bool]:
    if scope.agency_id is None:
        return true()
    if not scope.counties:
        return ReviewCase.agency_id == scope.agency_id
    # `= one` and not `IN (one)`: only then does the order by date follow from the index of the county.
    counties = (
        ReviewCase.county == scope.counties[0] if len(scope.counties) == 1 else ReviewCase.county.in_(scope.counties)
    )
    return and_(ReviewCase.agency_id == scope.agency_id, counties)


def find_assignment(session: Session, case_id: UUID) -> ReviewAssignment | None:
    """Return who has taken a case, or None; only changed under the lock of the case."""
    return session.get(ReviewAssignment, case_id, populate_existing=True)


def assignments_of(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, ReviewAssignment]:
    """Return who has taken these cases, by case; those that nobody has are left out."""
    rows = session.scalars(select(ReviewAssignment).where(ReviewAssignment.case_id.in_(case_ids)))
    return {row.case_id: row for row in rows}


def end_assignment(session: Session, case_id: UUID) -> None:
    """Let a case be nobody's."""
    row = find_assignment(session, case_id)
    if row is not None:
        session.delete(row)
        session.flush()


def list_taken_by(session: Session, staff_id: UUID) -> list[ReviewCase]:
    """Return the cases that a member of staff has taken, in the order of their ids."""
    statement = select(ReviewCase).join(ReviewAssignment, ReviewAssignment.case_id == ReviewCase.id)
    return list(session.scalars(statement.where(ReviewAssignment.staff_id == staff_id).order_by(ReviewCase.id)))


@dataclass(frozen=True, slots=True)
class Move:
    """That a case was sent on, as the room of its subject sees it, without who did it."""

    from_county: str
    to_county: str
    moved_at: datetime


def list_moves(session: Session, case_id: UUID) -> list[ReviewMove]:
    """Return each time a case was sent on, in order."""
    return list(session.scalars(select(ReviewMove).where(ReviewMove.case_id == case_id).order_by(ReviewMove.place)))


def moves_of(session: Session, case_id: UUID) -> tuple[Move, ...]:
    """Return each time a case was sent on, for the room of its subject."""
    return tuple(Move(row.from_county, row.to_county, row.moved_at) for row in list_moves(session, case_id))


def remove_flag(session: Session, case_id: UUID, flag: str) -> None:
    """Take a flag from a case."""
    rows_written(session, delete(ReviewFlag).where(ReviewFlag.case_id == case_id, ReviewFlag.flag == flag))


def stored_kinds(session: Session) -> list[str]:
    """Return the kinds of subjects that have cases: one step in the unique index a kind, however many cases there are."""
    kinds: list[str] = []
    while True:
        following = select(ReviewCase.subject_kind).order_by(ReviewCase.subject_kind).limit(1)
        if kinds:
            following = following.where(ReviewCase.subject_kind > kinds[-1])
        kind = session.scalar(following)
        if kind is None:
            return kinds
        kinds.append(kind)


def case_from(row: ReviewCase, decisions: Sequence[ReviewDecision]) -> Case:
    """Return a row and its decisions in the form in which they leave the room."""
    reasons = tuple(
        GivenReason(decision.round, decision.verdict, decision.reason_code, decision.note, decision.decided_at)
        for decision in decisions
        if decision.reason_code is not None
    )
    return Case(
        id=row.id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        agency_id=row.agency_id,
        county=row.county,
        submitter_id=row.submitter_id,
        state=row.state,
        round=row.round,
        opened_at=row.opened_at,
        due_at=row.due_at,
        due_is_provisional=row.due_missing_year is not None,
        decided_at=row.decided_at,
        version=row.version,
        reasons=reasons,
    )
