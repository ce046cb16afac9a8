"""What is quoted, what is refused, and how long a price holds."""

from datetime import timedelta

import pytest

from app.approvals import approve_proposal
from app.credits.usecases.price import propose_price
from app.foundation.data import clock, new_id, public_id
from tests.credits.people import registrar_of
from tests.offsets.shop import PRICE_FEN_PER_T


def set_price(shop, batch, price_fen_per_t):
    agency_id = shop.register.agency_id
    proposal = propose_price(batch.id, price_fen_per_t, proposer=registrar_of(agency_id), now=clock.now())
    approver = registrar_of(agency_id)
    approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=approver, now=clock.now())


def refused(answer):
    return answer.status_code, answer.json["code"]


@pytest.mark.parametrize(
    "body",
    [{}, {"kg": 3, "amount_fen": 600}, {"kg": 3, "footprint_id": public_id("fp", new_id())}, {"kg": None}],
)
def test_exactly_one_of_kilograms_money_and_footprint_is_asked_for(shop, alice, body):
    shop.batch()

    assert refused(alice.post("/v1/offset-quotes", body)) == (422, "offsets.ask_for_one")


@pytest.mark.parametrize("body", [{"kg": 0}, {"kg": -1}, {"kg": 1.5}, {"kg": "3"}, {"kg": 2**53}, {"kg": 1, "x": 1}])
def test_nonsense_is_refused_by_its_shape(shop, alice, body):
    shop.batch()

    assert refused(alice.post("/v1/offset-quotes", body)) == (422, "request.invalid")


def test_money_buys_what_it_can_and_the_rest_is_not_charged(shop, alice, fee_of):
    shop.batch()
    fee_of(per_mille=50)

    quote = alice.quote(amount_fen=1_000)

    # Five kilograms would cost 1,050 fen, four cost 840.
    assert (quote["kg"], quote["total_fen"]) == (4, 840)


def test_money_for_less_than_a_kilogram_is_refused(shop, alice):
    shop.batch()

    assert refused(alice.post("/v1/offset-quotes", {"amount_fen": 199})) == (422, "offsets.amount_too_small")


def test_an_amount_that_cannot_be_paid_online_is_not_quoted(shop, alice):
    shop.batch(price_fen_per_t=7_519)

    answer = alice.post("/v1/offset-quotes", {"kg": 13})

    assert refused(answer) == (422, "payments.amount_out_of_range")
    assert answer.json["amount_fen_min"] == 100
    assert alice.quote(kg=14)["total_fen"] == 106


def test_the_cheapest_batch_with_enough_is_quoted(shop, alice):
    cheap, small = shop.batch(50), shop.batch(5, price_fen_per_t=PRICE_FEN_PER_T - 1_000)
    shop.batch(50, price_fen_per_t=PRICE_FEN_PER_T + 1)

    assert alice.quote(kg=5)["batch"]["code"] == small.code
    assert alice.quote(kg=6)["batch"]["code"] == cheap.code


def test_a_batch_can_be_named(shop, alice):
    shop.batch()
    dear = shop.batch(price_fen_per_t=PRICE_FEN_PER_T * 2)

    quote = alice.quote(kg=1, batch_id=public_id("bat", dear.id))

    assert (quote["batch"]["code"], quote["total_fen"]) == (dear.code, 400)
    unknown = alice.post("/v1/offset-quotes", {"kg": 1, "batch_id": public_id("bat", new_id())})
    assert refused(unknown) == (404, "credits.batch_not_found")


def test_what_is_not_there_is_not_quoted(shop, alice):
    assert refused(alice.post("/v1/offset-quotes", {"kg": 1})) == (409, "offsets.not_for_sale")
    batch = shop.batch(7)

    answer = alice.post("/v1/offset-quotes", {"kg": 8})

    assert refused(answer) == (409, "credits.not_enough_kg")
    assert answer.json["available_kg"] == 7
    set_price(shop, batch, None)
    named = {"kg": 1, "batch_id": public_id("bat", batch.id)}
    assert refused(alice.post("/v1/offset-quotes", named)) == (409, "offsets.not_for_sale")


def test_nothing_is_sold_that_nobody_is_paid_for(shop, alice):
    shop.batch(with_payee=False)

    assert refused(alice.post("/v1/offset-quotes", {"kg": 1})) == (409, "offsets.not_for_sale")


def test_a_footprint_is_quoted_with_the_kilograms_that_cover_it(shop, alice, bob):
    shop.batch(10_000)
    year = {"year": 2025, "county": "331102", "activities": {"car": {"distance_m": 100_000}}}
    footprint = alice.post("/v1/footprints", year).json

    quote = alice.quote(footprint_id=footprint["id"])

    assert (quote["kg"], quote["footprint_id"]) == (footprint["kg_to_cover"], footprint["id"])
    foreign = bob.post("/v1/offset-quotes", {"footprint_id": footprint["id"]})
    assert refused(foreign) == (404, "footprint.not_found")


def test_a_price_that_was_quoted_holds_until_it_expires(shop, alice, hands):
    batch = shop.batch()
    kept, late = alice.quote(kg=1), alice.quote(kg=1)
    set_price(shop, batch, PRICE_FEN_PER_T * 3)

    hands.move(timedelta(minutes=15) - timedelta(seconds=1))
    order = alice.try_order(kept)
    hands.move(timedelta(seconds=1))
    expired = alice.try_order(late)

    assert (order.status_code, order.json["total_fen"]) == (201, 200)
    assert refused(expired) == (409, "offsets.quote_expired")


def test_what_was_taken_off_sale_is_not_sold_by_an_older_quote(shop, alice):
    batch = shop.batch()
    quote = alice.quote(kg=1)
    set_price(shop, batch, None)

    assert refused(alice.try_order(quote)) == (409, "offsets.not_for_sale")


def test_a_quote_reserves_nothing(shop, alice, bob):
    shop.batch(7)
    alices, bobs = alice.quote(kg=7), bob.quote(kg=7)

    assert bob.try_order(bobs).status_code == 201
    assert refused(alice.try_order(alices)) == (409, "credits.not_enough_kg")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"purpose": "gift"}, "offsets.beneficiary_missing"),
        ({"purpose": "self", "beneficiary_name": "王小明"}, "offsets.beneficiary_not_needed"),
        ({"purpose": "event"}, "request.invalid"),
        ({"purpose": "gift", "beneficiary_name": "王" * 41}, "request.invalid"),
    ],
)
def test_a_gift_has_a_name_and_nothing_else_has(shop, alice, said, code):
    shop.batch()
    quote = alice.quote(kg=1)

    assert refused(alice.try_order(quote, **said)) == (422, code)


def test_nobody_reserves_without_end(shop, alice):
    shop.batch()
    orders = [alice.order(kg=1) for _ in range(5)]

    quote = alice.quote(kg=1)
    assert refused(alice.try_order(quote)) == (409, "offsets.too_many_unpaid")
    alice.post(f"/v1/offset-orders/{orders[0]['id']}/cancel")
    assert alice.try_order(quote).status_code == 201
