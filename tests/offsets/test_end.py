"""How orders end: not paid, canceled, paid too late, refunded, charged back; and what a crash leaves is taken up."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.approvals import approve_proposal, find_proposal
from app.credits import available_kg
from app.credits.errors import HoldNotForThis
from app.foundation.data import clock, parse_public_id, reading, run_in_transaction
from app.foundation.work import work_until_idle
from app.foundation.work.models import OutboxRow
from app.offsets.usecases import retire
from app.payments import NotRefundable, RefundState, find_payment, refunds_of, request_refund
from app.payments.sandbox import books
from tests.offsets.shop import fees_fen, finance_of, pay, pay_at_provider, payable_fen, tasks
from tests.offsets.test_quote import refused, set_price
from tests.payments.faults import faulty

RESERVED = timedelta(minutes=15)


def left(batch):
    with reading() as session:
        return available_kg(session, batch.id, now=clock.now())


def expire(hands):
    """Let the time to pay pass, and the worker do its rounds."""
    hands.move(RESERVED)
    work_until_idle()


@pytest.fixture
def late():
    """Pay what the provider had canceled already: the payer's bank was faster than it."""

    def late(order):
        def reopen(session):
            payment = find_payment(session, parse_public_id("pay", order["payment"]["id"]))
            books.get_intent(session, payment.provider_ref).status = "processing"
            session.flush()

        run_in_transaction(reopen)
        pay(order)

    return late


def test_an_order_that_nobody_pays_gives_its_kilograms_free(shop, alice, hands):
    batch = shop.batch(7)
    order = alice.order(kg=7)
    assert left(batch) == 0

    hands.move(RESERVED - timedelta(seconds=1))
    work_until_idle()
    assert alice.now_is(order)["state"] == "reserved"
    expire(hands)

    now = alice.now_is(order)
    assert (now["state"], now["reason"], now["payment"]["state"]) == ("expired", "time_over", "canceled")
    assert now["reason_text"]
    assert left(batch) == 7


def test_kilograms_stay_reserved_until_the_provider_agrees_that_nobody_pays(shop, alice, hands, app):
    batch = shop.batch(7)
    order = alice.order(kg=7)

    with faulty(app) as line:
        line.is_down = True
        expire(hands)
        assert (alice.now_is(order)["state"], left(batch)) == ("reserved", 0)
        canceled = alice.post(f"/v1/offset-orders/{order['id']}/cancel")
        assert (canceled.status_code, canceled.json["state"], left(batch)) == (200, "reserved", 0)
    hands.move(timedelta(minutes=15))
    work_until_idle()

    assert (alice.now_is(order)["state"], left(batch)) == ("closed", 7)


def test_an_order_is_placed_while_the_provider_is_away_and_paid_later(shop, alice, hands, app):
    shop.batch()

    with faulty(app) as line:
        line.is_down = True
        order = alice.order(kg=1)
        assert (order["payment"]["state"], order["payment"]["client_payload"]) == ("created", None)
    hands.move(timedelta(minutes=2))
    work_until_idle()
    again = alice.now_is(order)
    assert (again["payment"]["state"], again["state"]) == ("pending", "reserved")
    assert again["payment"]["client_payload"] is not None
    pay(order)

    assert alice.now_is(order)["state"] == "fulfilled"


def test_a_buyer_cancels_and_the_kilograms_are_free_at_once(shop, alice):
    batch = shop.batch(7)
    order = alice.order(kg=7)

    canceled = alice.post(f"/v1/offset-orders/{order['id']}/cancel")
    again = alice.post(f"/v1/offset-orders/{order['id']}/cancel")

    assert (canceled.json["state"], canceled.json["reason"]) == ("closed", "canceled")
    assert canceled.json["payment"]["client_payload"] is None
    assert (again.status_code, again.json["state"]) == (200, "closed")
    assert left(batch) == 7


def test_a_payment_that_the_payer_ends_at_the_provider_closes_the_order(shop, alice, client):
    batch = shop.batch(7)
    order = alice.order(kg=7)

    client.post(f"/sandbox/payments/{order['payment']['id']}/cancel")
    work_until_idle()

    now = alice.now_is(order)
    assert (now["state"], now["reason"], left(batch)) == ("closed", "payment_ended", 7)


def test_a_refused_attempt_leaves_the_order_as_it_is(shop, alice, client):
    shop.batch()
    order = alice.order(kg=1)
    client.post(f"/sandbox/payments/{order['payment']['id']}/fail")
    work_until_idle()
    now = alice.now_is(order)
    assert (now["state"], now["payment"]["state"]) == ("reserved", "failed")

    pay(order)

    assert alice.now_is(order)["state"] == "fulfilled"


def test_a_success_by_the_clock_too_late_buys_what_is_still_reserved(shop, alice, hands):
    batch = shop.batch(7)
    order = alice.order(kg=7)
    hands.move(RESERVED - timedelta(seconds=1))
    pay_at_provider(order)
    hands.move(timedelta(seconds=30))

    work_until_idle()

    assert (alice.now_is(order)["state"], left(batch)) == ("fulfilled", 0)


def test_a_late_success_takes_the_same_batch_at_the_same_price_if_it_is_there(shop, alice, hands, late):
    batch = shop.batch(7)
    order = alice.order(kg=7)
    expire(hands)
    assert alice.now_is(order)["state"] == "expired"

    late(order)

    now = alice.now_is(order)
    assert (now["state"], now["reason"], now["payment"]["state"]) == ("fulfilled", None, "succeeded")
    assert (left(batch), payable_fen(shop.payee_id)) == (0, 1_400)


def test_a_late_success_for_kilograms_that_are_gone_goes_back_and_the_payer_is_told(shop, alice, bob, hands, late):
    shop.batch(7)
    order = alice.order(kg=7)
    expire(hands)
    bob.order(kg=1)

    late(order)
    work_until_idle()

    now = alice.now_is(order)
    assert (now["state"], now["reason"]) == ("closed", "paid_too_late")
    assert (now["payment"]["state"], now["payment"]["refunded_fen"]) == ("refunded", 1_400)
    assert "back" in now["reason_text"] or "退" in now["reason_text"]
    assert payable_fen(shop.payee_id) == 0
    assert "payments.system_refund" in tasks()


def test_a_late_success_at_another_price_goes_back(shop, alice, hands, late):
    batch = shop.batch(7)
    order = alice.order(kg=7)
    expire(hands)
    set_price(shop, batch, 199_999)

    late(order)

    assert alice.now_is(order)["reason"] == "paid_too_late"
    assert left(batch) == 7


def test_money_that_comes_after_a_cancel_goes_back(shop, alice, late):
    batch = shop.batch(7)
    order = alice.order(kg=7)
    alice.post(f"/v1/offset-orders/{order['id']}/cancel")

    late(order)
    work_until_idle()

    now = alice.now_is(order)
    assert (now["state"], now["reason"], now["payment"]["state"]) == ("closed", "paid_after_cancel", "refunded")
    assert left(batch) == 7


def test_who_paid_and_cancels_before_the_message_has_come_gets_the_money_back(shop, alice):
    batch = shop.batch(7)
    order = alice.order(kg=7)
    pay_at_provider(order)

    # The provider says that it is paid already: the order ends as the buyer wants.
    canceled = alice.post(f"/v1/offset-orders/{order['id']}/cancel")
    work_until_idle()

    assert (canceled.status_code, canceled.json["reason"]) == (200, "paid_after_cancel")
    now = alice.now_is(order)
    assert (now["state"], now["payment"]["state"], left(batch)) == ("closed", "refunded", 7)


def test_what_is_retired_is_neither_canceled_nor_refunded(shop, alice):
    shop.batch()
    order = alice.order(kg=1)
    pay(order)

    canceled = alice.post(f"/v1/offset-orders/{order['id']}/cancel")
    refund = alice.post(f"/v1/offset-orders/{order['id']}/refund")

    assert refused(canceled) == (409, "offsets.order_paid")
    assert refused(refund) == (409, "offsets.order_retired")


@pytest.fixture
def unretired(monkeypatch):
    """The worker that retires is away; call the value to bring it back."""
    original = retire.retire_order
    monkeypatch.setattr(retire, "retire_order", lambda *_, **__: None)
    return lambda: monkeypatch.setattr(retire, "retire_order", original)


def test_what_is_paid_and_not_retired_is_refunded(shop, alice, unretired, fee_of):
    batch = shop.batch(7)
    fee_of(per_mille=50)
    order = alice.order(kg=7)
    pay(order)
    assert (alice.now_is(order)["state"], payable_fen(shop.payee_id), fees_fen()) == ("paid", 1_400, 70)

    refund = alice.post(f"/v1/offset-orders/{order['id']}/refund")
    unretired()
    work_until_idle()

    assert (refund.status_code, refund.json["state"], refund.json["reason"]) == (200, "closed", "refund_asked")
    now = alice.now_is(order)
    assert (now["payment"]["state"], now["payment"]["refunded_fen"]) == ("refunded", 1_470)
    assert (payable_fen(shop.payee_id), fees_fen(), left(batch)) == (0, 0, 7)
    again = alice.post(f"/v1/offset-orders/{order['id']}/refund")
    assert refused(again) == (409, "offsets.order_not_paid")


def test_what_is_not_paid_has_nothing_to_refund(shop, alice):
    shop.batch()
    order = alice.order(kg=1)

    assert refused(alice.post(f"/v1/offset-orders/{order['id']}/refund")) == (409, "offsets.order_not_paid")


def test_a_large_refund_waits_for_a_second_person_and_keeps_the_order_from_being_retired(
    shop, alice, unretired, hands, app, monkeypatch
):
    monkeypatch.setitem(app.config, "LINTAN_PAYMENTS_REFUND_ALONE_FEN_MAX", 100)
    batch = shop.batch(7)
    order = alice.order(kg=7)
    pay(order)
    refund = alice.post(f"/v1/offset-orders/{order['id']}/refund")
    assert (refund.status_code, refund.json["state"], refund.json["refund_asked"]) == (200, "paid", True)
    unretired()

    hands.move(timedelta(minutes=1))
    work_until_idle()
    assert (alice.now_is(order)["state"], left(batch)) == ("paid", 0)
    hands.move(timedelta(days=7))  # Nobody has approved it: the order goes on.
    work_until_idle()
    hands.move(timedelta(minutes=1))
    work_until_idle()

    assert alice.now_is(order)["state"] == "fulfilled"
    with reading() as session:
        refunds = refunds_of(session, parse_public_id("pay", order["payment"]["id"]))
    assert [refund.state for refund in refunds] == [RefundState.REFUSED]


def test_what_a_crash_leaves_between_payment_and_retirement_is_retired_within_a_minute(shop, alice, unretired, hands):
    shop.batch()
    order = alice.order(kg=1)
    pay(order)
    # The worker died with the message in its hands.
    run_in_transaction(
        lambda session: session.execute(
            update(OutboxRow)
            .where(OutboxRow.topic == "offsets.to_retire")
            .values(done_at=None, leased_until=clock.now() + timedelta(hours=1))
        )
    )
    assert alice.now_is(order)["state"] == "paid"
    unretired()

    for _ in range(6):
        hands.move(timedelta(seconds=10))
        work_until_idle()

    assert alice.now_is(order)["state"] == "fulfilled"


def test_an_order_that_the_register_refuses_to_retire_is_refunded(shop, alice, monkeypatch):
    batch = shop.batch(7)
    order = alice.order(kg=7)

    def refuse(*_, **__):
        raise HoldNotForThis()

    monkeypatch.setattr(retire, "retire_held", refuse)
    pay(order)

    now = alice.now_is(order)
    assert (now["state"], now["reason"], now["payment"]["state"]) == ("closed", "not_retired", "refunded")
    assert (left(batch), payable_fen(shop.payee_id)) == (7, 0)


def test_an_order_that_fails_does_not_hold_up_the_next(shop, alice, bob, unretired, hands, monkeypatch):
    shop.batch()
    orders = [alice.order(kg=1), bob.order(kg=2)]
    for order in orders:
        pay(order)
    unretired()
    whole = retire.retire_held

    def break_once(session, hold_id, **more):
        if more["beneficiary"].id == alice.id:
            raise RuntimeError("disk")
        return whole(session, hold_id, **more)

    monkeypatch.setattr(retire, "retire_held", break_once)
    hands.move(timedelta(seconds=30))
    work_until_idle()
    assert [alice.now_is(orders[0])["state"], bob.now_is(orders[1])["state"]] == ["paid", "fulfilled"]

    monkeypatch.setattr(retire, "retire_held", whole)
    hands.move(timedelta(seconds=30))
    work_until_idle()

    assert alice.now_is(orders[0])["state"] == "fulfilled"


def test_what_is_retired_stays_retired_when_the_bank_takes_the_money_back(shop, alice, client):
    shop.batch()
    order = alice.order(kg=1)
    pay(order)

    client.post(f"/sandbox/payments/{order['payment']['id']}/dispute")
    work_until_idle()
    client.post(f"/sandbox/payments/{order['payment']['id']}/lose-dispute")
    work_until_idle()

    now = alice.now_is(order)
    assert (now["state"], now["reason"], now["payment"]["state"]) == ("fulfilled", "charged_back", "disputed")
    assert now["retirement"] is not None


def test_payments_refunds_nothing_that_is_retired_whoever_asks(shop, alice):
    shop.batch()
    order = alice.order(kg=1)
    pay(order)
    payment_id = parse_public_id("pay", order["payment"]["id"])
    finance = finance_of(shop.register.agency_id)

    def ask(session):
        return request_refund(session, payment_id, amount_fen=1, reason="goodwill", actor=finance, now=clock.now())

    with pytest.raises(NotRefundable):
        run_in_transaction(ask)


def test_a_large_refund_that_a_second_person_approves_closes_the_order(shop, alice, unretired, hands, app, monkeypatch):
    monkeypatch.setitem(app.config, "LINTAN_PAYMENTS_REFUND_ALONE_FEN_MAX", 100)
    batch = shop.batch(7)
    order = alice.order(kg=7)
    pay(order)
    alice.post(f"/v1/offset-orders/{order['id']}/refund")
    unretired()

    with reading() as session:
        refund = refunds_of(session, parse_public_id("pay", order["payment"]["id"]))[0]
        proposal = find_proposal(session, refund.approval_id)
    approver = finance_of(shop.register.agency_id)
    approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=approver, now=clock.now())
    work_until_idle()

    now = alice.now_is(order)
    assert (now["state"], now["reason"], now["payment"]["state"]) == ("closed", "refund_asked", "refunded")
    assert (left(batch), payable_fen(shop.payee_id)) == (7, 0)
