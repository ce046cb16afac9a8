"""Payments: money comes in through a provider for a purpose of a room above, and goes back the way it came.

The provider is called outside transactions and believed only when it signs or is asked; what it says happens here once.
"""

from flask import Flask

from app.approvals import ProposalKind
from app.approvals import kinds as proposal_kinds
from app.foundation.http import Withheld, add_operations
from app.foundation.sync import collections
from app.foundation.work import schedule, subscribe
from app.identity import Role
from app.payments import routes, synced
from app.payments.audit import register_checks
from app.payments.changes import COLLECTION
from app.payments.cli import payment_commands
from app.payments.errors import (
    AmountOutOfRange,
    MoreThanPaid,
    NotPaid,
    NotRefundable,
    PayeeNotFound,
    PayeeScopeUnclear,
    PayeeTaken,
    PaymentNotFound,
    PaymentOpen,
    RefundNotFound,
    RefundWaiting,
    RefundWindowOver,
    UnsafeSettings,
)
from app.payments.examples import PAYMENT_EXAMPLE
from app.payments.person_data import register_person_data
from app.payments.provider import register_provider
from app.payments.purposes import PaymentPurpose, purposes
from app.payments.queries import (
    Dispute,
    PaidFor,
    Payee,
    Payment,
    Refund,
    find_payment,
    find_refund,
    get_payee,
    lock_payment,
    payee_for,
    payees_by_ids,
    payment_for,
    payments_by_ids,
    refunds_of,
)
from app.payments.rules import AMOUNT_FEN_MAX, DisputeState, PaymentState, RefundState
from app.payments.sandbox import books, delivery
from app.payments.sandbox import routes as sandbox_routes
from app.payments.schemas import PaymentSchema, payment_view
from app.payments.settings import refuse_unsafe
from app.payments.usecases import going_on
from app.payments.usecases.calls import call_provider
from app.payments.usecases.opening import GO_ON, amount_fen_min, cancel_payment, open_payment
from app.payments.usecases.payees import PAYEE_KIND, NewPayee, apply_payee, create_payee, payee_difference
from app.payments.usecases.reading import client_payload_again, own_payment
from app.payments.usecases.refunds import (
    REFUND_KIND,
    apply_refund_approval,
    refund_alone_fen_max,
    refund_by_system,
    refund_difference,
    request_refund,
)
from app.payments.usecases.suspense import fees_account, fen_asset, payable_account, take_from_suspense

__all__ = [
    "AMOUNT_FEN_MAX",
    "PAYMENT_EXAMPLE",
    "WITHHELD",
    "AmountOutOfRange",
    "Dispute",
    "DisputeState",
    "MoreThanPaid",
    "NewPayee",
    "NotPaid",
    "NotRefundable",
    "PaidFor",
    "Payee",
    "PayeeNotFound",
    "PayeeScopeUnclear",
    "PayeeTaken",
    "Payment",
    "PaymentNotFound",
    "PaymentOpen",
    "PaymentPurpose",
    "PaymentSchema",
    "PaymentState",
    "Refund",
    "RefundNotFound",
    "RefundState",
    "RefundWaiting",
    "RefundWindowOver",
    "UnsafeSettings",
    "amount_fen_min",
    "call_provider",
    "cancel_payment",
    "create_payee",
    "fees_account",
    "fen_asset",
    "find_payment",
    "find_refund",
    "get_payee",
    "lock_payment",
    "open_payment",
    "own_payment",
    "payable_account",
    "payee_for",
    "payees_by_ids",
    "payment_for",
    "payment_view",
    "payments_by_ids",
    "purposes",
    "refund_alone_fen_max",
    "refund_by_system",
    "refunds_of",
    "refuse_unsafe",
    "register",
    "request_refund",
    "take_from_suspense",
]

# For `@idempotent(two_step=True, withheld=WITHHELD)` of an operation whose answer has the payment as its member `payment`.
WITHHELD = Withheld(("payment", "client_payload"), client_payload_again)


def register(app: Flask) -> None:
    """Open the room: the provider by the settings, operations, two kinds of proposals, the worker's rounds, checks of the ledger."""
    refuse_unsafe(app.config)
    register_provider(app)
    finance = Role.FINANCE.value
    for kind, difference, apply in (
        (REFUND_KIND, refund_difference, apply_refund_approval),
        (PAYEE_KIND, payee_difference, apply_payee),
    ):
        proposal_kinds.register(app, kind, ProposalKind(approver_role=finance, difference=difference, apply=apply))
    collections.register(app, COLLECTION, synced.PAYMENTS)
    register_checks(app)
    app.cli.add_command(payment_commands)
    subscribe(app, topic=GO_ON, name="payments.go_on", handle=going_on.go_on_with)
    schedule(app, name="payments.go_on", period=going_on.PERIOD, run=going_on.go_on)
    schedule(
        app,
        name="payments.look_for_missed_events",
        period=going_on.MISSED_EVENTS_EVERY,
        run=going_on.look_for_missed_events,
    )
    add_operations(app, routes.blp)
    register_person_data(app)
    if app.config["LINTAN_PAYMENTS_PROVIDER"] == "sandbox":
        subscribe(app, topic=books.WEBHOOK, name="payments.sandbox_webhook", handle=delivery.deliver)
        subscribe(app, topic=books.REFUND_SETTLES, name="payments.sandbox_refund", handle=delivery.settle)
        app.register_blueprint(sandbox_routes.blp)
