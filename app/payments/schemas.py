"""Shapes of the bodies of payments."""

from typing import Any

from marshmallow import post_load

from app.foundation.data import JSON_INTEGER_MAX
from app.foundation.http import Choice, Instant, Many, Nested, PrefixedId, Schema, Text, WholeNumber
from app.payments.queries import PaidFor, Payment
from app.payments.rules import AMOUNT_FEN_MAX, PaymentState
from app.payments.usecases.payees import ListedPayee, NewPayee

_KINDS = r"[a-z]{1,20}\.[a-z_]{1,20}"
_REFERENCES = r"[A-Za-z0-9_-]{1,60}"


class ClientPayloadSchema(Schema):
    """What the payer's app hands to the provider's own window. Which members there are depends on the provider."""

    client_secret = Text(max=255, required=True)
    publishable_key = Text(max=255, min=0, required=True)


class PaymentSchema(Schema):
    """A payment. The app polls it; it never reports a success itself."""

    id = PrefixedId("pay", required=True)
    state = Choice(PaymentState, required=True)
    amount_fen = WholeNumber(min=1, max=AMOUNT_FEN_MAX, required=True)
    refunded_fen = WholeNumber(min=0, max=JSON_INTEGER_MAX, required=True)
    provider = Text(max=20, required=True)
    client_payload = Nested(
        ClientPayloadSchema,
        required=True,
        allow_none=True,
        metadata={
            "description": "For the provider's window; null until the provider has answered, and once nothing is to pay."
        },
    )
    expires_at = Instant(required=True)
    paid_at = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)


class PaidForSchema(Schema):
    """One thing that somebody is paid for."""

    kind = Text(max=41, pattern=_KINDS, required=True)
    reference = Text(max=60, pattern=_REFERENCES, required=True)


class PayeeSchema(Schema):
    """Who is paid, and what for."""

    id = PrefixedId("pye", required=True)
    name_zh = Text(max=100, required=True)
    name_en = Text(max=100, required=True)
    paid_for = Many(Nested(PaidForSchema), max=200, required=True)


class NewPayeeSchema(Schema):
    """A payee to be proposed."""

    name_zh = Text(max=100, required=True)
    name_en = Text(max=100, required=True)
    county = Text(max=6, min=6, pattern=r"\d{6}", required=True)
    agency_id = PrefixedId("agy", load_default=None, allow_none=True)
    bank_name = Text(max=100, load_default=None, allow_none=True)
    bank_account = Text(max=34, pattern=r"[0-9A-Z -]+", load_default=None, allow_none=True)
    tax_number = Text(max=20, pattern=r"[0-9A-Z]+", load_default=None, allow_none=True)
    invoice_title = Text(max=100, load_default=None, allow_none=True)
    paid_for = Many(Nested(PaidForSchema), min=1, max=50, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewPayee:
        """Return what the use case takes."""
        paid_for = tuple(PaidFor(**each) for each in data.pop("paid_for"))
        return NewPayee(**data, paid_for=paid_for)


class ReceivedSchema(Schema):
    """The answer to a message."""

    status = Text(max=10, required=True)


def payment_view(payment: Payment) -> dict[str, Any]:
    """Return a payment as `PaymentSchema` shows it."""
    names = PaymentSchema().fields
    return {name: getattr(payment, name) for name in names}


def payee_view(payee: ListedPayee) -> dict[str, Any]:
    """Return a payee as `PayeeSchema` shows it: no accounts, no tax number."""
    return {
        "id": payee.id,
        "name_zh": payee.name_zh,
        "name_en": payee.name_en,
        "paid_for": [{"kind": each.kind, "reference": each.reference} for each in payee.paid_for],
    }
