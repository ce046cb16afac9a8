"""Telling a payer's telephone that a payment of theirs changed."""

from sqlalchemy.orm import Session

from app.foundation.sync import changed
from app.payments.models import PaymentRow

COLLECTION = "payments"


def payment_changed(session: Session, payment: PaymentRow) -> None:
    """Tell of a payment that is new, or stands elsewhere than before."""
    changed(session, payment.payer_id, COLLECTION, payment.id)
