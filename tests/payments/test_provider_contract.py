"""What we rely on a provider to do: asked of the sandbox always, and of Stripe's test mode where STRIPE_TEST_KEY is set."""

import os
from datetime import timedelta
from uuid import uuid4

import pytest
import stripe

from app.foundation.data import new_id, run_in_transaction
from app.foundation.work import work_until_idle
from app.payments import PaymentState
from app.payments.provider import ProviderKeyUsed, ProviderRefused, ProviderStatus
from app.payments.provider.over_stripe import StripeProvider
from app.payments.rules import RefundState
from app.payments.sandbox import books
from app.payments.sandbox.client import SandboxHTTPClient
from tests.payments.conftest import at_provider, now_is, open_and_call, told, wrong_in_the_books

PROVIDERS = ("sandbox", "stripe") if os.environ.get("STRIPE_TEST_KEY") else ("sandbox",)


@pytest.fixture(params=PROVIDERS)
def provider(request, app):
    real = request.param == "stripe"
    return StripeProvider(
        request.param,
        os.environ["STRIPE_TEST_KEY"] if real else "sk_test_sandbox",
        client=stripe.RequestsClient(timeout=10) if real else SandboxHTTPClient(),
        live=False,
        webhook_secrets=("whsec_x",),
        environment="test",
        methods=("card",),
        publishable_key="pk_test_x",
    )


def open_one(provider, *, payment_id=None, amount_fen=5_000, attempt=1):
    return provider.open(payment_id or new_id(), attempt=attempt, amount_fen=amount_fen, purpose="workshop.order")


def pay(provider, told):
    if provider.name == "sandbox":
        run_in_transaction(lambda session: books.succeed(session, told.ref))
    else:
        client = stripe.StripeClient(os.environ["STRIPE_TEST_KEY"])
        client.v1.payment_intents.confirm(told.ref, {"payment_method": "pm_card_visa"})


def test_the_same_key_opens_one_payment(provider):
    payment_id = new_id()
    first, again = (open_one(provider, payment_id=payment_id) for _ in range(2))

    assert first == again
    assert (first.payment_id, first.amount_fen, first.currency, first.is_live) == (payment_id, 5_000, "cny", False)
    assert first.status is ProviderStatus.WAITING
    assert set(first.client_payload) == {"client_secret", "publishable_key"}


def test_a_key_with_other_arguments_is_refused_and_another_attempt_is_not(provider):
    payment_id = new_id()
    open_one(provider, payment_id=payment_id)

    with pytest.raises(ProviderKeyUsed):
        open_one(provider, payment_id=payment_id, amount_fen=5_001)
    assert open_one(provider, payment_id=payment_id, amount_fen=5_001, attempt=2).amount_fen == 5_001


def test_a_canceled_payment_stays_canceled_and_a_paid_one_cannot_be(provider):
    waiting, paid = open_one(provider), open_one(provider)
    pay(provider, paid)

    assert provider.cancel(waiting.ref).status is ProviderStatus.CANCELED
    assert provider.cancel(waiting.ref).status is ProviderStatus.CANCELED
    after = provider.cancel(paid.ref)
    assert (after.status, after.received_fen) == (ProviderStatus.SUCCEEDED, 5_000)


def test_refunds_are_kept_by_key_and_never_above_what_was_paid(provider):
    told, refund_id = open_one(provider), new_id()
    with pytest.raises(ProviderRefused):
        provider.refund(told.ref, refund_id=new_id(), amount_fen=1)
    pay(provider, told)

    first, again = (provider.refund(told.ref, refund_id=refund_id, amount_fen=3_000) for _ in range(2))

    assert first.ref == again.ref
    assert first.state in (RefundState.SENT, RefundState.SUCCEEDED)
    assert provider.find_refund(told.ref, refund_id).ref == first.ref
    assert provider.find_refund(told.ref, new_id()) is None
    assert provider.retrieve_refund(first.ref).amount_fen == 3_000
    with pytest.raises(ProviderRefused):
        provider.refund(told.ref, refund_id=new_id(), amount_fen=2_001)
    provider.refund(told.ref, refund_id=new_id(), amount_fen=2_000)


def test_what_is_not_there_is_refused(provider):
    with pytest.raises(ProviderRefused):
        provider.retrieve(f"pi_{uuid4().hex}")
    with pytest.raises(ProviderRefused):
        provider.retrieve_dispute(f"dp_{uuid4().hex}")


@pytest.mark.parametrize(
    "switch",
    [
        {"LINTAN_PAYMENTS_SANDBOX_COPIES": 3},
        {"LINTAN_PAYMENTS_SANDBOX_DELAY_S": 30},
        {"LINTAN_PAYMENTS_SANDBOX_REORDER": True},
    ],
)
def test_the_sandboxs_webhooks_come_twice_late_or_out_of_order_and_change_nothing(app, hands, monkeypatch, switch):

    for name, value in switch.items():
        monkeypatch.setitem(app.config, name, value)
    work_until_idle()  # The hourly and other jobs of now are done before anything can be asked for as missed.
    payment = open_and_call()
    at_provider(books.fail, payment)
    at_provider(books.succeed, payment)
    work_until_idle()
    if "LINTAN_PAYMENTS_SANDBOX_DELAY_S" in switch:
        assert now_is(payment).state is PaymentState.PENDING
    hands.move(timedelta(seconds=31))
    work_until_idle()

    assert now_is(payment).state is PaymentState.SUCCEEDED
    assert told()["paid"] == 1
    assert wrong_in_the_books() == {}
