"""The table of moves, and the arithmetic of money and kilograms."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.offsets.rules import ENDED, HOLDING, MOVES, OrderState, fee_fen, may_move, most_kg, total_fen
from app.offsets.views import REASON_TEXTS, Reason

S = OrderState
FORWARD = {
    (S.RESERVED, S.PAID),
    (S.RESERVED, S.CLOSED),
    (S.RESERVED, S.EXPIRED),
    (S.EXPIRED, S.PAID),
    (S.EXPIRED, S.CLOSED),
    (S.PAID, S.FULFILLED),
    (S.PAID, S.CLOSED),
}
PRICES = st.integers(1, 100_000_000)
RATES = st.integers(0, 200)


@pytest.mark.parametrize(("before", "after"), list(product(OrderState, OrderState)))
def test_an_order_moves_forward_only(before, after):
    assert may_move(before, after) is ((before, after) in FORWARD)


def test_every_state_is_in_the_table_and_either_holds_kilograms_or_has_ended():
    assert set(MOVES) == set(OrderState) == HOLDING | ENDED
    assert not HOLDING & ENDED


def test_every_reason_has_a_sentence():
    assert set(REASON_TEXTS) == set(Reason)


@given(amount_fen=st.integers(0, 99_999_999), price=PRICES, rate=RATES)
def test_money_buys_the_most_kilograms_it_can_and_no_more(amount_fen, price, rate):
    kg = most_kg(amount_fen, price_fen_per_t=price, per_mille=rate)

    assert kg == 0 or total_fen(kg, price_fen_per_t=price, per_mille=rate) <= amount_fen
    assert total_fen(kg + 1, price_fen_per_t=price, per_mille=rate) > amount_fen


@given(credits_fen=st.integers(1, 10**11), rate=RATES)
def test_a_fee_is_never_above_its_rate_and_less_than_a_fen_below(credits_fen, rate):
    fee = fee_fen(credits_fen, per_mille=rate)

    assert 0 <= credits_fen * rate - fee * 1_000 < 1_000
