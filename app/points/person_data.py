"""What points keeps of people: what their acts earned, and how."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from app.identity import Erasure, Held, Kept, Law, PersonData, Progress, copies, person_data
from app.points.models import AwardRow, PartRow, UsageRow

_STAYS = "for ever: the ledger's points follow from it; after an erasure the id leads to nobody"


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    ids = {"person_id": "per", "document_id": "doc", "award_id": "awd", "transfer_id": "trf", "repayment_id": "trf"}
    return {
        "awards": copies(session, AwardRow, AwardRow.person_id == person_id, {"id": "awd", **ids}, but=("decided_by",)),
        "award_parts": copies(session, PartRow, PartRow.person_id == person_id, ids),
        "usage": copies(session, UsageRow, UsageRow.person_id == person_id, ids),
    }


def _erase(_: Session, __: Erasure) -> Progress:
    return Progress(is_done=True, kept=(Kept("awards", None, Law.ANONYMOUS),))


PERSON_DATA = PersonData(
    held=(
        Held("points_award", "what an act earned, with the arithmetic", "points", _STAYS),
        Held("points_part", "when its parts were posted", "points", _STAYS),
        Held("points_usage", "what was earned in a period", "caps", _STAYS),
    ),
    export=_export,
    erase=_erase,
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "points", PERSON_DATA)
