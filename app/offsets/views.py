"""Quotes and orders as their schemas write them."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.certificates import CertificateRef, page_href
from app.credits import Batch, Project, Retirement, joined
from app.offsets.queries import Order, Quote
from app.offsets.rules import LineKind, Reason
from app.offsets.usecases.reading import ShownOrder, ShownQuote
from app.payments import payment_view

REASON_TEXTS = {
    Reason.TIME_OVER: _("It was not paid in time, so the kilograms were given free. Nothing was charged."),
    Reason.CANCELED: _("You canceled it. Nothing was charged."),
    Reason.PAYMENT_ENDED: _("The payment was ended or refused. Nothing was charged."),
    Reason.PAID_TOO_LATE: _(
        "The payment came too late: the kilograms are sold or their price has changed. You get all of it back."
    ),
    Reason.PAID_AFTER_CANCEL: _("You canceled it and the payment came nevertheless. You get all of it back."),
    Reason.REFUND_ASKED: _("You asked for your money before the kilograms were retired. You get all of it back."),
    Reason.NOT_RETIRED: _("The kilograms could not be retired. You get all of your payment back."),
    Reason.CHARGED_BACK: _("Your bank took the payment back."),
}


def quote_view(shown: ShownQuote) -> dict[str, Any]:
    """Return a quote."""
    quote = shown.quote
    return {
        **{name: getattr(quote, name) for name in Quote.__slots__},
        "batch": _batch_view(shown.batch, shown.project),
        "lines": _lines(quote),
        "fee": {
            "per_mille": quote.fee_per_mille,
            "document_id": quote.fee_document_id,
            "source": shown.fee_source,
        },
    }


def order_view(shown: ShownOrder) -> dict[str, Any]:
    """Return an order."""
    order = shown.order
    return {
        **{name: getattr(order, name) for name in Order.__slots__},
        "reason_text": str(REASON_TEXTS[order.reason]) if order.reason is not None else None,
        "refund_asked": order.refund_id is not None,
        "batch": _batch_view(shown.batch, shown.project),
        "lines": _lines(order),
        "payment": payment_view(shown.payment),
        "retirement": _retirement_view(shown.retirement, shown.batch) if shown.retirement is not None else None,
        "certificate": _certificate_view(shown.certificate) if shown.certificate is not None else None,
        "organisation": shown.organisation,
    }


def organisation_order_view(shown: ShownOrder) -> dict[str, Any]:
    """Return an order as the other members of the organisation see it: without what its buyer pays with."""
    return {name: value for name, value in order_view(shown).items() if name != "payment"}


def _batch_view(batch: Batch, project: Project) -> dict[str, Any]:
    return {
        "id": batch.id,
        "code": batch.code,
        "vintage": batch.vintage,
        "project_id": project.id,
        "project_name_zh": project.name_zh,
        "project_name_en": project.name_en,
    }


def _lines(priced: Quote | Order) -> list[dict[str, Any]]:
    return [
        {"kind": LineKind.CREDITS, "amount_fen": priced.credits_fen},
        {"kind": LineKind.FEE, "amount_fen": priced.fee_fen},
    ]


def _certificate_view(certificate: CertificateRef) -> dict[str, Any]:
    return {"number": certificate.number, "state": certificate.state, "href": page_href(certificate.number)}


def _retirement_view(retirement: Retirement, batch: Batch) -> dict[str, Any]:
    return {
        "id": retirement.public_id,
        "retired_at": retirement.retired_at,
        "serials": [
            {"block": batch.code, "first": each.first, "last": each.last} for each in joined(retirement.serials)
        ],
    }
