"""A payer's bank takes money back: open, won, lost, and in the middle of a refund."""

import pytest

from app.foundation.data import run_in_transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.payments import (
    NotPaid,
    PaymentState,
    refund_by_system,
)
from app.payments.sandbox import books
from app.payments.usecases.calls import go_on_with_refund
from tests.payments.conftest import (
    NOON,
    WORKSHOP,
    at_provider,
    event,
    now_is,
    paid,
    send,
    tasks,
    told,
    wrong_in_the_books,
)
from tests.payments.test_refunds import ask, fen_on, settle


def test_a_lost_dispute_is_a_loss_and_is_told(app):
    payment = paid()
    at_provider(books.open_dispute, payment)
    work_until_idle()
    assert now_is(payment).state is PaymentState.DISPUTED
    with pytest.raises(NotPaid):
        ask(payment, 1)

    at_provider(books.close_dispute, payment, won=False)
    work_until_idle()

    assert (now_is(payment).state, told()) == (PaymentState.DISPUTED, {"paid": 1, "charged_back": 1})
    assert fen_on("city", SYSTEM.id, "dispute_loss") == -5_000
    assert fen_on("city", SYSTEM.id, "clearing") == 0
    assert "payments.charged_back" in tasks()
    assert wrong_in_the_books() == {}


def test_a_won_dispute_leaves_the_payment_as_its_refunds_make_it(app):
    payment = paid()
    ask(payment, 2_000)
    work_until_idle()
    at_provider(books.open_dispute, payment)
    work_until_idle()
    at_provider(books.close_dispute, payment, won=True)
    work_until_idle()

    assert (now_is(payment).state, told().get("charged_back")) == (PaymentState.PART_REFUNDED, None)
    assert wrong_in_the_books() == {}


def test_a_refund_under_way_when_a_dispute_is_lost_is_lost_twice_and_still_booked(app):
    WORKSHOP.takes = False
    payment = paid()
    refund = run_in_transaction(lambda s: refund_by_system(s, payment.id, reason="late", now=NOON))
    go_on_with_refund(refund.id)
    app.config["LINTAN_PAYMENTS_SANDBOX_COPIES"] = 0
    try:
        at_provider(books.open_dispute, payment)
        row = at_provider(books.close_dispute, payment, won=False)
        settle(refund, arrives=True)
        client = app.test_client()
        send(client, event("charge.dispute.closed", row.told))
        work_until_idle()
        send(client, event("charge.refunded", {"id": "ch_x", "payment_intent": now_is(payment).provider_ref}))
        work_until_idle()
    finally:
        app.config["LINTAN_PAYMENTS_SANDBOX_COPIES"] = 1

    assert (now_is(payment).state, now_is(payment).refunded_fen) == (PaymentState.DISPUTED, 5_000)
    assert fen_on("city", SYSTEM.id, "dispute_loss") == -5_000
    assert wrong_in_the_books() == {}
