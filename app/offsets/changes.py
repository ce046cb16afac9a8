"""Telling a buyer's telephone that an order of theirs changed."""

from sqlalchemy.orm import Session

from app.foundation.sync import changed
from app.offsets.models import OrderRow

COLLECTION = "orders"


def order_changed(session: Session, order: OrderRow) -> None:
    """Tell of an order that is new, or stands elsewhere than before."""
    changed(session, order.buyer_id, COLLECTION, order.id)
