"""Many at once, with real threads: the last kilograms, one request fifty times, cancel against success, messages in any order."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.credits.models import RetirementRow
from app.foundation.data import parse_public_id, reading
from app.foundation.work import work_until_idle
from app.payments import find_payment
from tests.offsets.shop import findings, pay_at_provider, payable_fen
from tests.payments.conftest import event, intent, send
from tests.payments.faults import faulty

BUYERS = 50


@pytest.fixture
def at_once(app):
    """Run jobs in threads that start together, and return what they return."""

    def at_once(jobs):
        ready = threading.Barrier(min(len(jobs), 10))
        jobs_of = [jobs[number :: ready.parties] for number in range(ready.parties)]

        def work(mine):
            ready.wait()
            return [job() for job in mine]

        with ThreadPoolExecutor(ready.parties) as pool:
            return [answer for done in [pool.submit(work, mine) for mine in jobs_of] for answer in done.result()]

    return at_once


def retired_kg():
    with reading() as session:
        return session.scalar(select(func.coalesce(func.sum(RetirementRow.kg), 0)))


def test_fifty_buyers_of_the_last_seven_kilograms(shop, buyer_with, at_once):
    shop.batch(7)
    buyers = [buyer_with(UUID(int=number)) for number in range(100, 100 + BUYERS)]
    quotes = [buyer.quote(kg=1) for buyer in buyers]

    answers = at_once(
        [
            lambda buyer=buyer, quote=quote: (buyer, buyer.try_order(quote))
            for buyer, quote in zip(buyers, quotes, strict=True)
        ]
    )

    assert Counter(answer.status_code for _, answer in answers) == {201: 7, 409: BUYERS - 7}
    placed = [(buyer, answer.json) for buyer, answer in answers if answer.status_code == 201]
    at_once([lambda order=order: pay_at_provider_in_thread(shop, order) for _, order in placed])
    work_until_idle()
    assert [buyer.now_is(order)["state"] for buyer, order in placed] == ["fulfilled"] * 7
    serials = [buyer.now_is(order)["retirement"]["serials"][0]["first"] for buyer, order in placed]
    assert sorted(serials) == list(range(shop.batches[0].first, shop.batches[0].last + 1))
    assert (retired_kg(), payable_fen(shop.payee_id)) == (7, 1_400)


def pay_at_provider_in_thread(shop, order):
    with shop.app.app_context():
        pay_at_provider(order)


def test_one_order_sent_fifty_times_is_one_order(shop, alice, buyer_with, at_once):
    shop.batch(100)
    body = {"quote_id": alice.quote(kg=2)["id"], "purpose": "self"}
    clients = [buyer_with(alice.id) for _ in range(BUYERS)]

    answers = at_once(
        [lambda c=c: c.post("/v1/offset-orders", body, headers={"Idempotency-Key": "same"}) for c in clients]
    )

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json["id"] for answer in answers if answer.status_code == 201}) == 1
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} <= {"idempotency.in_progress"}
    assert len(alice.get("/v1/offset-orders").json["items"]) == 1


def test_one_quote_ordered_under_many_keys_at_once_is_one_order(shop, alice, buyer_with, at_once):
    shop.batch(100)
    quote = alice.quote(kg=2)
    clients = [buyer_with(alice.id) for _ in range(20)]

    answers = at_once([lambda c=c: c.try_order(quote) for c in clients])

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    assert len(alice.get("/v1/offset-orders").json["items"]) == 1


@pytest.mark.parametrize("seed", range(4))
def test_cancel_against_success_ends_in_one_of_both(shop, alice, at_once, seed):
    shop.batch(7)
    order = alice.order(kg=7)

    def work():
        with shop.app.app_context():
            work_until_idle()

    pay_at_provider(order)
    jobs = [lambda: alice.post(f"/v1/offset-orders/{order['id']}/cancel"), work]
    at_once(jobs if seed % 2 else jobs[::-1])
    work_until_idle()

    now = alice.now_is(order)
    ends = (now["state"], now["payment"]["state"], retired_kg())
    assert ends in {("fulfilled", "succeeded", 7), ("closed", "refunded", 0)}


def test_messages_twice_and_in_any_order_retire_once(shop, alice, client):
    shop.batch(100)
    order = alice.order(kg=2)
    pay_at_provider(order)
    with reading() as session:
        payment = find_payment(session, parse_public_id("pay", order["payment"]["id"]))
    messages = [
        event("payment_intent.succeeded", intent(payment)),
        event("payment_intent.succeeded", intent(payment)),
        event("payment_intent.payment_failed", intent(payment, "requires_payment_method")),
        event("payment_intent.processing", intent(payment, "processing")),
        event("payment_intent.canceled", intent(payment, "canceled")),
    ] * 2
    random.Random(7).shuffle(messages)

    for message in messages:
        assert send(client, message).status_code == 200
        work_until_idle()

    assert alice.now_is(order)["state"] == "fulfilled"
    assert (retired_kg(), payable_fen(shop.payee_id)) == (2, 400)


def test_a_message_of_a_wrong_amount_retires_nothing(shop, alice, client):
    shop.batch(100)
    order = alice.order(kg=2)
    with reading() as session:
        payment = find_payment(session, parse_public_id("pay", order["payment"]["id"]))
    cheap = intent(payment, amount=1, amount_received=1)

    assert send(client, event("payment_intent.succeeded", cheap)).status_code == 200
    work_until_idle()

    now = alice.now_is(order)
    assert (now["state"], now["payment"]["state"], retired_kg()) == ("reserved", "pending", 0)


@pytest.mark.parametrize("fault", ["timeout_after", "500_after", "cut", "429", "409"])
def test_a_fault_of_the_provider_makes_no_second_payment(shop, alice, app, hands, fault):
    shop.batch(100)
    with faulty(app) as line:
        line.faults = [fault] * 4
        order = alice.order(kg=1)
        for _ in range(10):
            hands.move(timedelta(minutes=1))
            work_until_idle()
        pay_at_provider(order)
        work_until_idle()

    assert alice.now_is(order)["state"] == "fulfilled"
    assert (retired_kg(), payable_fen(shop.payee_id), findings()) == (1, 200, {})
