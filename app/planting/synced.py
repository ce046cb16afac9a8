"""Plantings on a resident's telephone: each claim as their list shows it."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import public_id
from app.foundation.sync import Collection
from app.planting import queries
from app.planting.models import PlantingClaim
from app.planting.schemas import PlantingLineSchema
from app.planting.usecases.reading import claims_from
from app.planting.views import claim_line


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    claims = [each for each in queries.claims_by_ids(session, ids).values() if each.person_id == person_id]
    schema = PlantingLineSchema()
    told = claims_from(session, claims)
    return {claim_id: cast(dict[str, Any], schema.dump(claim_line(claim))) for claim_id, claim in told.items()}


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    return session.scalars(select(PlantingClaim.id).where(PlantingClaim.person_id == person_id))


PLANTINGS = Collection(public_id=lambda id: public_id("plt", id), load=_load, ids_of=_ids_of)
