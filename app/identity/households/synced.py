"""Households on the telephone of who counts in them today. Past ones stay in the list that `GET /v1/households` answers."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import clock, public_id
from app.foundation.sync import Collection
from app.identity.households import queries
from app.identity.households.models import HouseholdRow
from app.identity.households.schemas import HouseholdSchema
from app.identity.households.usecases.reading import views_of


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema, today = HouseholdSchema(), clock.civil_day(clock.now())
    mine = set(_ids_of(session, person_id)) & set(ids)
    rows = session.scalars(select(HouseholdRow).where(HouseholdRow.id.in_(mine))).all()
    shown = views_of(session, rows, viewer_id=person_id, today=today)
    return {each: cast(dict[str, Any], schema.dump(view)) for each, view in shown.items()}


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    today = clock.civil_day(clock.now())
    own = queries.own_memberships(session, person_id)
    return {row.household_id for row in own if queries.interval_of(row).until > today}


HOUSEHOLDS = Collection(public_id=lambda id: public_id("hh", id), load=_load, ids_of=_ids_of)
