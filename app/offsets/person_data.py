"""What offsets keeps of buyers: quotes and orders. The law of trade keeps orders that were paid."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.credits import dedications_of, forget_dedications
from app.foundation.data import clock, rows_written
from app.identity import (
    NOT_YET,
    Blocked,
    Erasure,
    Held,
    Kept,
    Law,
    PersonData,
    Progress,
    copies,
    kept_until,
    person_data,
)
from app.offsets.models import OrderRow, QuoteRow
from app.offsets.rules import HOLDING


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    ids = {
        "buyer_id": "per",
        "quote_id": "quo",
        "batch_id": "bat",
        "payee_id": "pye",
        "payment_id": "pay",
        "refund_id": "ref",
        "footprint_id": "fp",
        "fee_document_id": "doc",
        "hold_id": "trf",
    }
    retired = session.scalars(
        select(OrderRow.retirement_id).where(OrderRow.buyer_id == person_id, OrderRow.retirement_id.is_not(None))
    )
    return {
        "quotes": copies(session, QuoteRow, QuoteRow.buyer_id == person_id, {"id": "quo", **ids}),
        "orders": copies(session, OrderRow, OrderRow.buyer_id == person_id, {"id": "ord", **ids}, but=("request_key",)),
        "order_dedications": dedications_of(session, [each for each in retired if each is not None]),
    }


def _blocks(session: Session, person_id: UUID, _now: datetime) -> tuple[Blocked, ...]:
    open_order = select(OrderRow.id).where(OrderRow.buyer_id == person_id, OrderRow.state.in_(HOLDING)).limit(1)
    if session.scalar(open_order) is None:
        return ()
    text = _("An order of yours is reserved or paid and not yet fulfilled. Cancel it, or wait until it is.")
    return (Blocked("order_open", text),)


def _erase(session: Session, erasure: Erasure) -> Progress:
    """Delete the names of gifts; keep paid orders as long as trade is on record, and cut everything else from its buyer.

    An order that is reserved or paid keeps its buyer until it has ended: money that arrives is to retire kilograms for somebody.
    """
    if _blocks(session, erasure.person_id, erasure.at):
        return NOT_YET
    today = clock.civil_day(erasure.at)
    last = None
    cut = 0
    for row in session.scalars(select(OrderRow).where(OrderRow.buyer_id == erasure.person_id)):
        if row.retirement_id is not None:
            forget_dedications(session, [row.retirement_id])
        row.beneficiary_name = None
        ended = row.ended_at or row.created_at
        until = kept_until(Law.TRADE, clock.civil_day(ended)) if row.paid_at is not None else None
        if until is not None and until > today:
            last = max(last or until, until)
        elif cut < erasure.limit:
            _cut(session, row)
            cut += 1
    session.flush()
    ordered = select(OrderRow.quote_id).where(OrderRow.buyer_id == erasure.person_id)
    loose = (QuoteRow.buyer_id == erasure.person_id, QuoteRow.id.not_in(ordered))
    for quote_id in session.scalars(select(QuoteRow.id).where(*loose).limit(erasure.limit)).all():
        _cut_quote(session, quote_id, uuid4())
        cut += 1
    kept = (Kept("orders", last, Law.TRADE),) if last is not None else ()
    return Progress(cut < erasure.limit, kept)


def _cut(session: Session, row: OrderRow) -> None:
    """Let an order and its quote lead to nobody: a random id, which they share, takes the buyer's place."""
    row.buyer_id = uuid4()
    _cut_quote(session, row.quote_id, row.buyer_id)


def _cut_quote(session: Session, quote_id: UUID, nobody: UUID) -> None:
    rows_written(session, update(QuoteRow).where(QuoteRow.id == quote_id).values(buyer_id=nobody))


PERSON_DATA = PersonData(
    held=(
        Held("offsets_quote", "prices asked for", "the sale", "with its order; else with the account"),
        Held(
            "offsets_order",
            "kilograms bought, when and at which price; the name of a gift",
            "the sale, and its proof",
            "paid: three years after the end (trade); the name of a gift and the rest with the account",
        ),
    ),
    export=_export,
    erase=_erase,
    blocks=_blocks,
    not_personal={"offsets_order_organisation": "for which organisation a member buys; the order tells who"},
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "offsets", PERSON_DATA)
