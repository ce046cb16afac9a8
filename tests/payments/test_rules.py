"""What may become what: every pair of states, and the arithmetic of going back."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules import (
    OPEN_STATES,
    PAID_STATES,
    PAYMENT_MOVES,
    DisputeState,
    PaymentState,
    RefundState,
    back_off,
    dispute_may_move,
    is_late,
    may_move,
    refund_may_move,
    split_return,
    state_once_paid,
    within_refund_window,
)

AT = datetime(2026, 3, 13, tzinfo=UTC)

# Written out a second time, so that a change of the table is a change of mind and not a slip.
PAYMENT = {
    "created": "pending failed succeeded canceled",
    "pending": "failed succeeded canceled",
    "failed": "succeeded canceled",
    "canceled": "succeeded",
    "succeeded": "part_refunded refunded refund_failed disputed",
    "part_refunded": "refunded refund_failed disputed",
    "refunded": "refund_failed disputed",
    "refund_failed": "refunded disputed",
    "disputed": "succeeded part_refunded refunded refund_failed",
}
REFUND = {
    "requested": "approved refused",
    "refused": "",
    "approved": "sent succeeded failed",
    "sent": "succeeded failed",
    "succeeded": "failed",
    "failed": "",
}
DISPUTE = {"open": "won lost", "won": "", "lost": ""}


@pytest.mark.parametrize(("before", "after"), list(product(PaymentState, PaymentState)))
def test_each_pair_of_payment_states(before, after):
    assert may_move(before, after) is (after.value in PAYMENT[before.value].split())


@pytest.mark.parametrize(("before", "after"), list(product(RefundState, RefundState)))
def test_each_pair_of_refund_states(before, after):
    assert refund_may_move(before, after) is (after.value in REFUND[before.value].split())


@pytest.mark.parametrize(("before", "after"), list(product(DisputeState, DisputeState)))
def test_each_pair_of_dispute_states(before, after):
    assert dispute_may_move(before, after) is (after.value in DISPUTE[before.value].split())


def test_a_payment_is_open_paid_or_canceled_and_money_once_in_is_never_denied():
    assert OPEN_STATES | PAID_STATES | {PaymentState.CANCELED} == set(PaymentState)
    assert not OPEN_STATES & PAID_STATES
    for state in PAID_STATES:
        assert PAYMENT_MOVES[state] <= PAID_STATES


@given(
    refunds=st.lists(st.tuples(st.integers(1, 100), st.sampled_from(["succeeded", "failed"])), max_size=5),
    seed=st.randoms(use_true_random=False),
)
def test_the_state_of_a_paid_payment_does_not_depend_on_the_order_of_its_refunds(refunds, seed):
    def state_of(found):
        return state_once_paid(
            paid_fen=500,
            refunded_fen=sum(fen for fen, state in found if state == "succeeded"),
            refund_failed=any(state == "failed" for _, state in found),
        )

    shuffled = list(refunds)
    seed.shuffle(shuffled)

    assert state_of(shuffled) is state_of(refunds)
    assert state_of(refunds) in PAID_STATES


@pytest.mark.parametrize(
    ("refunded", "failed", "disputes", "state"),
    [
        (0, False, [], "succeeded"),
        (1, False, [], "part_refunded"),
        (5, False, [], "refunded"),
        (0, True, [], "refund_failed"),
        (1, True, [], "refund_failed"),
        (5, True, [], "refunded"),
        (1, False, ["won"], "part_refunded"),
        (0, False, ["open"], "disputed"),
        (5, True, ["lost"], "disputed"),
        (0, False, ["won", "lost"], "disputed"),
    ],
)
def test_what_a_paid_payment_is(refunded, failed, disputes, state):
    found = state_once_paid(
        paid_fen=5, refunded_fen=refunded, refund_failed=failed, disputes=[DisputeState(each) for each in disputes]
    )

    assert found == state


@given(
    takes=st.lists(st.tuples(st.integers(1, 10**8), st.integers(0, 10**8)).filter(lambda t: t[1] <= t[0]), max_size=6),
    share=st.integers(0, 100),
)
def test_what_goes_back_is_exactly_what_was_asked_and_never_more_than_was_taken(takes, share):
    free = sum(taken - returned for taken, returned in takes)
    amount = free * share // 100

    parts = split_return(amount, takes=takes)

    assert sum(fen for _, fen in parts) == amount
    assert all(0 < fen <= takes[place][0] - takes[place][1] for place, fen in parts)
    assert [place for place, _ in parts] == sorted(place for place, _ in parts)


def test_more_than_was_taken_cannot_go_back():
    with pytest.raises(ValueError, match="1 fen more"):
        split_return(11, takes=[(10, 0)])


def test_a_success_is_late_from_the_very_moment_of_expiry():
    def late(**changed):
        return is_late(**{"was": PaymentState.PENDING, "expires_at": AT, "canceling": False, "now": AT} | changed)

    assert late()
    assert not late(now=AT - timedelta(microseconds=1))
    assert late(now=AT - timedelta(hours=1), canceling=True)
    assert late(now=AT - timedelta(hours=1), was=PaymentState.CANCELED)


def test_the_refund_window_and_the_waiting_times_have_an_end():
    assert within_refund_window(AT, now=AT + timedelta(days=90) - timedelta(microseconds=1))
    assert not within_refund_window(AT, now=AT + timedelta(days=90))
    assert max(back_off(tries) for tries in range(1, 100)) == timedelta(minutes=10)
