"""What a payer would do in the provider's window, for demo and tests: served only when the provider is the sandbox."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from app.foundation.data import MalformedId, parse_public_id, public_id, run_in_transaction
from app.payments import queries
from app.payments.errors import PaymentNotFound, SandboxRefused
from app.payments.sandbox import books
from app.payments.sandbox.books import Refused
from app.payments.sandbox.models import SandboxEventRow

blp = Blueprint("payments_sandbox", __name__)

_ACTIONS: dict[str, Callable[[Session, str], SandboxEventRow]] = {
    "succeed": books.succeed,
    "fail": books.fail,
    "cancel": books.cancel,
    "dispute": books.open_dispute,
    "win-dispute": lambda session, ref: books.close_dispute(session, ref, won=True),
    "lose-dispute": lambda session, ref: books.close_dispute(session, ref, won=False),
}


@blp.post("/sandbox/payments/<payment_id>/<any({}):action>".format(",".join(f"'{name}'" for name in _ACTIONS)))
def act(payment_id: str, action: str) -> dict[str, Any]:
    """Do at the provider what a payer, or the payer's bank, does; the signed message about it follows by the worker."""
    try:
        wanted = parse_public_id("pay", payment_id)
    except MalformedId:
        raise PaymentNotFound() from None

    def run(session: Session) -> dict[str, Any]:
        payment = queries.find_payment(session, wanted)
        if payment is None or payment.provider != "sandbox":
            raise PaymentNotFound()
        if payment.provider_ref is None:
            raise SandboxRefused(state=payment.state.value)
        try:
            event = _ACTIONS[action](session, payment.provider_ref)
        except Refused as refusal:
            raise SandboxRefused(reason=refusal.code) from refusal
        return {"payment_id": public_id("pay", payment.id), "event_id": event.id, "type": event.type}

    return run_in_transaction(run)
