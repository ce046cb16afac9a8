"""Organisations on the telephone of who acts for them, as the list of one's own shows them."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import public_id
from app.foundation.sync import Collection
from app.identity.organisations import queries
from app.identity.organisations.models import OrganisationMemberRow
from app.identity.organisations.schemas.organisations import OrganisationLineSchema
from app.identity.organisations.usecases.reading import memberships_from
from app.identity.organisations.views import line_view


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema = OrganisationLineSchema()
    mine = queries.select_own(person_id).where(OrganisationMemberRow.organisation_id.in_(list(ids)))
    shown = memberships_from(session, session.scalars(mine).all())
    return {each.organisation.id: cast(dict[str, Any], schema.dump(line_view(each))) for each in shown}


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    return [row.organisation_id for row in session.scalars(queries.select_own(person_id))]


ORGANISATIONS = Collection(public_id=lambda id: public_id("org", id), load=_load, ids_of=_ids_of)
