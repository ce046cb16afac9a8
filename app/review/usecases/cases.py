"""What the room of a subject does with its case, in its own transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id
from app.foundation.proof import logger
from app.places import ask_for_calendar
from app.review import queries
from app.review.errors import CaseClosed, CaseNotFound, CaseNotWaiting
from app.review.models import ReviewCase
from app.review.queries import Case
from app.review.rules import CaseState, Due, due
from app.review.subjects import subjects

log = logger(__name__)


def open_case(
    session: Session,
    *,
    subject_kind: str,
    subject_id: UUID,
    agency_id: UUID,
    county: str,
    submitter_id: UUID,
    now: datetime,
    flags: Sequence[str] = (),
) -> Case:
    """Put a subject before the verifiers of an agency in a county; a subject has one case for ever.

    Args:
        flags: what the queue should show, as `ReviewSubject.flags` names it.

    Raises:
        HookMissing: no room answers for this kind; a stored case without one would stop the product from starting.
    """
    subjects.handler(subject_kind)
    decided_by = due_of(session, now)
    row = ReviewCase(
        id=new_id(),
        subject_kind=subject_kind,
        subject_id=subject_id,
        agency_id=agency_id,
        county=county,
        submitter_id=submitter_id,
        state=CaseState.OPEN,
        round=1,
        opened_at=now,
        due_at=decided_by.at,
        due_missing_year=decided_by.missing_year,
        decided_at=None,
        version=1,
    )
    session.add(row)
    session.flush()
    queries.replace_flags(session, row.id, flags)
    after_commit(log.info, "review.case.opened", case_id=str(row.id), subject_kind=subject_kind)
    return queries.case_from(row, ())


def resubmit(
    session: Session, *, subject_kind: str, subject_id: UUID, now: datetime, flags: Sequence[str] = ()
) -> Case:
    """Begin the next round of a case that waited for more evidence, with a new due date.

    Raises:
        CaseNotFound: the subject has no case.
        CaseNotWaiting: nobody has asked for more.
    """
    row = _lock(session, subject_kind, subject_id)
    if row.state is not CaseState.NEEDS_MORE:
        raise CaseNotWaiting
    row.state, row.decided_at = CaseState.OPEN, None
    row.round += 1
    row.version += 1
    decided_by = due_of(session, now)
    row.due_at, row.due_missing_year = decided_by.at, decided_by.missing_year
    session.flush()
    queries.replace_flags(session, row.id, flags)
    after_commit(log.info, "review.case.resubmitted", case_id=str(row.id), round=row.round)
    return _whole(session, row)


def withdraw_case(session: Session, *, subject_kind: str, subject_id: UUID, now: datetime) -> Case:
    """Take a subject out of the queue for good.

    Raises:
        CaseNotFound: the subject has no case.
        CaseClosed: it is decided, or was taken back before.
    """
    row = _lock(session, subject_kind, subject_id)
    if row.state not in {CaseState.OPEN, CaseState.NEEDS_MORE}:
        raise CaseClosed
    queries.end_assignment(session, row.id)
    row.state, row.decided_at = CaseState.WITHDRAWN, now
    row.version += 1
    session.flush()
    after_commit(log.info, "review.case.withdrawn", case_id=str(row.id))
    return _whole(session, row)


def lock_case(session: Session, subject_kind: str, subject_id: UUID) -> Case | None:
    """Lock the case of a subject until the transaction ends and return it as it stands, or None.

    The lock order of the product has the case before its subject: a room takes this one first, then its own row.
    """
    row = queries.lock_case_of(session, subject_kind, subject_id)
    return None if row is None else _whole(session, row)


def case_of(session: Session, subject_kind: str, subject_id: UUID) -> Case | None:
    """Return the case of a subject, or None."""
    return cases_of(session, subject_kind, [subject_id]).get(subject_id)


def cases_of(session: Session, subject_kind: str, subject_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """Return the cases of many subjects by subject id; those without a case are left out."""
    return queries.list_cases_of(session, subject_kind, subject_ids)


def _lock(session: Session, subject_kind: str, subject_id: UUID) -> ReviewCase:
    row = queries.lock_case_of(session, subject_kind, subject_id)
    if row is None:
        raise CaseNotFound
    return row


def due_of(session: Session, now: datetime) -> Due:
    """Return by when a round that begins now should be decided; where a year's calendar is missing, ask for it."""
    found = due(clock.civil_day(now))
    if found.missing_year is not None:
        ask_for_calendar(session, found.missing_year)
    return found


def _whole(session: Session, row: ReviewCase) -> Case:
    return queries.case_from(row, queries.list_decisions(session, [row.id])[row.id])
