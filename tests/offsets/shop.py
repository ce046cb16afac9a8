"""A forest farm whose kilograms are for sale, and residents who buy."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.credits.queries import Batch
from app.foundation.data import clock, new_id, parse_public_id, public_id, reading, run_in_transaction
from app.foundation.proof import SYSTEM, Actor, ActorKind, Grant
from app.foundation.work import work_until_idle
from app.foundation.work.models import TaskRow
from app.ledger import audit, balance_of
from app.offsets.models import OrderRow
from app.payments import NewPayee, PaidFor, create_payee, fees_account, find_payment, payable_account
from app.payments.sandbox import books
from tests.credits.people import Register

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ALICE, BOB = UUID(int=1), UUID(int=2)
COUNTY = "331102"
PRICE_FEN_PER_T = 200_000  # Two yuan a kilogram: a payment of one kilogram is above the least amount.


def finance_of(agency_id: UUID, county: str = COUNTY) -> Actor:
    """Somebody who keeps an agency's accounts."""
    grant = Grant("finance", agency_id, (county,))
    return Actor(id=new_id(), kind=ActorKind.STAFF, roles=frozenset({"staff", "finance"}), grants=(grant,))


@dataclass
class Shop:
    """Sells batches of one project; `payee_id` is paid for them."""

    app: Flask
    register: Register
    payee_id: UUID | None = None
    batches: list[Batch] = field(default_factory=list)

    def batch(self, kg: int = 100, *, with_payee: bool = True, **changed: Any) -> Batch:
        batch = self.register.batch(kg, **{"price_fen_per_t": PRICE_FEN_PER_T, **changed})
        self.batches.append(batch)
        if with_payee and self.payee_id is None:
            self.payee_id = self.pay(batch)
        return batch

    def pay(self, batch: Batch) -> UUID:
        """Name somebody who is paid for a batch's project."""
        new = NewPayee(
            name_zh="峰源林场",
            name_en="Fengyuan Forest Farm",
            county=COUNTY,
            agency_id=self.register.agency_id,
            bank_name=None,
            bank_account=None,
            tax_number=None,
            invoice_title=None,
            paid_for=(PaidFor(kind="credits.project", reference=public_id("prj", batch.project_id)),),
        )
        return create_payee(new, actor=SYSTEM, now=clock.now())


@dataclass
class Buyer:
    """A resident with the app."""

    client: FlaskClient
    id: UUID

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.client.post(path, **({} if body is None else {"json": body}), **more)

    def quote(self, **said: Any) -> dict[str, Any]:
        answer = self.post("/v1/offset-quotes", said or {"kg": 3})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def try_order(self, quote: dict[str, Any], **said: Any) -> Any:
        return self.post("/v1/offset-orders", {"quote_id": quote["id"], "purpose": "self", **said})

    def order(self, *, purpose: dict[str, Any] | None = None, **said: Any) -> dict[str, Any]:
        answer = self.try_order(self.quote(**said), **(purpose or {}))
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def now_is(self, order: dict[str, Any]) -> dict[str, Any]:
        answer = self.get(f"/v1/offset-orders/{order['id']}")
        assert answer.status_code == 200, answer.json
        return dict(answer.json)


def pay_at_provider(order: dict[str, Any]) -> None:
    """Pay in the provider's window; the message about it waits for the worker."""
    ref = _payment(order).provider_ref
    assert ref is not None
    run_in_transaction(lambda session: books.succeed(session, ref))


def pay(order: dict[str, Any]) -> None:
    """Pay, and let the worker do what follows."""
    pay_at_provider(order)
    work_until_idle()


def _payment(order: dict[str, Any]) -> Any:
    with reading() as session:
        return find_payment(session, parse_public_id("pay", order["payment"]["id"]))


def row_of(order: dict[str, Any]) -> OrderRow:
    with reading() as session:
        return session.scalars(select(OrderRow).where(OrderRow.id == parse_public_id("ord", order["id"]))).one()


def payable_fen(payee_id: UUID) -> int:
    def posted(session: Any) -> int:
        return balance_of(session, payable_account(session, payee_id).id, today=clock.civil_day(clock.now())).posted

    return run_in_transaction(posted)


def fees_fen() -> int:
    def posted(session: Any) -> int:
        return balance_of(session, fees_account(session).id, today=clock.civil_day(clock.now())).posted

    return run_in_transaction(posted)


def tasks() -> list[str]:
    with reading() as session:
        return sorted(session.scalars(select(TaskRow.kind)))


def findings() -> dict[str, int]:
    """What the ledger's audit finds wrong."""
    with reading() as session:
        return {name: number for name, number in audit(session).items() if number and name != "transfers"}
