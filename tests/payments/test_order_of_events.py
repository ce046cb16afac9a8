"""Messages in any order, a third of them twice, end as they do in order (R5)."""

import json
import os
import random
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.foundation.data import clock, reading, run_in_transaction
from app.foundation.work import work_until_idle
from app.payments import PaymentState, request_refund
from app.payments.models import EventStatus, ProviderEventRow
from app.payments.sandbox import books
from app.payments.sandbox.client import event_json
from app.payments.sandbox.models import SandboxEventRow, SandboxRefundRow
from app.payments.usecases.calls import go_on_with_refund
from app.payments.usecases.events import receive_webhook
from tests.payments.conftest import (
    now_is,
    open_and_call,
    resident,
    signature_of,
    told,
    wrong_in_the_books,
)

FATES = (
    ("succeed",),
    ("fail", "succeed"),
    ("fail", "fail"),
    ("fail", "cancel"),
    ("cancel",),
    ("succeed", "refund", "arrives"),
    ("succeed", "refund", "comes_back"),
    ("succeed", "refund", "arrives", "comes_back"),
    ("succeed", "refund", "arrives", "refund", "arrives"),
    ("succeed", "dispute", "win"),
    ("succeed", "dispute", "lose"),
    ("succeed", "refund", "arrives", "dispute", "lose"),
    ("succeed", "refund", "arrives", "dispute", "win"),
)
FACTS = ("paid", "canceled", "refunded", "refund_failed", "charged_back")


@pytest.fixture(autouse=True)
def silent_sandbox(app) -> Iterator[None]:
    """The test carries the messages itself."""
    app.config["LINTAN_PAYMENTS_SANDBOX_COPIES"] = 0
    yield
    app.config["LINTAN_PAYMENTS_SANDBOX_COPIES"] = 1


def ref_of(payment):
    return now_is(payment).provider_ref


def act(payment, step):
    """Let a step happen at the provider; a refund begins with us."""
    ref = ref_of(payment)
    if step == "refund":
        refund = run_in_transaction(
            lambda s: request_refund(s, payment.id, amount_fen=700, reason="x", actor=resident(), now=clock.now())
        )
        go_on_with_refund(refund.id)
        return
    if step in ("arrives", "comes_back"):
        with reading() as session:
            status = {
                row.id: row.status
                for row in session.scalars(select(SandboxRefundRow).where(SandboxRefundRow.intent_id == ref))
            }
        waiting = [each for each, state in status.items() if state == "pending"]
        last = (waiting or [each for each, state in status.items() if state == "succeeded"])[0]
        run_in_transaction(lambda s: books.settle_refund(s, last, arrives=step == "arrives"))
        return
    acts = {
        "succeed": books.succeed,
        "fail": books.fail,
        "cancel": books.cancel,
        "dispute": books.open_dispute,
        "win": lambda s, r: books.close_dispute(s, r, won=True),
        "lose": lambda s, r: books.close_dispute(s, r, won=False),
    }
    run_in_transaction(lambda s: acts[step](s, ref))


def new_messages(seen):
    with reading() as session:
        rows = session.scalars(select(SandboxEventRow).order_by(SandboxEventRow.created_at, SandboxEventRow.id)).all()
    fresh = [event_json(row) for row in rows if row.id not in seen]
    seen.update(message["id"] for message in fresh)
    return fresh


def deliver(messages):
    for message in messages:
        body = json.dumps(message)
        receive_webhook(body.encode(), signature_of(body), now=clock.now())
    work_until_idle(rounds_max=100_000)


def waits_for_us(step, payment):
    """A refund can be asked for only once we know of the payment."""
    return step == "refund" and now_is(payment).state not in (PaymentState.SUCCEEDED, PaymentState.PART_REFUNDED)


@pytest.mark.parametrize("seed", [1, 2] if os.environ.get("LINTAN_TORTURE") else [1])
def test_messages_in_any_order_end_as_in_order(app, seed, monkeypatch):
    monkeypatch.setattr(books, "publish", lambda *_, **__: None)  # Refunds settle when the test says so.
    chance = random.Random(seed)
    number = 2_600 if os.environ.get("LINTAN_TORTURE") else 50
    fates = [FATES[place % len(FATES)] for place in range(number)]
    seen: set[str] = set()

    in_order = [open_and_call() for _ in fates]
    for payment, fate in zip(in_order, fates, strict=True):
        for step in fate:
            act(payment, step)
            deliver(new_messages(seen))

    shuffled = [open_and_call() for _ in fates]
    steps = [list(fate) for fate in fates]
    carried = 0
    heap: list[dict] = []
    while any(steps):
        for payment, left in zip(shuffled, steps, strict=True):
            while left and not waits_for_us(left[0], payment):
                act(payment, left.pop(0))
        heap += new_messages(seen)
        heap += [message for message in heap if chance.random() < 0.3]
        chance.shuffle(heap)
        # Half of it stays on the way, and mixes with what happens next.
        cut = len(heap) // 2 if any(steps) and len(heap) > 8 else len(heap)
        deliver(heap[:cut])
        carried += cut
        heap = heap[cut:]
    deliver(heap)

    for fate, first, second in zip(fates, in_order, shuffled, strict=True):
        one, two = now_is(first), now_is(second)
        same = ("state", "paid_fen", "suspense_fen", "refunds_fen", "refunded_fen")
        assert [getattr(one, name) for name in same] == [getattr(two, name) for name in same], fate
        assert {k: v for k, v in told(first).items() if k in FACTS and k != "refunded"} == {
            k: v for k, v in told(second).items() if k in FACTS and k != "refunded"
        }, fate
    assert carried >= (10_000 if os.environ.get("LINTAN_TORTURE") else 200)
    with reading() as session:
        left = session.scalars(select(ProviderEventRow).where(ProviderEventRow.status == EventStatus.RECEIVED)).all()
    assert left == []
    assert wrong_in_the_books() == {}
