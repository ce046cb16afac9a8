"""What payers see of their payments."""

from typing import Any
from uuid import UUID

from app.foundation.data import MalformedId, parse_public_id, reading
from app.foundation.proof import Actor
from app.payments import queries
from app.payments.errors import PaymentNotFound
from app.payments.queries import Payment


def own_payment(payment_id: UUID, *, payer: Actor) -> Payment:
    """Return a payment to whoever pays it.

    Raises:
        PaymentNotFound: there is none, or somebody else pays it.
    """
    with reading() as session:
        payment = queries.find_payment(session, payment_id)
    if payment is None or payment.payer_id != payer.id:
        raise PaymentNotFound()
    return payment


def client_payload_again(shown: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the payer's app needs, for an answer that is given again: it is not kept with answers (SECURITY 3.1).

    Args:
        shown: the payment in that answer, with its id.
    """
    try:
        payment_id = parse_public_id("pay", str(shown.get("id")))
    except MalformedId:
        return None
    with reading() as session:
        payment = queries.find_payment(session, payment_id)
    return None if payment is None else payment.client_payload
