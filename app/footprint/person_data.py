"""What footprint keeps of people: calculations, as they were made."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import and_
from sqlalchemy.orm import Session

from app.footprint.models import FootprintRow
from app.identity import Erasure, Held, Kept, Law, PersonData, Progress, copies, person_data

_RESIDENT = "resident"


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    mine = and_(FootprintRow.owner_kind == _RESIDENT, FootprintRow.owner_id == person_id)
    return {"footprints": copies(session, FootprintRow, mine, {"id": "fp", "owner_id": "per"})}


def _erase(_: Session, __: Erasure) -> Progress:
    return Progress(is_done=True, kept=(Kept("footprints", None, Law.ANONYMOUS),))


PERSON_DATA = PersonData(
    held=(
        Held(
            "footprint_calculation",
            "a year's activities as numbers, the factors and the grams",
            "showing a footprint and what it takes to cover it",
            "for ever: append-only numbers without words; after an erasure the id leads to nobody",
        ),
    ),
    export=_export,
    erase=_erase,
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "footprint", PERSON_DATA)
