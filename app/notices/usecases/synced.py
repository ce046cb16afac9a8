"""Notices on a resident's telephone, as the inbox shows them."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import public_id
from app.foundation.sync import Collection
from app.notices import queries
from app.notices.models import NoticeRow
from app.notices.queries import Recipient
from app.notices.schemas import NoticeSchema
from app.notices.usecases.inbox import shown


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema = NoticeSchema()
    mine = queries.notices_of(Recipient(person_id=person_id), unread_only=False).where(NoticeRow.id.in_(list(ids)))
    notices = shown(session, session.scalars(mine).all())
    return {each.id: cast(dict[str, Any], schema.dump(each)) for each in notices}


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    return session.scalars(select(NoticeRow.id).where(NoticeRow.person_id == person_id))


NOTICES = Collection(public_id=lambda id: public_id("not", id), load=_load, ids_of=_ids_of)
