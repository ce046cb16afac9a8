"""Payments over HTTP: payers look, finance people name payees, the provider tells."""

from typing import Any
from uuid import UUID

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from app.approvals import APPROVAL_EXAMPLE, ApprovalSchema, ApprovalView, approval_view, get_proposal
from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    current_actor,
    idempotent,
    mapped,
    next_link,
    no_idempotency,
    page_schema,
    requires,
)
from app.identity import Role
from app.payments import examples
from app.payments.errors import PayeeScopeUnclear, PayeeTaken, PaymentNotFound, WebhookRefused, WebhookTooLarge
from app.payments.schemas import (
    NewPayeeSchema,
    PayeeSchema,
    PaymentSchema,
    ReceivedSchema,
    payee_view,
    payment_view,
)
from app.payments.usecases import events, payees, reading
from app.payments.usecases.payees import NewPayee

WEBHOOK_BYTES_MAX = 256 * 1024

blp = Blueprint("payments", __name__, description="Payments, who is paid, and what payment providers tell.")

_LINKS = {
    operation: {"operationId": operation, "parameters": {"approval_id": "$response.body#/id"}}
    for operation in ("approvals_get_approval", "approvals_approve")
}
_WEBHOOK_DOC: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Stripe-Signature",
            "required": True,
            "description": "Time and signature of the raw body.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 1_200},
            "example": "t=1773279600,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
        }
    ],
    "requestBody": {
        "required": True,
        "description": "An event, at most 256 KiB.",
        "content": {
            "application/json": {
                "schema": {"type": "object", "properties": {"id": {"type": "string", "maxLength": 255}}},
                "example": examples.EVENT_EXAMPLE,
            }
        },
    },
}


@blp.get("/payments/<payment_id>")
@requires(Role.RESIDENT)
@blp.response(200, PaymentSchema, example=examples.PAYMENT_EXAMPLE)
@blp.problems(PaymentNotFound)
def get_payment(payment_id: str) -> dict[str, Any]:
    """Show one's own payment as it stands."""
    return payment_view(reading.own_payment(_payment_id(payment_id), payer=current_actor()))


@blp.get("/payees")
@requires(ANYONE)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(PayeeSchema), example={"items": [examples.PAYEE_EXAMPLE], "next_cursor": None})
def list_payees(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List who is paid, and what for."""
    page = payees.list_payees(PageQuery(**query))
    return mapped(page, payee_view), next_link(page)


@blp.post("/payees")
@requires(Role.FINANCE)
@idempotent
@blp.arguments(NewPayeeSchema, example=examples.NEW_PAYEE_EXAMPLE)
@blp.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@blp.problems(PayeeScopeUnclear, PayeeTaken)
@blp.doc(responses={202: {"links": _LINKS}})
def propose_payee(new: NewPayee) -> tuple[ApprovalView, int, dict[str, str]]:
    """Propose a payee. It is entered when a second finance person approves; `content.id` is then its id."""
    proposer, now = current_actor(), clock.now()
    proposal = payees.propose_payee(new, proposer=proposer, now=now)
    shown = approval_view(get_proposal(proposal.id, viewer=proposer, now=now))
    return shown, 202, {"Location": f"/v1/approvals/{public_id('apv', proposal.id)}"}


@blp.post("/webhooks/stripe")
@requires(ANYONE)
@no_idempotency("A message carries its own id; a second one of the same id changes nothing.")
@blp.response(200, ReceivedSchema, example={"status": "received"})
@blp.problems(WebhookRefused, WebhookTooLarge)
@blp.doc(**_WEBHOOK_DOC)
def receive_webhook() -> dict[str, str]:
    """Take a message of the payment provider. It is kept and answered at once, and applied a moment later."""
    request.max_content_length = WEBHOOK_BYTES_MAX
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise WebhookTooLarge(bytes_max=WEBHOOK_BYTES_MAX) from None
    events.receive_webhook(body, request.headers.get("Stripe-Signature", ""), now=clock.now())
    return {"status": "received"}


def _payment_id(text: str) -> UUID:
    try:
        return parse_public_id("pay", text)
    except MalformedId:
        raise PaymentNotFound() from None
