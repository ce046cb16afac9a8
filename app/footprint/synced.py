"""Footprints on a resident's telephone. A footprint never changes, so each comes once."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.footprint import queries
from app.footprint.models import OWNER, FootprintRow
from app.footprint.queries import footprints_of
from app.footprint.schemas.told import FootprintSummarySchema
from app.footprint.views import footprint_summary
from app.foundation.data import public_id
from app.foundation.sync import Collection


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema = FootprintSummarySchema()
    rows = session.scalars(queries.own_footprints(OWNER, person_id).where(FootprintRow.id.in_(list(ids))))
    told = footprints_of(session, rows.all())
    return {each.id: cast(dict[str, Any], schema.dump(footprint_summary(each))) for each in told}


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    return session.scalars(
        select(FootprintRow.id).where(FootprintRow.owner_kind == OWNER, FootprintRow.owner_id == person_id)
    )


FOOTPRINTS = Collection(public_id=lambda id: public_id("fp", id), load=_load, ids_of=_ids_of)
