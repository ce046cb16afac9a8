"""Payments on a payer's telephone, without what the provider's window needs: that is asked for when it opens."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import public_id
from app.foundation.sync import Collection
from app.payments.models import PaymentRow
from app.payments.queries import payments_by_ids
from app.payments.schemas import PaymentSchema, payment_view


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    schema = PaymentSchema(exclude=("client_payload",))
    return {
        payment.id: cast(dict[str, Any], schema.dump(payment_view(payment)))
        for payment in payments_by_ids(session, ids).values()
        if payment.payer_id == person_id
    }


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    return session.scalars(select(PaymentRow.id).where(PaymentRow.payer_id == person_id))


PAYMENTS = Collection(public_id=lambda id: public_id("pay", id), load=_load, ids_of=_ids_of)
