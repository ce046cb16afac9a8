"""A workshop that sells: a purpose of its own, a payee, payers, and a provider whose webhooks are signed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.data import clock, db, new_id, parse_public_id, public_id, reading, run_in_transaction
from app.foundation.data.clock import FixedClock
from app.foundation.http import Blueprint, Nested, Schema, add_operations, current_actor, idempotent, limiter, requires
from app.foundation.http.errors import NotFound
from app.foundation.proof import SYSTEM, Actor, ActorKind, Grant, record
from app.foundation.proof.audit import AuditRow
from app.foundation.work import work_until_idle
from app.foundation.work.models import TaskRow
from app.identity import AgencyKind, create_agency
from app.ledger import Cause, audit
from app.payments import (
    WITHHELD,
    NewPayee,
    PaidFor,
    Payment,
    PaymentPurpose,
    PaymentSchema,
    call_provider,
    create_payee,
    find_payment,
    open_payment,
    payable_account,
    payment_view,
    purposes,
    refund_by_system,
    take_from_suspense,
)
from app.payments.sandbox import books
from app.payments.settings import sandbox_webhook_secret
from app.payments.usecases.going_on import AWAY
from tests.conftest import Client, Server
from tests.identity.people import give_all_consents

NOON = datetime(2026, 3, 13, 4, 0, tzinfo=UTC)
ALICE, BOB = UUID(int=1), UUID(int=2)
COUNTY = "331102"
PURPOSE = "workshop.order"


@dataclass
class Workshop:
    """What the purpose of these tests does when it is told something."""

    takes: bool = True
    refunds_late: bool = True
    refuses: str | None = None
    unused_fen: int | None = None

    def note(self, session: Session, what: str, payment: Payment) -> None:
        record(session, action=f"workshop.{what}", object_kind=PURPOSE, object_id=payment.id, actor=SYSTEM)
        session.flush()
        if self.refuses == what:
            raise NotFound()

    def paid(self, session: Session, payment: Payment, is_late: bool, now: datetime) -> None:
        self.note(session, "paid_late" if is_late else "paid", payment)
        if is_late and self.refunds_late:
            refund_by_system(session, payment.id, reason="late", now=now)
        elif self.takes:
            take_all(session, payment, now=now)

    def refundable_fen(self, _: Session, payment: Payment) -> int:
        return payment.refundable_fen if self.unused_fen is None else self.unused_fen


def take_all(session: Session, payment: Payment, *, now: datetime) -> None:
    take_from_suspense(
        session,
        payment.id,
        to=payable_account(session, payment.payee_id),
        amount_fen=payment.suspense_fen,
        cause=Cause(PURPOSE, payment.id, "take", actor_id=SYSTEM.id),
        now=now,
    )


WORKSHOP = Workshop()


class OrderSchema(Schema):
    payment = Nested(PaymentSchema, required=True)


blp = Blueprint("workshop_sales", __name__, description="Sales of no room.")


@blp.post("/workshop-orders")
@requires("resident")
@idempotent(two_step=True, withheld=WITHHELD)
@blp.response(201, OrderSchema)
def order() -> dict[str, Any]:
    """Open an order and its payment, call the provider, answer."""
    payment = run_in_transaction(lambda session: opened(session, payer_id=current_actor().id))
    return {"payment": payment_view(call_provider(payment.id))}


PAYEE: dict[str, UUID] = {}


def opened(session: Session, *, payer_id: UUID = ALICE, amount_fen: int = 5_000, **more: Any) -> Payment:
    return open_payment(
        session,
        purpose=PURPOSE,
        subject_id=more.pop("subject_id", None) or new_id(),
        payer_id=payer_id,
        payee_id=PAYEE["id"],
        amount_fen=amount_fen,
        expires_at=more.pop("expires_at", None) or clock.now() + timedelta(minutes=15),
        now=clock.now(),
    )


@pytest.fixture(scope="session")
def sales() -> dict[str, Flask]:
    return {}


@pytest.fixture
def app(engine_name: str, server: Server, sales: dict[str, Flask]) -> Iterator[Flask]:
    """The application with a purpose of the tests' own, on a fresh database."""
    if engine_name not in sales:
        application = server.app()
        purposes.register(
            application,
            PURPOSE,
            PaymentPurpose(
                paid=WORKSHOP.paid,
                refundable_fen=WORKSHOP.refundable_fen,
                canceled=lambda session, payment, _: WORKSHOP.note(session, "canceled", payment),
                failed=lambda session, payment, _: WORKSHOP.note(session, "failed", payment),
                refunded=lambda session, payment, *_: WORKSHOP.note(session, "refunded", payment),
                refund_failed=lambda session, payment, *_: WORKSHOP.note(session, "refund_failed", payment),
                charged_back=lambda session, payment, *_: WORKSHOP.note(session, "charged_back", payment),
            ),
        )
        add_operations(application, blp)
        application.test_client_class = Client
        sales[engine_name] = application
    application = sales[engine_name]
    server.renew()
    limiter.reset()
    application.extensions.pop(AWAY, None)
    WORKSHOP.__dict__.update(Workshop().__dict__)
    with application.app_context(), clock.standing_at(NOON):
        for payer_id in (ALICE, BOB):
            run_in_transaction(lambda session, payer_id=payer_id: give_all_consents(session, payer_id))
        PAYEE["agency_id"] = create_agency(
            slug="liandu-forestry",
            kind=AgencyKind.FORESTRY,
            county_code=COUNTY,
            name_zh="莲都区林业局",
            name_en="Liandu Forestry",
            actor=SYSTEM,
            now=NOON,
        )
        new = NewPayee(
            name_zh="白云山林场",
            name_en="Baiyunshan Forest Farm",
            county=COUNTY,
            agency_id=PAYEE["agency_id"],
            bank_name="bank",
            bank_account="6228 4800",
            tax_number="1233",
            invoice_title="title",
            paid_for=(PaidFor(kind="credits.project", reference="prj_1"),),
        )
        PAYEE["id"] = create_payee(new, actor=SYSTEM, now=NOON)
        yield application
        db.engine.dispose()
    clock.system()


@pytest.fixture(autouse=True)
def hands(request: pytest.FixtureRequest) -> Iterator[FixedClock | None]:
    """The product's clock, standing at noon in Lishui until a test moves it."""
    if "app" not in request.fixturenames:
        yield None
        return
    request.getfixturevalue("app")
    with clock.standing_at(NOON) as standing:
        yield standing


@pytest.fixture
def sign_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[UUID], FlaskClient]:
    """A client that is signed in as somebody."""

    def actor_of(token: str) -> Actor:
        return resident(parse_public_id("per", token))

    handlers = app.extensions.setdefault("lintan_hooks", {}).setdefault("foundation.authenticate", {})
    monkeypatch.setitem(handlers, "bearer", actor_of)

    def sign_in(person_id: UUID) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {public_id('per', person_id)}"
        return client

    return sign_in


def resident(person_id: UUID = ALICE) -> Actor:
    return Actor(id=person_id, kind=ActorKind.RESIDENT, roles=frozenset({"resident"}))


def finance() -> Actor:
    grant = Grant("finance", agency_id=PAYEE["agency_id"], counties=(COUNTY,))
    return Actor(id=uuid4(), kind=ActorKind.STAFF, roles=frozenset({"staff", "finance"}), grants=(grant,))


def open_and_call(**more: Any) -> Payment:
    payment = run_in_transaction(lambda session: opened(session, **more))
    return call_provider(payment.id)


def now_is(payment: Payment) -> Payment:
    """Return the payment as it stands now."""
    with reading() as session:
        found = find_payment(session, payment.id)
    assert found is not None
    return found


def at_provider(act: Callable[..., Any], payment: Payment, **more: Any) -> Any:
    """Do something on the provider's side."""
    return run_in_transaction(lambda session: act(session, now_is(payment).provider_ref, **more))


def paid(**more: Any) -> Payment:
    """Return a payment that has been paid."""
    payment = open_and_call(**more)
    at_provider(books.succeed, payment)
    work_until_idle()
    return now_is(payment)


def told(payment: Payment | None = None) -> dict[str, int]:
    """Return how often each fact has reached the workshop."""
    query = select(AuditRow.action, func.count()).where(AuditRow.object_kind == PURPOSE).group_by(AuditRow.action)
    if payment is not None:
        query = query.where(AuditRow.object_id == payment.id)
    with reading() as session:
        return {action.partition(".")[2]: number for action, number in session.execute(query)}


def tasks() -> list[str]:
    with reading() as session:
        return sorted(session.scalars(select(TaskRow.kind)))


def wrong_in_the_books() -> dict[str, int]:
    with reading() as session:
        return {name: number for name, number in audit(session).items() if number and name != "transfers"}


def intent(payment: Payment, status: str = "succeeded", **changed: Any) -> dict[str, Any]:
    return {
        "id": payment.provider_ref,
        "object": "payment_intent",
        "amount": payment.amount_fen,
        "amount_received": payment.amount_fen if status == "succeeded" else 0,
        "currency": "cny",
        "status": status,
        "metadata": {"payment": public_id("pay", payment.id)},
        "livemode": False,
    } | changed


def event(kind: str, about: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": kind,
        "created": int(clock.now().timestamp()),
        "livemode": False,
        "data": {"object": about},
    } | changed


def signature_of(body: str | bytes, *, secret: str | None = None, at: datetime | None = None) -> str:
    stamp = int((at or clock.now()).timestamp())
    text = body if isinstance(body, str) else body.decode("latin-1")
    return str(stripe.WebhookSignature.generate_signature_header(text, secret or sandbox_webhook_secret(), stamp))


def send(client: FlaskClient, message: dict[str, Any], **how: Any) -> Any:
    body = json.dumps(message)
    headers = {"Stripe-Signature": signature_of(body, **how), "Idempotency-Key": None}
    return client.post("/v1/webhooks/stripe", data=body, content_type="application/json", headers=headers)
