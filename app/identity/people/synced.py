"""What a resident's telephone keeps of themselves and of the children they answer for.

The roles that `GET /v1/me` names are not in it: they follow from households and organisations, and some end with a day.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, public_id
from app.foundation.sync import Collection
from app.identity.people.family import queries
from app.identity.people.family.children import children_of
from app.identity.people.family.schemas import ChildSchema
from app.identity.people.models import PersonRow
from app.identity.people.schemas import ProfileSchema
from app.identity.people.usecases.me import profile_of


def _load_profile(session: Session, person_id: UUID, _: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    row = session.get(PersonRow, person_id)
    if row is None:
        return {}
    shown = ProfileSchema(exclude=("roles",)).dump(profile_of(session, row, roles=frozenset()))
    return {person_id: cast(dict[str, Any], shown)}


def _profile_id(_: Session, person_id: UUID) -> Iterable[UUID]:
    return [person_id]


def _load_children(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema, today = ChildSchema(), clock.civil_day(clock.now())
    rows = [row for row in queries.list_guardianships_of(session, person_id, today) if row.child_id in set(ids)]
    return {child.id: cast(dict[str, Any], schema.dump(child)) for child in children_of(session, rows)}


def _child_ids(session: Session, person_id: UUID) -> Iterable[UUID]:
    today = clock.civil_day(clock.now())
    return [row.child_id for row in queries.list_guardianships_of(session, person_id, today)]


# One a resident, under the resident's own id.
PROFILE_COLLECTION = Collection(public_id=lambda id: public_id("per", id), load=_load_profile, ids_of=_profile_id)
CHILDREN_COLLECTION = Collection(public_id=lambda id: public_id("per", id), load=_load_children, ids_of=_child_ids)
