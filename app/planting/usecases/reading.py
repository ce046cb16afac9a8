"""Read one's own plantings: the claim, what its case says, its photos and its award."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.evidence import StoredFile, files_of_subject
from app.foundation.data import reading
from app.foundation.http import Page, PageQuery, page_of
from app.foundation.proof import Actor
from app.identity import Agency, agency_by_id, assistants_of, assistants_of_many
from app.places import Crs, Position
from app.planting import queries
from app.planting.models import PlantingClaim
from app.planting.reviewing.doubts import position_of
from app.planting.rules.claims import ClaimStatus, status_of
from app.planting.subject import SUBJECT_KIND
from app.points import Award, award_for
from app.review import Case, Move, case_of, cases_of, moves_of


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it is kept, with where it stands. `version` rises with every change of the claim or of its case."""

    id: UUID
    client_id: UUID
    status: ClaimStatus
    species_code: str
    tree_count: int
    duty_form: str
    captured_at: datetime
    received_at: datetime
    submitted_at: datetime | None
    position: Position
    crs: Crs
    county: str
    note: str | None
    case: Case | None
    is_assisted: bool  # A member of staff has entered it for the resident.
    version: int


@dataclass(frozen=True, slots=True)
class Planting:
    """A claim with everything its resident may know."""

    claim: Claim
    files: tuple[StoredFile, ...]
    agency: Agency | None
    award: Award | None
    moves: tuple[Move, ...]  # Each time the case was sent on to another county.

    @property
    def version(self) -> int:
        """The version that If-Match names."""
        return self.claim.version

    def content(self) -> dict[str, Any]:
        """Return what the resident declared, as JSON, for the audit's hashes."""
        claim = self.claim
        return {
            "species_code": claim.species_code,
            "tree_count": claim.tree_count,
            "duty_form": claim.duty_form,
            "position": [claim.position.lat_e7, claim.position.lon_e7],
            "county": claim.county,
            "note": claim.note,
        }


def get_planting(claim_id: UUID, *, person: Actor) -> Planting:
    """Return one's own claim.

    Raises:
        PlantingNotFound: no such claim, or somebody else's.
    """
    with reading() as session:
        return whole(session, queries.get_own(session, claim_id, person_id=person.id))


def require_own(claim_id: UUID, *, person: Actor) -> None:
    """Refuse what is not a claim of this resident.

    Raises:
        PlantingNotFound: no such claim, or somebody else's.
    """
    with reading() as session:
        queries.get_own(session, claim_id, person_id=person.id)


def list_plantings(query: PageQuery, *, person: Actor) -> Page[Claim]:
    """Return a page of one's own claims, newest first."""
    with reading() as session:
        page = page_of(
            session,
            queries.own_claims(person.id),
            at=PlantingClaim.received_at,
            id=PlantingClaim.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(person.id),
        )
        claims = claims_from(session, page.items)
        return Page([claims[row.id] for row in page.items], page.next_cursor)


def whole(session: Session, row: PlantingClaim) -> Planting:
    """Return a claim with its case, photos and award, from whichever transaction is open."""
    case = case_of(session, SUBJECT_KIND, row.id)
    return Planting(
        claim=_claim_from(row, case, is_assisted=bool(assistants_of(session, SUBJECT_KIND, row.id))),
        files=files_of_subject(session, subject_kind=SUBJECT_KIND, subject_id=row.id),
        agency=agency_by_id(session, case.agency_id) if case is not None else None,
        award=award_for(session, SUBJECT_KIND, row.id),
        moves=moves_of(session, case.id) if case is not None else (),
    )


def claims_from(session: Session, rows: Sequence[PlantingClaim]) -> dict[UUID, Claim]:
    """Return rows in the form in which claims leave the room, by id; two reads, however many there are."""
    ids = [row.id for row in rows]
    cases = cases_of(session, SUBJECT_KIND, ids)
    assisted = assistants_of_many(session, SUBJECT_KIND, ids)
    return {row.id: _claim_from(row, cases.get(row.id), is_assisted=row.id in assisted) for row in rows}


def _claim_from(row: PlantingClaim, case: Case | None, *, is_assisted: bool) -> Claim:
    return Claim(
        id=row.id,
        client_id=row.client_id,
        status=status_of(row.state, case.state if case is not None else None),
        species_code=row.species_code,
        tree_count=row.tree_count,
        duty_form=row.duty_form,
        captured_at=row.captured_at,
        received_at=row.received_at,
        submitted_at=row.submitted_at,
        position=position_of(row),
        crs=row.crs,
        county=row.county,
        note=row.note,
        case=case,
        is_assisted=is_assisted,
        # Both only rise, so their sum rises with either.
        version=row.version + (case.version if case is not None else 0),
    )
