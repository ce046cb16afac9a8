"""The road from a quote to a retirement, over HTTP."""

from datetime import timedelta

from app.foundation.data import public_id
from app.foundation.work import work_until_idle
from tests.offsets.shop import fees_fen, findings, pay, pay_at_provider, payable_fen, row_of, tasks

GIFT = {"purpose": "gift", "beneficiary_name": "王小明"}


def test_paid_kilograms_are_retired_in_the_name_of_the_buyer(shop, alice, client):
    batch = shop.batch(100)

    quote = alice.quote(kg=3)
    order = alice.try_order(quote).json
    paid = client.post(f"/sandbox/payments/{order['payment']['id']}/succeed")
    before_the_worker = alice.now_is(order)
    work_until_idle()

    assert (quote["total_fen"], [line["amount_fen"] for line in quote["lines"]]) == (600, [600, 0])
    assert quote["fee"]["source"]
    assert (order["state"], order["payment"]["state"], order["payment"]["provider"]) == (
        "reserved",
        "pending",
        "sandbox",
    )
    assert order["payment"]["client_payload"]["client_secret"]
    assert paid.status_code == 200
    assert before_the_worker["state"] == "reserved"
    now = alice.now_is(order)
    assert (now["state"], now["reason"], now["payment"]["state"]) == ("fulfilled", None, "succeeded")
    assert now["retirement"]["serials"] == [{"block": batch.code, "first": batch.first, "last": batch.first + 2}]
    serial = client.get(f"/v1/serials/{batch.code}-{batch.first}").json
    assert serial["state"] == "retired"
    assert serial["events"][-1]["retirement_id"] == now["retirement"]["id"]
    assert serial["events"][-1]["purpose"] == "self"
    assert client.get(f"/v1/serials/{batch.code}-{batch.first + 3}").json["state"] == "held"
    assert payable_fen(shop.payee_id) == 600
    assert tasks() == []


def test_a_gift_is_retired_in_the_name_given_and_strangers_see_it_masked(shop, alice, client):
    shop.batch()

    order = alice.order(kg=2, purpose=GIFT)
    pay(order)

    now = alice.now_is(order)
    assert (now["state"], now["beneficiary_name"]) == ("fulfilled", "王小明")
    retirement = client.get(f"/v1/retirements/{now['retirement']['id']}").json
    assert retirement["purpose"] == "gift"
    assert retirement["beneficiary"]["name"] not in (None, "王小明")


def test_orders_are_listed_to_their_buyer_alone(shop, alice, bob):
    shop.batch()
    first, second = alice.order(kg=1), alice.order(kg=2)
    foreign = bob.order(kg=1)

    listed = alice.get("/v1/offset-orders?limit=1").json
    rest = alice.get(f"/v1/offset-orders?limit=1&cursor={listed['next_cursor']}").json

    assert {listed["items"][0]["id"], rest["items"][0]["id"]} == {first["id"], second["id"]}
    assert rest["next_cursor"] is None
    assert foreign["id"] not in {listed["items"][0]["id"], rest["items"][0]["id"]}


def test_what_is_not_ones_own_is_not_there(shop, alice, bob):
    shop.batch()
    quote, order = bob.quote(kg=1), bob.order(kg=1)

    answers = [
        alice.get(f"/v1/offset-quotes/{quote['id']}"),
        alice.try_order(quote),
        alice.get(f"/v1/offset-orders/{order['id']}"),
        alice.post(f"/v1/offset-orders/{order['id']}/cancel"),
        alice.post(f"/v1/offset-orders/{order['id']}/refund"),
        alice.get("/v1/offset-orders/ord_x"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert bob.now_is(order)["state"] == "reserved"


def test_a_quote_makes_one_order(shop, alice):
    shop.batch()
    quote = alice.quote(kg=1)
    order = alice.try_order(quote).json

    again = alice.try_order(quote)

    assert (again.status_code, again.json["code"]) == (409, "offsets.quote_used")
    assert again.json["order_id"] == order["id"]


def test_the_same_request_again_answers_the_same_order_with_its_secret(shop, alice):
    shop.batch()
    body = {"quote_id": alice.quote(kg=1)["id"], "purpose": "self"}
    headers = {"Idempotency-Key": "k-1"}

    first = alice.post("/v1/offset-orders", body, headers=headers)
    again = alice.post("/v1/offset-orders", body, headers=headers)

    assert first.status_code == again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == first.json
    assert again.json["payment"]["client_payload"] is not None


def test_money_goes_line_by_line_to_payee_and_fees(shop, alice, fee_of):
    shop.batch()
    fee_of(per_mille=50)

    order = alice.order(kg=10)
    pay(order)

    assert [line["amount_fen"] for line in order["lines"]] == [2_000, 100]
    assert order["total_fen"] == order["payment"]["amount_fen"] == 2_100
    assert (payable_fen(shop.payee_id), fees_fen()) == (2_000, 100)


def test_suspense_is_empty_as_soon_as_the_money_has_come(shop, alice, monkeypatch):
    shop.batch()
    order = alice.order(kg=1)
    pay_at_provider(order)
    monkeypatch.setattr("app.offsets.usecases.retire.retire_order", lambda *_, **__: None)
    work_until_idle()

    assert alice.now_is(order)["state"] == "paid"
    assert findings() == {}


def test_the_order_knows_its_payee_and_its_quote(shop, alice):
    batch = shop.batch()
    quote = alice.quote(kg=1)
    order = alice.try_order(quote).json

    row = row_of(order)

    assert (row.payee_id, public_id("quo", row.quote_id), row.batch_id) == (shop.payee_id, quote["id"], batch.id)


def test_retirements_in_ones_own_name_are_listed_and_gifts_to_a_name_are_not(shop, alice, bob):
    shop.batch()
    own, gift, foreign = alice.order(kg=1), alice.order(kg=2, purpose=GIFT), bob.order(kg=3)
    for order in (own, gift, foreign):
        pay(order)

    listed = alice.get("/v1/retirements").json["items"]

    assert [(each["id"], each["retired_kg"]) for each in listed] == [(alice.now_is(own)["retirement"]["id"], 1)]
    assert alice.client.get("/v1/retirements", headers={"Authorization": ""}).status_code == 401


def test_a_key_that_was_used_days_ago_may_place_another_order(shop, alice, hands):
    shop.batch()
    headers = {"Idempotency-Key": "k-1"}
    first = alice.post("/v1/offset-orders", {"quote_id": alice.quote(kg=1)["id"], "purpose": "self"}, headers=headers)
    hands.move(timedelta(days=3))
    work_until_idle()

    second = alice.post("/v1/offset-orders", {"quote_id": alice.quote(kg=1)["id"], "purpose": "self"}, headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] != second.json["id"]
