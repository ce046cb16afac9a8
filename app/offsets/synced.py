"""Orders on a buyer's telephone. The payment and the certificate are things of their own there, so an order names them only."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import public_id
from app.foundation.sync import Collection
from app.offsets.models import OrderRow
from app.offsets.schemas import OffsetOrderSchema
from app.offsets.usecases.reading import own_orders_by_ids
from app.offsets.views import order_view


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema = OffsetOrderSchema(exclude=("payment", "certificate"))
    return {
        shown.order.id: {
            **cast(dict[str, Any], schema.dump(order_view(shown))),
            "payment_id": public_id("pay", shown.order.payment_id),
        }
        for shown in own_orders_by_ids(session, ids, buyer_id=person_id)
    }


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    return session.scalars(select(OrderRow.id).where(OrderRow.buyer_id == person_id))


ORDERS = Collection(public_id=lambda id: public_id("ord", id), load=_load, ids_of=_ids_of)
