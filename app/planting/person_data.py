"""What planting keeps of people: where and when they planted, and what they wrote beside it."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.proof import content_sha256
from app.identity import Erasure, Held, Kept, Law, PersonData, Progress, copies, person_data
from app.places import Crs, Position, cell_centre, public_cell
from app.planting.models import PlantingClaim
from app.planting.rules.claims import ClaimState
from app.planting.subject import SUBJECT_KIND
from app.review import CaseState, lock_case, withdraw_case

_OPEN = frozenset({CaseState.OPEN, CaseState.NEEDS_MORE})


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    ids = {"id": "plt", "person_id": "per"}
    return {"claims": copies(session, PlantingClaim, PlantingClaim.person_id == person_id, ids)}


def _erase(session: Session, erasure: Erasure) -> Progress:
    """Take back what is not decided, and blur every claim: no note, no exact place, no hash of either. Trees and county stay."""
    exact = (
        select(PlantingClaim.id)
        .where(PlantingClaim.person_id == erasure.person_id, PlantingClaim.content_sha256 != _BLURRED)
        .order_by(PlantingClaim.id)
        .limit(erasure.limit)
    )
    claim_ids = session.scalars(exact).all()
    for claim_id in claim_ids:
        case = lock_case(session, SUBJECT_KIND, claim_id)
        row = session.get_one(PlantingClaim, claim_id, with_for_update=True, populate_existing=True)
        if case is not None and case.state in _OPEN:
            withdraw_case(session, subject_kind=SUBJECT_KIND, subject_id=claim_id, now=erasure.at)
        if case is None or case.state in _OPEN:
            row.state = ClaimState.WITHDRAWN
        _blur(row)
    return Progress(len(claim_ids) < erasure.limit, (Kept("claims", None, Law.ANONYMOUS),))


def _blur(row: PlantingClaim) -> None:
    cell = public_cell(Position(row.lat_e7, row.lon_e7))
    centre = cell_centre(cell)
    row.lat_e7, row.lon_e7, row.cell, row.crs = centre.lat_e7, centre.lon_e7, cell, Crs.WGS84
    row.note = None
    row.content_sha256 = _BLURRED
    row.version += 1


# The hash of a draft holds its exact place and note, and a hash of few possible values can be guessed.
_BLURRED = content_sha256({"planting": "blurred"})

PERSON_DATA = PersonData(
    held=(
        Held(
            "planting_claim",
            "trees, species, day, exact place and a note",
            "points for planting, the yearly duty",
            "after an erasure a township-sized cell, species, count and day; nothing leads to a person",
        ),
    ),
    export=_export,
    erase=_erase,
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "planting", PERSON_DATA)
