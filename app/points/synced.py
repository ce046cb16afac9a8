"""Points on a resident's telephone: the account, and what each act earned."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import clock, public_id
from app.foundation.sync import Collection
from app.points import queries
from app.points.models import AwardRow
from app.points.schemas import AccountSchema, AwardSchema
from app.points.usecases.reading import account_of
from app.points.views import account_view, award_view


def _load_awards(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    today, schema = clock.civil_day(clock.now()), AwardSchema()
    return {
        award.id: cast(dict[str, Any], schema.dump(award_view(award, today=today)))
        for award in queries.awards_by_ids(session, ids).values()
        if award.person_id == person_id
    }


def _award_ids(session: Session, person_id: UUID) -> Iterable[UUID]:
    return session.scalars(select(AwardRow.id).where(AwardRow.person_id == person_id))


def _load_account(session: Session, person_id: UUID, _: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    account = account_of(session, person_id, today=clock.civil_day(clock.now()))
    return {person_id: cast(dict[str, Any], AccountSchema().dump(account_view(account)))}


def _account_id(_: Session, person_id: UUID) -> Iterable[UUID]:
    return [person_id]


AWARDS = Collection(public_id=lambda id: public_id("awd", id), load=_load_awards, ids_of=_award_ids)
# One a resident, under the resident's own id.
ACCOUNT = Collection(public_id=lambda id: public_id("per", id), load=_load_account, ids_of=_account_id)
