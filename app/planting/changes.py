"""Telling a resident's telephone that a planting of theirs changed."""

from sqlalchemy.orm import Session

from app.foundation.sync import changed
from app.planting.models import PlantingClaim

COLLECTION = "plantings"


def claim_changed(session: Session, claim: PlantingClaim) -> None:
    """Tell of a claim that is new, or stands elsewhere than before."""
    changed(session, claim.person_id, COLLECTION, claim.id)
