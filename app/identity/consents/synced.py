"""A resident's consents on their telephone: which they gave or withdrew, and to which text.

What follows from the texts in force is not in it: a new text changes it for everybody on one day. `GET /v1/me/consents` tells it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, public_id
from app.foundation.http import language
from app.foundation.sync import Collection
from app.identity.consents.schemas import ConsentSchema, consent_view
from app.identity.consents.usecases import consents_of

_OF_THE_TEXTS = ("current_text", "is_in_effect", "is_renewal_offered", "is_renewal_needed")


def _load(_: Session, person_id: UUID, __: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema = ConsentSchema(exclude=_OF_THE_TEXTS)
    found = consents_of(person_id, now=clock.now())
    shown = [cast(dict[str, Any], schema.dump(consent_view(each, language=language()))) for each in found]
    return {person_id: {"items": shown}}


def _id(_: Session, person_id: UUID) -> Iterable[UUID]:
    return [person_id]


CONSENTS = Collection(public_id=lambda id: public_id("per", id), load=_load, ids_of=_id)
