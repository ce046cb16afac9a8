"""Offsets: a resident asks for a price, orders, pays, and the kilograms are retired in the name they were bought for.

Kilograms belong to credits and money to payments; here is the order that holds both together, from its quote to its end.
"""

import json
from pathlib import Path

from flask import Flask

from app.foundation.http import add_operations
from app.foundation.sync import collections
from app.foundation.work import schedule, subscribe
from app.identity import Role
from app.offsets import fee, routes, synced
from app.offsets.audit import register_checks
from app.offsets.changes import COLLECTION
from app.offsets.person_data import register_person_data
from app.offsets.telling import register_telling
from app.offsets.usecases import facts, retire
from app.offsets.usecases.order import PURPOSE
from app.payments import PaymentPurpose, purposes
from app.rulebook import declare, ship

__all__ = ["register"]

_DATA = Path(__file__).parent / "data"


def register(app: Flask) -> None:
    """Open the room: its fee in the rulebook, what payments tell it, the worker's part, the ledger's audit, the operations."""
    schema = json.loads((_DATA / "fee.schema.json").read_text(encoding="utf-8"))
    declare(app, kind=fee.KIND, schema=schema, proposer_role=Role.FINANCE, approver_role=Role.FINANCE)
    ship(app, _DATA / "fee_lishui_1.json")
    purpose = PaymentPurpose(
        paid=facts.paid,
        refundable_fen=facts.refundable_fen,
        canceled=facts.canceled,
        refunded=facts.refunded,
        charged_back=facts.charged_back,
    )
    purposes.register(app, PURPOSE, purpose)
    subscribe(app, topic=facts.TO_RETIRE, name="offsets.retire", handle=retire.retire_paid)
    schedule(app, name="offsets.go_on_retiring", period=retire.PERIOD, run=retire.go_on)
    register_checks(app)
    register_telling(app)
    collections.register(app, COLLECTION, synced.ORDERS)
    add_operations(app, routes.blp)
    register_person_data(app)
