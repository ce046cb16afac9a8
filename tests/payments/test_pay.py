"""A payment from its order to its payee: in time, late, not at all, and with a provider that is away."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from app.foundation.data import new_id, public_id, reading, run_in_transaction
from app.foundation.work import work_until_idle
from app.foundation.work.models import OutboxRow
from app.identity import ConsentNeeded
from app.ledger import Cause, balance_of, balance_of_owner
from app.payments import (
    AmountOutOfRange,
    MoreThanPaid,
    NotPaid,
    PaymentOpen,
    PaymentState,
    call_provider,
    cancel_payment,
    payable_account,
    payment_for,
    take_from_suspense,
)
from app.payments.provider import provider
from app.payments.sandbox import books
from tests.payments.conftest import (
    ALICE,
    BOB,
    NOON,
    WORKSHOP,
    at_provider,
    intent,
    now_is,
    open_and_call,
    opened,
    paid,
    take_all,
    tasks,
    told,
    wrong_in_the_books,
)
from tests.payments.faults import faulty


def payable_fen(payment):
    def read(session):
        return balance_of(session, payable_account(session, payment.payee_id).id, today=NOON.date()).posted

    return run_in_transaction(read)


def suspense_fen(payment):
    with reading() as session:
        name = {"owner_kind": "payment", "owner_id": payment.id, "asset_code": "CNY", "purpose": "suspense"}
        return balance_of_owner(session, **name, today=NOON.date()).posted


def test_a_payment_is_opened_at_the_provider_and_pays_the_payee_once(app):
    payment = open_and_call()
    assert payment.state is PaymentState.PENDING
    assert payment.client_payload["client_secret"].startswith(payment.provider_ref)

    at_provider(books.succeed, payment)
    work_until_idle()

    after = now_is(payment)
    assert (after.state, after.paid_fen, after.suspense_fen) == (PaymentState.SUCCEEDED, 5_000, 0)
    assert after.client_payload is None
    assert told() == {"paid": 1}
    assert (payable_fen(payment), suspense_fen(payment)) == (5_000, 0)
    assert wrong_in_the_books() == {}


def test_over_http_the_app_gets_what_it_needs_polls_and_pays_in_the_sandbox(sign_in):
    alice = sign_in(ALICE)
    shown = alice.post("/v1/workshop-orders").json["payment"]
    assert (shown["state"], shown["provider"]) == ("pending", "sandbox")

    done = alice.post(f"/sandbox/payments/{shown['id']}/succeed")
    work_until_idle()

    assert done.status_code == 200
    answer = alice.get(f"/v1/payments/{shown['id']}").json
    assert (answer["state"], answer["client_payload"], answer["paid_at"]) == ("succeeded", None, "2026-03-13T04:00:00Z")
    assert "payer_id" not in answer
    again = alice.post(f"/sandbox/payments/{shown['id']}/succeed")
    assert (again.status_code, again.json["code"]) == (409, "payments.sandbox_refused")


def test_somebody_elses_payment_is_not_there(sign_in):
    payment = open_and_call(payer_id=ALICE)
    address = f"/v1/payments/{public_id('pay', payment.id)}"

    assert sign_in(ALICE).get(address).status_code == 200
    answers = [sign_in(BOB).get(address), sign_in(BOB).get("/v1/payments/pay_x")]
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [
        (404, "payments.payment_not_found")
    ] * 2


def test_a_provider_that_is_away_leaves_the_payment_created_and_the_worker_goes_on(app, hands):
    with faulty(app) as line:
        line.is_down = True
        payment = open_and_call()
        assert (payment.state, payment.client_payload) == (PaymentState.CREATED, None)

        hands.move(timedelta(seconds=40))
        work_until_idle()
        assert now_is(payment).state is PaymentState.CREATED

        line.is_down = False
        hands.move(timedelta(minutes=2))
        work_until_idle()

        after = now_is(payment)
        assert after.state is PaymentState.PENDING
        assert {key for method, _, key in line.requests if method == "post"} == {f"pi:{public_id('pay', payment.id)}:1"}


def test_a_payment_that_nobody_called_about_is_opened_by_the_worker(app, hands):
    payment = run_in_transaction(opened)

    hands.move(timedelta(seconds=21))
    work_until_idle()

    assert now_is(payment).state is PaymentState.PENDING


def test_a_thing_has_one_open_payment_at_most(app, hands):
    payment = open_and_call()
    with pytest.raises(PaymentOpen):
        run_in_transaction(lambda session: opened(session, subject_id=payment.subject_id))

    at_provider(books.cancel, payment)
    work_until_idle()
    hands.move(timedelta(seconds=1))
    second = open_and_call(subject_id=payment.subject_id)

    with reading() as session:
        assert payment_for(session, payment.purpose, payment.subject_id).id == second.id


@pytest.mark.parametrize(("amount_fen", "fits"), [(99, False), (100, True), (99_999_999, True), (100_000_000, False)])
def test_amounts_are_within_what_the_provider_takes(app, amount_fen, fits):
    if fits:
        assert open_and_call(amount_fen=amount_fen).state is PaymentState.PENDING
    else:
        with pytest.raises(AmountOutOfRange):
            run_in_transaction(lambda session: opened(session, amount_fen=amount_fen))


def test_a_refused_attempt_may_be_followed_by_a_good_one(app):
    payment = open_and_call()
    at_provider(books.fail, payment)
    work_until_idle()
    assert now_is(payment).state is PaymentState.FAILED

    at_provider(books.succeed, payment)
    work_until_idle()

    assert now_is(payment).state is PaymentState.SUCCEEDED
    assert told() == {"failed": 1, "paid": 1}


def test_an_expired_payment_is_canceled_at_the_provider_before_it_is_released(app, hands):
    with faulty(app) as line:
        payment = open_and_call()
        line.is_down = True
        hands.move(timedelta(minutes=15))
        work_until_idle()
        assert (now_is(payment).state, told()) == (PaymentState.PENDING, {})

        line.is_down = False
        hands.move(timedelta(minutes=2))
        work_until_idle()

    after = now_is(payment)
    assert (after.state, after.client_payload, told()) == (PaymentState.CANCELED, None, {"canceled": 1})
    assert wrong_in_the_books() == {}


def test_a_cancelation_is_asked_for_once_and_ends_the_payment(app):
    payment = open_and_call()
    for _ in range(2):
        run_in_transaction(lambda session: cancel_payment(session, payment.id, now=NOON))
    work_until_idle()

    assert now_is(payment).state is PaymentState.CANCELED
    assert told() == {"canceled": 1}


def test_a_payment_that_never_reached_the_provider_is_canceled_there_too(app):
    with faulty(app) as line:
        line.faults = ["timeout_after"] * 3
        payment = open_and_call()
        assert now_is(payment).state is PaymentState.CREATED
        run_in_transaction(lambda session: cancel_payment(session, payment.id, now=NOON))
        work_until_idle()

        assert now_is(payment).state is PaymentState.CANCELED
        assert [path for method, path, _ in line.requests if method == "post"][-1].endswith("/cancel")


def test_a_success_that_overtakes_the_cancelation_is_late_and_goes_back(app, hands):
    payment = open_and_call()
    run_in_transaction(lambda session: books.succeed(session, payment.provider_ref))
    run_in_transaction(lambda session: cancel_payment(session, payment.id, now=NOON))
    work_until_idle()

    after = now_is(payment)
    assert after.state is PaymentState.REFUNDED
    assert told() == {"paid_late": 1, "refunded": 1}
    assert "payments.system_refund" in tasks()
    assert suspense_fen(payment) == 0
    assert wrong_in_the_books() == {}


def test_a_late_success_may_still_be_kept(app, hands):
    WORKSHOP.refunds_late = False
    payment = open_and_call()
    hands.move(timedelta(minutes=15))
    at_provider(books.succeed, payment)
    work_until_idle()

    assert now_is(payment).state is PaymentState.SUCCEEDED
    assert (told(), payable_fen(payment)) == ({"paid_late": 1}, 5_000)


def test_a_room_that_refuses_a_fact_leaves_the_fact_and_a_task(app):
    WORKSHOP.refuses = "paid"
    payment = paid()

    assert payment.state is PaymentState.SUCCEEDED
    assert (payment.suspense_fen, suspense_fen(payment), told()) == (5_000, 5_000, {})
    assert "payments.purpose_failed" in tasks()
    assert wrong_in_the_books() == {"payments_settled_with_suspense": 1}


def test_money_that_nobody_takes_becomes_a_task(app):
    WORKSHOP.takes = False
    payment = paid()

    assert "payments.unclaimed" in tasks()
    assert wrong_in_the_books() == {"payments_settled_with_suspense": 1}

    run_in_transaction(lambda session: take_all(session, payment, now=NOON))
    assert wrong_in_the_books() == {}


def test_no_more_is_taken_than_came_in_and_nothing_before(app):
    WORKSHOP.takes = False
    waiting, payment = open_and_call(), paid()

    def take(whom, fen):
        def run(session):
            cause = Cause("workshop.order", whom.id, "part", actor_id=ALICE)
            account = payable_account(session, whom.payee_id)
            return take_from_suspense(session, whom.id, to=account, amount_fen=fen, cause=cause, now=NOON)

        return run_in_transaction(run)

    with pytest.raises(NotPaid):
        take(waiting, 1)
    with pytest.raises(MoreThanPaid):
        take(payment, 5_001)
    assert take(payment, 3_000) == take(payment, 3_000)
    assert now_is(payment).suspense_fen == suspense_fen(payment) == 2_000


def test_an_open_payment_is_looked_at_when_no_message_comes(app, hands):
    payment = open_and_call(expires_at=NOON + timedelta(days=1))
    at_provider(lambda session, ref: setattr(books.get_intent(session, ref), "status", "succeeded"), payment)
    at_provider(lambda session, ref: setattr(books.get_intent(session, ref), "amount_received", 5_000), payment)

    hands.move(timedelta(minutes=9))
    work_until_idle()
    assert now_is(payment).state is PaymentState.PENDING

    hands.move(timedelta(minutes=2))
    work_until_idle()
    assert now_is(payment).state is PaymentState.SUCCEEDED


def test_messages_that_were_never_delivered_are_asked_for(app, hands):
    payment = paid()
    run_in_transaction(lambda session: lose_the_message(session, books.open_dispute(session, payment.provider_ref)))
    work_until_idle()
    assert now_is(payment).state is PaymentState.SUCCEEDED

    hands.move(timedelta(minutes=16))
    work_until_idle()

    assert now_is(payment).state is PaymentState.DISPUTED


def lose_the_message(session, row):

    session.execute(delete(OutboxRow).where(OutboxRow.key.startswith(row.id)))


def test_no_provider_is_called_inside_a_transaction(app):
    payment = run_in_transaction(opened)

    with pytest.raises(RuntimeError, match="inside a transaction"):
        run_in_transaction(lambda _: call_provider(payment.id))


def test_the_provider_gets_ids_and_amounts_and_nothing_about_a_person(app):
    payment = open_and_call()

    details = at_provider(lambda session, ref: books.get_intent(session, ref).details, payment)

    assert details == {"payment": public_id("pay", payment.id), "kind": "workshop.order", "env": "test"}
    assert intent(payment)["metadata"]["payment"] == details["payment"]


def test_only_a_provider_that_takes_data_abroad_asks_for_the_payers_consent(app, monkeypatch):
    stranger = new_id()
    with pytest.raises(ConsentNeeded) as refused:
        run_in_transaction(lambda session: opened(session, payer_id=stranger))
    assert refused.value.params["purpose"] == "cross_border_payment"

    monkeypatch.setattr(provider(), "takes_data_abroad", False)

    assert run_in_transaction(lambda session: opened(session, payer_id=stranger)).payer_id == stranger
