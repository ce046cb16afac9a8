"""Shapes of quotes and orders."""

from typing import Any

from marshmallow import fields, post_load

from app.certificates import CertificateState
from app.foundation.data import KG_MAX
from app.foundation.http import Choice, Instant, Many, Nested, PrefixedId, Schema, Text, WholeNumber
from app.offsets.rules import NAME_LENGTH_MAX, LineKind, OrderPurpose, OrderState, Reason
from app.offsets.usecases.order import NewOrder
from app.offsets.usecases.quote import NewQuote
from app.payments import AMOUNT_FEN_MAX, PaymentSchema

SERIAL_RANGES_MAX = 10_000


class NewQuoteSchema(Schema):
    """What a price is asked for: exactly one of `kg`, `amount_fen` and `footprint_id`."""

    kg = WholeNumber(min=1, max=KG_MAX, load_default=None, allow_none=True)
    amount_fen = WholeNumber(
        min=1,
        max=AMOUNT_FEN_MAX,
        load_default=None,
        allow_none=True,
        metadata={"description": "Money to spend at most, the fee included; the quote may come to less."},
    )
    footprint_id = PrefixedId(
        "fp", load_default=None, allow_none=True, metadata={"description": "One's own; its `kg_to_cover` counts."}
    )
    batch_id = PrefixedId(
        "bat", load_default=None, allow_none=True, metadata={"description": "Without it the cheapest batch is quoted."}
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewQuote:
        """Build the typed input."""
        return NewQuote(**data)


class OfferedBatchSchema(Schema):
    """The batch that kilograms come from."""

    id = PrefixedId("bat", required=True)
    code = fields.String(required=True)
    vintage = WholeNumber(min=0, required=True)
    project_id = PrefixedId("prj", required=True)
    project_name_zh = fields.String(required=True)
    project_name_en = fields.String(required=True)


class PriceLineSchema(Schema):
    """One part of what is to be paid."""

    kind = Choice(LineKind, required=True)
    amount_fen = WholeNumber(min=0, required=True)


class FeeSchema(Schema):
    """The fee in force, and who says so."""

    per_mille = WholeNumber(min=0, required=True)
    document_id = PrefixedId("doc", required=True)
    source = fields.String(required=True)


class OffsetQuoteSchema(Schema):
    """A price that holds until `expires_at`. It reserves nothing."""

    id = PrefixedId("quo", required=True)
    batch = Nested(OfferedBatchSchema, required=True)
    footprint_id = PrefixedId("fp", required=True, allow_none=True)
    kg = WholeNumber(min=1, required=True)
    price_fen_per_t = WholeNumber(min=1, required=True)
    price_version = WholeNumber(min=1, required=True)
    lines = Many(Nested(PriceLineSchema), max=2, required=True)
    total_fen = WholeNumber(min=1, required=True)
    fee = Nested(FeeSchema, required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)


class NewOrderSchema(Schema):
    """An order by a quote."""

    quote_id = PrefixedId("quo", required=True)
    purpose = Choice(OrderPurpose, required=True)
    beneficiary_name = Text(
        max=NAME_LENGTH_MAX,
        load_default=None,
        allow_none=True,
        metadata={"description": "Whom a gift is for; strangers see it masked."},
    )
    organisation_id = PrefixedId(
        "org",
        load_default=None,
        allow_none=True,
        metadata={"description": "A verified organisation of one's own, in whose name the kilograms are retired."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewOrder:
        """Build the typed input."""
        return NewOrder(**data)


class RetiredSerialsSchema(Schema):
    """Serials of one block code, both ends included. One kilogram is printed `block-number`."""

    block = fields.String(required=True)
    first = WholeNumber(min=1, required=True)
    last = WholeNumber(min=1, required=True)


class OrderRetirementSchema(Schema):
    """What an order has retired."""

    id = fields.String(required=True)
    retired_at = Instant(required=True)
    serials = Many(Nested(RetiredSerialsSchema), max=SERIAL_RANGES_MAX, required=True)


class OrderCertificateSchema(Schema):
    """The certificate of what an order has retired: `issuing` until it is signed, about a second later."""

    number = fields.String(required=True)
    state = Choice(CertificateState, required=True)
    href = fields.String(required=True, metadata={"description": "Its page, for anybody who has the number."})


class OrderOrganisationSchema(Schema):
    """The organisation in whose name a member has ordered."""

    id = PrefixedId("org", required=True)
    name = fields.String(required=True)


class OffsetOrderSchema(Schema):
    """An order. The app polls it; it never reports a success itself."""

    id = PrefixedId("ord", required=True)
    quote_id = PrefixedId("quo", required=True)
    state = Choice(OrderState, required=True)
    reason = Choice(Reason, required=True, allow_none=True)
    reason_text = fields.String(required=True, allow_none=True)
    purpose = Choice(OrderPurpose, required=True)
    beneficiary_name = fields.String(required=True, allow_none=True)
    batch = Nested(OfferedBatchSchema, required=True)
    kg = WholeNumber(min=1, required=True)
    lines = Many(Nested(PriceLineSchema), max=2, required=True)
    total_fen = WholeNumber(min=1, required=True)
    payment = Nested(PaymentSchema, required=True)
    retirement = Nested(OrderRetirementSchema, required=True, allow_none=True)
    certificate = Nested(OrderCertificateSchema, required=True, allow_none=True)
    organisation = Nested(OrderOrganisationSchema, required=True, allow_none=True)
    cancel_asked_at = Instant(required=True, allow_none=True)
    refund_asked = fields.Boolean(
        required=True, metadata={"description": "With the state `paid`: the refund waits for a second person."}
    )
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    paid_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)


class OrganisationOrderSchema(OffsetOrderSchema):
    """An order for an organisation as its other members see it: its payment is its buyer's."""

    class Meta:
        """Leave out what only the buyer sees, and refuse unknown members as everywhere."""

        exclude = ("payment",)
        unknown = Schema.Meta.unknown
