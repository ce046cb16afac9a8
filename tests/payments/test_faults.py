"""The line to the provider breaks at every call, in every way; nobody pays twice and all is final soon after (R13)."""

import itertools
import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from app.foundation.data import reading, run_in_transaction
from app.foundation.work import work_until_idle
from app.foundation.work.models import OutboxRow
from app.payments import PaymentState, call_provider, cancel_payment, refunds_of
from app.payments.rules import OPEN_STATES
from app.payments.sandbox import books
from app.payments.sandbox.models import SandboxBalanceRow, SandboxIntentRow, SandboxRefundRow
from app.payments.usecases.events import receive_webhook
from tests.payments.conftest import (
    NOON,
    WORKSHOP,
    at_provider,
    event,
    intent,
    now_is,
    open_and_call,
    opened,
    paid,
    signature_of,
    told,
    wrong_in_the_books,
)
from tests.payments.faults import FAULTS, faulty
from tests.payments.test_refunds import ask
from tests.payments.test_webhooks import at_once


def rows(model) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def taken_by_provider() -> int:
    """Return what payers are out of pocket, by the provider's own books."""
    with reading() as session:
        return session.scalar(select(func.sum(SandboxBalanceRow.amount))) or 0


def wait(hands, minutes: int = 15) -> None:
    for _ in range(minutes):
        hands.move(timedelta(minutes=1))
        work_until_idle()


# One broken answer is mended by the client itself; three or more reach us.
@pytest.mark.parametrize("times", [1, 3, 4])
@pytest.mark.parametrize("fault", FAULTS)
def test_opening_under_a_fault_makes_one_payment(app, hands, fault, times):
    with faulty(app) as line:
        line.faults = [fault] * times
        payment = open_and_call(expires_at=NOON + timedelta(hours=2))
        wait(hands)

        assert now_is(payment).state is PaymentState.PENDING
        assert rows(SandboxIntentRow) == 1
        at_provider(books.succeed, payment)
        work_until_idle()

    assert (now_is(payment).state, told(), taken_by_provider()) == (PaymentState.SUCCEEDED, {"paid": 1}, 5_000)
    assert wrong_in_the_books() == {}


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("fault", FAULTS)
def test_canceling_under_a_fault_releases_once_and_only_what_cannot_be_paid(app, hands, fault, times):
    with faulty(app) as line:
        payment = open_and_call()
        line.faults = [fault] * times
        run_in_transaction(lambda session: cancel_payment(session, payment.id, now=NOON))
        work_until_idle()
        wait(hands)

    assert (now_is(payment).state, told()) == (PaymentState.CANCELED, {"canceled": 1})
    with reading() as session:
        assert session.scalar(select(SandboxIntentRow.status)) == "canceled"


@pytest.mark.parametrize("times", [1, 3, 4])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_refund_under_a_fault_goes_back_once(app, hands, fault, times):
    payment = paid()
    with faulty(app) as line:
        line.faults = [fault] * times
        ask(payment, 2_000)
        work_until_idle()
        wait(hands)

    assert rows(SandboxRefundRow) == 1
    assert (now_is(payment).state, taken_by_provider()) == (PaymentState.PART_REFUNDED, 3_000)
    assert told() == {"paid": 1, "refunded": 1}
    assert wrong_in_the_books() == {}


def test_a_whole_day_of_faults_ends_with_every_payment_final_and_every_fen_in_its_place(app, hands):
    """Many payments, each with another fate, over a line that breaks at two of three requests."""
    WORKSHOP.takes = True
    with faulty(app) as line:
        line.faults = [fault for pair in zip(FAULTS * 12, [""] * 84, strict=True) for fault in (pair[0], *pair)]
        payments = []
        for number in range(18):
            payments.append(open_and_call(amount_fen=1_000 + number))
            hands.move(timedelta(seconds=7))
            work_until_idle()
        for payment, fate in zip(payments, itertools.cycle(["pay", "leave", "cancel"]), strict=False):
            if now_is(payment).provider_ref is None:
                wait(hands, 2)
            if fate == "pay" and now_is(payment).state in OPEN_STATES and now_is(payment).provider_ref:
                at_provider(books.succeed, payment)
                work_until_idle()
                if now_is(payment).state is PaymentState.SUCCEEDED:
                    ask(payment, 500)
            elif fate == "cancel":
                run_in_transaction(lambda session, payment=payment: cancel_payment(session, payment.id, now=NOON))
            work_until_idle()
        line.faults = []
        wait(hands, 31)

    states = {now_is(payment).state for payment in payments}
    assert states <= {PaymentState.CANCELED, PaymentState.SUCCEEDED, PaymentState.PART_REFUNDED, PaymentState.REFUNDED}
    assert PaymentState.PART_REFUNDED in states
    kept = sum(now_is(payment).paid_fen - now_is(payment).refunded_fen for payment in payments)
    assert kept == taken_by_provider()
    with reading() as session:
        assert all(refund.state == "succeeded" for payment in payments for refund in refunds_of(session, payment.id))
    assert wrong_in_the_books() == {}


def test_twelve_calls_at_once_open_one_payment(app):
    payment = run_in_transaction(opened)

    failures = at_once(app, [lambda: call_provider(payment.id)] * 12)

    assert failures == []
    assert (rows(SandboxIntentRow), now_is(payment).state) == (1, PaymentState.PENDING)


def test_a_message_whose_application_was_cut_off_is_applied_in_the_next_round(app, hands):
    work_until_idle()
    payment = open_and_call()
    body = json.dumps(event("payment_intent.succeeded", intent(payment)))
    receive_webhook(body.encode(), signature_of(body), now=NOON)
    run_in_transaction(lambda session: session.execute(delete(OutboxRow).where(OutboxRow.done_at.is_(None))))

    hands.move(timedelta(seconds=19))
    work_until_idle()
    assert told() == {}

    hands.move(timedelta(seconds=21))
    work_until_idle()
    assert told() == {"paid": 1}


def test_while_the_provider_is_away_one_message_asks_and_the_others_wait_for_the_next_round(app, hands):
    work_until_idle()
    payments = [paid() for _ in range(5)]
    with faulty(app) as line:
        line.is_down = True
        for payment in payments:
            ask(payment, 100)
        work_until_idle()
        assert len(line.requests) == 3  # One call with its two repetitions.

        line.is_down = False
        wait(hands, 3)

    assert {now_is(payment).refunded_fen for payment in payments} == {100}
    assert wrong_in_the_books() == {}
