"""Tickets on a resident's telephone, as their list shows them. What is written in one is read when it is opened."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import public_id
from app.foundation.sync import Collection
from app.help.models import TicketRow
from app.help.schemas import TicketLineSchema
from app.help.usecases.reading import own_line


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema = TicketLineSchema()
    rows = session.scalars(select(TicketRow).where(TicketRow.person_id == person_id, TicketRow.id.in_(list(ids))))
    return {row.id: cast(dict[str, Any], schema.dump(own_line(row))) for row in rows}


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    return session.scalars(select(TicketRow.id).where(TicketRow.person_id == person_id))


TICKETS = Collection(public_id=lambda id: public_id("tkt", id), load=_load, ids_of=_ids_of)
