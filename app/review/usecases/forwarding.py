"""Send a case that came to the wrong county to the right one; what two counties send to each other, the city decides."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, new_id, transaction
from app.foundation.http import instant_json
from app.foundation.proof import Actor, logger, record
from app.identity import Agency, agencies_by_ids, agency_for, staff_by_ids
from app.review import queries
from app.review.errors import NoAgencyThere, SameCounty, StaysWithCity, SubmittersAgency
from app.review.models import ReviewCase, ReviewMove, ReviewMoveNote
from app.review.rules import goes_to_city
from app.review.subjects import Forwarded, subjects
from app.review.telling import tell_forwarded
from app.review.usecases.cases import due_of
from app.review.usecases.decide import SECOND_VERIFIER, check_decider, require_undecided
from app.review.usecases.taken import require_not_anothers

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where a case belongs, and why."""

    county: str
    reason: str


@dataclass(frozen=True, slots=True)
class SentOn:
    """Where the case is now; the city's agency when two counties had it before."""

    case_id: UUID
    agency: Agency
    county: str
    due_at: datetime
    round: int
    version: int


def forward_case(case_id: UUID, place: NewPlace, *, verifier: Actor, now: datetime) -> SentOn:
    """Send a case to the agency of the same kind of another county, with a new due date.

    Approvals of the old agency do not count at the new one: a new round begins there.

    Raises:
        CaseNotFound, OwnSubmission, AlreadyDecided, CaseWithdrawn, SecondPersonNeeded: it is not this person's to decide.
        CaseTaken: a colleague has taken it.
        SameCounty, NoAgencyThere, SubmittersAgency: it cannot go there.
        StaysWithCity: the city's agency has it because two counties did not agree.
    """
    with transaction() as session:
        row = check_decider(session, queries.lock_case_row(session, case_id), verifier, now)
        in_round = [each for each in queries.list_decisions(session, [row.id])[row.id] if each.round == row.round]
        require_undecided(session, row, in_round, verifier, None, now)
        require_not_anothers(session, row.id, verifier.id)
        moves = queries.list_moves(session, row.id)
        target = _target(session, row, moves, place.county)
        move = _moved(session, row, target, place, len(moves) + 1, verifier, now)
        queries.end_assignment(session, row.id)
        if in_round:
            row.round += 1
            queries.remove_flag(session, row.id, SECOND_VERIFIER)
        row.version += 1
        session.flush()
        subjects.handler(row.subject_kind).forwarded(
            session,
            Forwarded(row.id, row.subject_kind, row.subject_id, move.from_county, move.to_county, verifier, now),
        )
        tell_forwarded(session, row, now)
        record(
            session,
            action="review.case_forwarded",
            object_kind="review.case",
            object_id=row.id,
            actor=verifier,
            before={"agency_id": move.from_agency_id, "county": move.from_county, "due_at": move.due_at_before},
            after={"agency_id": move.to_agency_id, "county": move.to_county, "due_at": instant_json(move.due_at)},
        )
        after_commit(log.info, "review.case.forwarded", case_id=str(row.id), to_county=move.to_county)
        return SentOn(row.id, target, row.county, row.due_at, row.round, row.version)


def _target(session: Session, row: ReviewCase, moves: list[ReviewMove], county: str) -> Agency:
    here = agencies_by_ids(session, [row.agency_id])[row.agency_id]
    if here.county_code is None and moves:
        raise StaysWithCity
    if here.county_code is not None and county == row.county:
        raise SameCounty
    target = agency_for(session, here.kind, county)
    if target is None:
        raise NoAgencyThere(county=county)
    if goes_to_city(target.id, {move.from_agency_id for move in moves}):
        target = agency_for(session, here.kind, None)
        if target is None:
            raise NoAgencyThere(county=None)
    submitter = staff_by_ids(session, [row.submitter_id]).get(row.submitter_id)
    if submitter is not None and submitter.agency_id == target.id:
        raise SubmittersAgency
    return target


def _moved(
    session: Session,
    row: ReviewCase,
    target: Agency,
    place: NewPlace,
    number: int,
    verifier: Actor,
    now: datetime,
) -> ReviewMove:
    decided_by = due_of(session, now)
    move = ReviewMove(
        id=new_id(),
        case_id=row.id,
        place=number,
        from_agency_id=row.agency_id,
        from_county=row.county,
        to_agency_id=target.id,
        to_county=place.county,
        staff_id=verifier.id,
        moved_at=now,
        due_at_before=row.due_at,
        due_at=decided_by.at,
        words=ReviewMoveNote(reason=place.reason),
    )
    session.add(move)
    row.agency_id, row.county = target.id, place.county
    row.due_at, row.due_missing_year = decided_by.at, decided_by.missing_year
    session.flush()
    return move
