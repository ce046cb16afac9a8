"""Read the queue and a case, as far as the viewer's agency and counties reach."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.foundation.data import reading
from app.foundation.http import Page, PageQuery
from app.foundation.proof import EVERY_COUNTY, Actor
from app.identity import Agency, Role, Staff, agencies_by_ids, assistants_of, deputy_of, staff_by_ids
from app.review import queries
from app.review.errors import CaseNotFound
from app.review.models import ReviewAssignment, ReviewCase, ReviewDecision
from app.review.queries import QueueFilter, Scope
from app.review.reasons import Reason, reasons_for
from app.review.rules import CaseState, Verdict
from app.review.subjects import Dossier, Summary, subjects
from app.review.usecases.decide import SECOND_VERIFIER, has_decided, is_of_their_own

# A queue that nobody can empty needs no exact number, and counting further would cost more than the page.
COUNTED_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag and its words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as the queue shows it."""

    id: UUID
    subject_kind: str
    state: CaseState
    round: int
    county: str
    opened_at: datetime
    due_at: datetime
    due_is_provisional: bool
    title: str
    submitter: str
    flags: tuple[Flag, ...]
    version: int
    taken_by_id: UUID | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeDecision:
    """A decision with the name of who made it, for colleagues."""

    round: int
    verdict: Verdict
    reason_code: str | None
    note: str | None
    verifier: str | None
    decided_at: datetime
    deputy_for: str | None = None  # In whose place the verifier acted at that time.


@dataclass(frozen=True, slots=True)
class CaseMove:
    """That the case was sent on, with the due date it had, for colleagues."""

    from_county: str
    to_county: str
    reason: str | None
    moved_by: str | None
    moved_at: datetime
    due_at_before: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with everything that is needed to decide it."""

    line: CaseLine
    agency: Agency
    decided_at: datetime | None
    decisions: tuple[MadeDecision, ...]
    reasons: tuple[Reason, ...]
    dossier: Dossier
    can_decide: bool
    is_assisted: bool  # A member of staff has entered the subject for its resident.
    moves: tuple[CaseMove, ...]


def list_queue(narrowed: QueueFilter, query: PageQuery, *, viewer: Actor) -> Page[CaseLine]:
    """Return a page of the cases that the viewer may see, due first."""
    with reading() as session:
        page = queries.queue_page(session, _scopes_of(viewer), narrowed, query, viewer_id=viewer.id)
        return Page(_lines(session, page.items), page.next_cursor)


def count_queue(narrowed: QueueFilter, *, viewer: Actor, due_before: datetime | None = None) -> int:
    """Return how many cases the viewer may see, those due before an instant if one is given; `COUNTED_AT_MOST` means many."""
    with reading() as session:
        return queries.count_cases(
            session,
            _scopes_of(viewer),
            narrowed,
            due_before=due_before,
            at_most=COUNTED_AT_MOST,
            viewer_id=viewer.id,
        )


def next_in_queue(narrowed: QueueFilter, *, after: CaseLine | None, viewer: Actor) -> UUID | None:
    """Return the case that follows another in the viewer's queue, or the first one.

    Without what the viewer has decided, and what a colleague has taken.
    """
    place = (after.due_at, after.id) if after is not None else None
    with reading() as session:
        return queries.next_case(session, _scopes_of(viewer), narrowed, after=place, verifier_id=viewer.id)


def get_case_line(case_id: UUID, *, viewer: Actor) -> CaseLine:
    """Return a case as the queue shows it, in whatever state it is.

    Raises:
        CaseNotFound: no such case, or of another agency or county.
    """
    with reading() as session:
        row = queries.find_case(session, case_id)
        if row is None or not _may_see(viewer, row):
            raise CaseNotFound
        return _lines(session, [row])[0]


def get_case(case_id: UUID, *, viewer: Actor, now: datetime) -> CaseFile:
    """Return a case with its subject's dossier.

    Raises:
        CaseNotFound: no such case, or of another agency or county.
    """
    with reading() as session:
        row = queries.find_case(session, case_id)
        if row is None or not _may_see(viewer, row):
            raise CaseNotFound
        decisions = queries.list_decisions(session, [row.id])[row.id]
        return CaseFile(
            line=_lines(session, [row])[0],
            agency=agencies_by_ids(session, [row.agency_id])[row.agency_id],
            decided_at=row.decided_at,
            decisions=_named(session, decisions),
            reasons=reasons_for(row.subject_kind),
            dossier=subjects.handler(row.subject_kind).dossier(session, row.subject_id, viewer, now),
            can_decide=_can_decide(session, viewer, row, decisions, now),
            is_assisted=bool(assistants_of(session, row.subject_kind, row.subject_id)),
            moves=_moves(session, row.id),
        )


def _scopes_of(viewer: Actor) -> list[Scope]:
    """Return the parts of the queue that the viewer may see, one for each agency."""
    if Role.AUDITOR in viewer.roles:
        return [Scope()]
    counties: dict[UUID, set[str]] = defaultdict(set)
    for grant in viewer.grants:
        if grant.role == Role.VERIFIER and grant.agency_id is not None:
            counties[grant.agency_id].update(grant.counties)
    return [
        Scope(agency_id, () if EVERY_COUNTY in named else tuple(sorted(named)))
        for agency_id, named in counties.items()
        if named
    ]


def _may_see(viewer: Actor, row: ReviewCase) -> bool:
    return Role.AUDITOR in viewer.roles or viewer.may(Role.VERIFIER, agency_id=row.agency_id, county=row.county)


def _can_decide(
    session: Session, viewer: Actor, row: ReviewCase, decisions: Sequence[ReviewDecision], now: datetime
) -> bool:
    is_theirs = viewer.may(Role.VERIFIER, agency_id=row.agency_id, county=row.county)
    if not is_theirs or row.state is not CaseState.OPEN or is_of_their_own(session, row, viewer.id, now):
        return False
    held = queries.find_assignment(session, row.id)
    if held is not None and held.staff_id != viewer.id:
        return False
    return not has_decided(session, [each for each in decisions if each.round == row.round], viewer.id, now)


def _lines(session: Session, rows: Sequence[ReviewCase]) -> list[CaseLine]:
    flags = queries.list_flags(session, [row.id for row in rows])
    ids_by_kind: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        ids_by_kind[row.subject_kind].append(row.subject_id)
    summaries = {kind: subjects.handler(kind).summary(session, ids) for kind, ids in ids_by_kind.items()}
    taken = queries.assignments_of(session, [row.id for row in rows])
    staff = staff_by_ids(session, [each.staff_id for each in taken.values()])
    return [_line(row, summaries[row.subject_kind], flags[row.id], taken.get(row.id), staff) for row in rows]


def _line(
    row: ReviewCase,
    summaries: Mapping[UUID, Summary],
    flags: Sequence[str],
    taken: ReviewAssignment | None,
    staff: Mapping[UUID, Staff],
) -> CaseLine:
    summary = summaries[row.subject_id]
    return CaseLine(
        id=row.id,
        subject_kind=row.subject_kind,
        state=row.state,
        round=row.round,
        county=row.county,
        opened_at=row.opened_at,
        due_at=row.due_at,
        due_is_provisional=row.due_missing_year is not None,
        title=summary.title,
        submitter=summary.submitter,
        flags=tuple(Flag(flag, _flag_text(row.subject_kind, flag)) for flag in flags),
        version=row.version,
        taken_by_id=taken.staff_id if taken is not None else None,
        taken_by=staff[taken.staff_id].display_name if taken is not None and taken.staff_id in staff else None,
        taken_at=taken.taken_at if taken is not None else None,
    )


def _flag_text(subject_kind: str, flag: str) -> str:
    if flag == SECOND_VERIFIER:
        return gettext("Second verifier")
    return str(subjects.handler(subject_kind).flags.get(flag, flag))


def _named(session: Session, decisions: Sequence[ReviewDecision]) -> tuple[MadeDecision, ...]:
    staff = staff_by_ids(session, [decision.verifier_id for decision in decisions])
    return tuple(
        MadeDecision(
            round=decision.round,
            verdict=decision.verdict,
            reason_code=decision.reason_code,
            note=decision.note,
            verifier=staff[decision.verifier_id].display_name if decision.verifier_id in staff else None,
            decided_at=decision.decided_at,
            deputy_for=_deputy_for(session, decision),
        )
        for decision in decisions
    )


def _deputy_for(session: Session, decision: ReviewDecision) -> str | None:
    names = [each.display_name for each in deputy_of(session, decision.verifier_id, decision.decided_at)]
    return ", ".join(name for name in names if name is not None) or None


def _moves(session: Session, case_id: UUID) -> tuple[CaseMove, ...]:
    rows = queries.list_moves(session, case_id)
    staff = staff_by_ids(session, [row.staff_id for row in rows])
    return tuple(
        CaseMove(
            from_county=row.from_county,
            to_county=row.to_county,
            reason=row.words.reason if row.words is not None else None,
            moved_by=staff[row.staff_id].display_name if row.staff_id in staff else None,
            moved_at=row.moved_at,
            due_at_before=row.due_at_before,
            due_at=row.due_at,
        )
        for row in rows
    )
