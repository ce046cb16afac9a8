"""Quotes and orders over HTTP."""

from typing import Any
from uuid import UUID

from app.credits import BatchNotFound, NotEnoughKilograms
from app.footprint import FootprintNotFound
from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    current_actor,
    idempotent,
    mapped,
    must_find,
    next_link,
    page_schema,
    request_key,
    requires,
)
from app.identity import ConsentNeeded, OrganisationNotFound, Role
from app.offsets import examples
from app.offsets.errors import (
    AmountTooSmall,
    AskForOne,
    BeneficiaryMissing,
    BeneficiaryNotNeeded,
    BeneficiaryNotPrintable,
    NotForSale,
    NothingToOffset,
    OrderNotFound,
    OrderNotPaid,
    OrderPaid,
    OrderRetired,
    OrganisationGives,
    QuoteExpired,
    QuoteNotFound,
    QuoteUsed,
    TooManyUnpaidOrders,
)
from app.offsets.schemas import (
    NewOrderSchema,
    NewQuoteSchema,
    OffsetOrderSchema,
    OffsetQuoteSchema,
    OrganisationOrderSchema,
)
from app.offsets.usecases import order, quote, reading
from app.offsets.usecases.order import NewOrder
from app.offsets.usecases.quote import NewQuote
from app.offsets.views import order_view, organisation_order_view, quote_view
from app.payments import WITHHELD, AmountOutOfRange, MoreThanPaid, NotPaid, RefundWaiting, RefundWindowOver
from app.rulebook import DocumentMissing

blp = Blueprint("offsets", __name__, description="Kilograms bought and retired: quotes, orders, what became of them.")

_QUOTE_LINKS = {
    "offsets_show_quote": {"operationId": "offsets_show_quote", "parameters": {"quote_id": "$response.body#/id"}},
    "offsets_place_order": {
        "operationId": "offsets_place_order",
        "requestBody": {"quote_id": "$response.body#/id", "purpose": "self"},
    },
}
_ORDER_LINKS = {
    operation: {"operationId": operation, "parameters": {"order_id": "$response.body#/id"}}
    for operation in ("offsets_show_order", "offsets_cancel_order", "offsets_refund_order")
}


def _order_id(text: str) -> UUID:
    try:
        return parse_public_id("ord", text)
    except MalformedId:
        raise OrderNotFound() from None


def _own_order(order_id: str) -> None:
    reading.own_order(_order_id(order_id), reader=current_actor())


def _shown(order_id: UUID) -> dict[str, Any]:
    return order_view(reading.own_order(order_id, reader=current_actor()))


@blp.post("/offset-quotes")
@requires(Role.RESIDENT)
@idempotent
@blp.arguments(NewQuoteSchema, example=examples.NEW_QUOTE)
@blp.response(201, OffsetQuoteSchema, example=examples.QUOTE)
@blp.problems(AskForOne, FootprintNotFound, NothingToOffset, BatchNotFound, NotForSale, NotEnoughKilograms)
@blp.problems(AmountTooSmall, AmountOutOfRange, DocumentMissing)
@blp.doc(responses={201: {"links": _QUOTE_LINKS}})
def make_quote(new: NewQuote) -> tuple[dict[str, Any], dict[str, str]]:
    """Ask what kilograms cost, or what money buys. The price holds for a quarter of an hour; nothing is reserved."""
    buyer = current_actor()
    made = quote.make_quote(new, buyer=buyer, now=clock.now())
    shown = quote_view(reading.own_quote(made.id, reader=buyer))
    return shown, {"Location": f"/v1/offset-quotes/{public_id('quo', made.id)}"}


@blp.get("/offset-quotes/<string:quote_id>")
@requires(Role.RESIDENT)
@blp.response(200, OffsetQuoteSchema, example=examples.QUOTE)
@blp.problems(QuoteNotFound)
def show_quote(quote_id: str) -> dict[str, Any]:
    """Show one's own quote."""
    try:
        parsed = parse_public_id("quo", quote_id)
    except MalformedId:
        raise QuoteNotFound() from None
    return quote_view(reading.own_quote(parsed, reader=current_actor()))


@blp.post("/offset-orders")
@requires(Role.RESIDENT)
@idempotent(two_step=True, withheld=WITHHELD)
@blp.arguments(NewOrderSchema, example=examples.NEW_ORDER)
@blp.response(201, OffsetOrderSchema, example=examples.ORDER)
@blp.problems(QuoteNotFound, QuoteExpired, QuoteUsed, BeneficiaryMissing, BeneficiaryNotNeeded, BatchNotFound)
@blp.problems(BeneficiaryNotPrintable, NotForSale, NotEnoughKilograms, TooManyUnpaidOrders, AmountOutOfRange)
@blp.problems(OrganisationNotFound, OrganisationGives)
@blp.problems(ConsentNeeded)
@blp.doc(responses={201: {"links": _ORDER_LINKS}})
def place_order(new: NewOrder) -> tuple[dict[str, Any], dict[str, str]]:
    """Order by a quote: its kilograms are reserved for a quarter of an hour, and the payment is opened."""
    order_id = order.order_offset(new, buyer=current_actor(), key=request_key(), now=clock.now())
    return _shown(order_id), {"Location": f"/v1/offset-orders/{public_id('ord', order_id)}"}


@blp.get("/offset-orders")
@requires(Role.RESIDENT)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(OffsetOrderSchema), example={"items": [examples.ORDER], "next_cursor": None})
def list_orders(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List one's orders, newest first."""
    page = reading.own_orders(PageQuery(**query), reader=current_actor())
    return mapped(page, order_view), next_link(page)


@blp.get("/offset-orders/<string:order_id>")
@requires(Role.RESIDENT)
@blp.response(200, OffsetOrderSchema, example=examples.ORDER)
@blp.problems(OrderNotFound)
def show_order(order_id: str) -> dict[str, Any]:
    """Show one's own order: its state and why, its payment, and what it has retired."""
    return _shown(_order_id(order_id))


@blp.post("/offset-orders/<string:order_id>/cancel")
@requires(Role.RESIDENT)
@must_find(_own_order)
@idempotent(two_step=True, withheld=WITHHELD)
@blp.response(200, OffsetOrderSchema, example=examples.CANCELED)
@blp.problems(OrderNotFound, OrderPaid)
def cancel_order(order_id: str) -> dict[str, Any]:
    """Cancel an order that is not paid. It stays `reserved` until the payment provider has agreed that nobody pays."""
    return _shown(order.cancel_order(_order_id(order_id), buyer=current_actor(), now=clock.now()))


@blp.post("/offset-orders/<string:order_id>/refund")
@requires(Role.RESIDENT)
@must_find(_own_order)
@idempotent
@blp.response(200, OffsetOrderSchema, example=examples.REFUNDED)
@blp.problems(OrderNotFound, OrderRetired, OrderNotPaid, RefundWaiting, RefundWindowOver, NotPaid, MoreThanPaid)
def refund_order(order_id: str) -> dict[str, Any]:
    """Ask for the money of an order that is paid and not retired yet. A large refund waits for a second person."""
    return _shown(order.refund_order(_order_id(order_id), buyer=current_actor(), now=clock.now()).id)


@blp.get("/organisations/<string:organisation_id>/orders")
@requires(Role.RESIDENT)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(
    200, page_schema(OrganisationOrderSchema), example={"items": [examples.ORGANISATION_ORDER], "next_cursor": None}
)
@blp.problems(OrganisationNotFound)
def list_organisation_orders(
    query: dict[str, Any], organisation_id: str
) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List to a member what members have ordered for an organisation, newest first."""
    try:
        parsed = parse_public_id("org", organisation_id)
    except MalformedId:
        raise OrganisationNotFound() from None
    page = reading.organisation_orders(parsed, PageQuery(**query), reader=current_actor())
    return mapped(page, organisation_order_view), next_link(page)
