"""Messages at the door, as D1 of SECURITY lists them, and what a good one does."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.foundation.data import new_id, public_id, reading, run_in_transaction
from app.foundation.work import work_until_idle
from app.payments import PaymentState
from app.payments.models import EventStatus, ProviderEventRow
from app.payments.provider import provider
from app.payments.provider.over_stripe import StripeProvider
from app.payments.sandbox import books
from app.payments.sandbox.client import SandboxHTTPClient
from app.payments.usecases.events import apply_event, receive_webhook
from tests.payments.conftest import (
    NOON,
    at_provider,
    event,
    intent,
    now_is,
    open_and_call,
    opened,
    paid,
    send,
    signature_of,
    tasks,
    told,
    wrong_in_the_books,
)

SUCCEEDED = "payment_intent.succeeded"


def kept() -> dict[str, EventStatus]:
    with reading() as session:
        return {row.id: row.status for row in session.scalars(select(ProviderEventRow))}


def raw(client, body, signature):
    headers = {"Stripe-Signature": signature, "Idempotency-Key": None}
    return client.post("/v1/webhooks/stripe", data=body, content_type="application/json", headers=headers)


def test_a_signed_message_is_kept_answered_and_applied(client):
    payment = open_and_call()
    at_provider(lambda session, ref: setattr(books.get_intent(session, ref), "status", "succeeded"), payment)

    message = event(SUCCEEDED, intent(payment))
    answer = send(client, message)

    assert (answer.status_code, answer.json, now_is(payment).state) == (200, {"status": "received"}, "pending")
    work_until_idle()
    assert now_is(payment).state is PaymentState.SUCCEEDED
    assert kept() == {message["id"]: EventStatus.APPLIED}


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=,v1=",
        "v1=00",
        "t=1773374400",
        "t=1773374400,v1=zz",
        "t=1773374400,v0=00",
        "t=999999999999999999999,v1=00",
        "t=٣,v1=00",
        "t=1773374400,v1=" + "0" * 64,
        "t=1773374400;v1=00",
        "x" * 3_000,
    ],
)
def test_a_message_without_a_good_signature_is_refused(client, signature):
    body = json.dumps(event(SUCCEEDED, intent(open_and_call())))

    answer = raw(client, body, signature.encode("utf-8").decode("latin-1"))

    assert (answer.status_code, answer.json["code"], kept()) == (400, "payments.webhook_refused", {})


def test_a_message_changed_on_the_way_or_signed_by_a_stranger_is_refused(client):
    body = json.dumps(event(SUCCEEDED, intent(open_and_call())))

    changed = raw(client, body.replace("5000", "5001"), signature_of(body))
    strange = raw(client, body, signature_of(body, secret="whsec_stranger"))

    assert (changed.status_code, strange.status_code, kept()) == (400, 400, {})


@pytest.mark.parametrize(("seconds", "status"), [(-301, 400), (-300, 200), (300, 200), (301, 400), (3_600, 400)])
def test_a_message_is_of_now_give_or_take_five_minutes(client, seconds, status):
    answer = send(client, event(SUCCEEDED, intent(open_and_call())), at=NOON + timedelta(seconds=seconds))

    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"evt"',
        b"\xff\xfe",
        b"{}",
        b"[" * 100_000,
        b'{"id": 1, "type": "x", "created": 1, "livemode": false, "data": {"object": {}}}',
        b'{"id": "evt_1", "type": "x", "created": true, "livemode": false, "data": {"object": {}}}',
        b'{"id": "evt_1", "type": "x", "created": 1e99, "livemode": false, "data": {"object": {}}}',
        b'{"id": "evt_1", "type": "x", "created": 99999999999999999999, "livemode": false, "data": {"object": {}}}',
        b'{"id": "evt_1", "type": "x", "created": 1, "livemode": "no", "data": {"object": {}}}',
        b'{"id": "evt_1", "type": "x", "created": 1, "livemode": false, "data": []}',
        b'{"id": "evt_\\u0000", "type": "x", "created": 1, "livemode": false, "data": {"object": {}}}',
        b'{"id": "evt_1", "type": "x", "created": 1, "livemode": true, "data": {"object": {}}}',
    ],
)
def test_a_signed_body_that_is_no_message_of_ours_is_refused(client, body):
    try:
        signature = signature_of(body.decode())
    except UnicodeDecodeError:
        signature = signature_of(body)

    answer = raw(client, body, signature)

    assert (answer.status_code, answer.json["code"], kept()) == (400, "payments.webhook_refused", {})


@pytest.mark.parametrize("number", [-1, 0])
def test_a_body_is_at_most_256_kib(client, number):
    size = 256 * 1024 - number
    message = event("some.type", {"note": ""})
    message["data"]["object"]["note"] = "x" * (size - len(json.dumps(message)))

    answer = send(client, message)

    assert answer.status_code == (200 if number == 0 else 413)
    if number:
        assert (answer.json["code"], answer.json["bytes_max"]) == ("payments.webhook_too_large", 256 * 1024)


def test_both_secrets_are_taken_while_one_replaces_the_other(app):
    made = StripeProvider(
        "sandbox",
        "sk_test_x",
        client=SandboxHTTPClient(),
        live=False,
        webhook_secrets=("whsec_old", "whsec_new"),
        environment="test",
        methods=(),
        publishable_key="",
    )
    body = json.dumps(event("some.type", {}))

    verdicts = [
        made.verified(body.encode(), signature_of(body, secret=secret), now=NOON) is not None
        for secret in ("whsec_old", "whsec_new", "whsec_other")
    ]

    assert verdicts == [True, True, False]


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": 4_999},
        {"amount_received": 4_999},
        {"amount": 5_001, "amount_received": 5_001},
        {"currency": "hkd"},
        {"livemode": True},
        {"id": "pi_of_another"},
        {"metadata": {}},
    ],
)
def test_a_message_with_other_figures_has_no_effect_and_a_person_looks(client, changed):
    payment = open_and_call()
    about = intent(payment) | changed
    if "id" in changed:
        assert about["metadata"]["payment"] == public_id("pay", payment.id)

    message = event(SUCCEEDED, about)
    assert send(client, message).status_code == 200
    work_until_idle()

    assert kept()[message["id"]] is EventStatus.MISMATCH
    assert (now_is(payment).state, told(), tasks()) == (PaymentState.PENDING, {}, ["payments.mismatch"])
    assert wrong_in_the_books() == {}


def test_messages_of_unknown_types_and_payments_are_kept_and_answered(client):
    stranger = {"id": "pi_stranger", "amount": 5, "amount_received": 5, "currency": "cny", "status": "succeeded"}
    named = stranger | {"metadata": {"payment": public_id("pay", new_id())}}
    messages = [event("some.new_type", {}), event(SUCCEEDED, stranger), event(SUCCEEDED, named)]
    messages += [event("refund.updated", {"id": "re_x", "payment_intent": "pi_stranger"})]
    messages += [event("charge.dispute.created", {"id": "dp_x", "payment_intent": "pi_stranger"})]
    messages += [event("charge.refunded", {"id": "ch_x"})]

    assert [send(client, message).status_code for message in messages] == [200] * 6
    work_until_idle()

    assert set(kept().values()) == {EventStatus.UNKNOWN}
    assert len(kept()) == 6


def test_the_same_message_again_and_the_same_fact_under_another_id_change_nothing(client):
    payment = open_and_call()
    first = event(SUCCEEDED, intent(payment))

    for message in (first, first, event(SUCCEEDED, intent(payment))):
        assert send(client, message).status_code == 200
        work_until_idle()

    assert len(kept()) == 2
    assert told() == {"paid": 1}
    assert wrong_in_the_books() == {}


def test_an_older_message_does_not_take_a_payment_back(client, hands):
    payment = paid()

    for kind, status in (("payment_failed", "requires_payment_method"), ("canceled", "canceled")):
        about = intent(payment, status, last_payment_error={"code": "x"})
        send(client, event(f"payment_intent.{kind}", about, created=int(NOON.timestamp()) - 60))
    work_until_idle()

    assert (now_is(payment).state, told()) == (PaymentState.SUCCEEDED, {"paid": 1})


def test_a_message_that_is_not_final_is_only_a_reason_to_ask(client):
    payment = open_and_call()
    at_provider(books.succeed, payment)

    send(client, event("payment_intent.payment_failed", intent(payment, "requires_payment_method")))
    work_until_idle()

    assert now_is(payment).state is PaymentState.SUCCEEDED
    assert told() == {"paid": 1}


def test_a_dispute_that_is_heard_of_before_the_success_waits_for_nothing(client, app):
    app.config["LINTAN_PAYMENTS_SANDBOX_COPIES"] = 0
    try:
        payment = open_and_call()
        at_provider(books.succeed, payment)
        row = at_provider(books.open_dispute, payment)
        send(client, event("charge.dispute.created", row.told))
        work_until_idle()
    finally:
        app.config["LINTAN_PAYMENTS_SANDBOX_COPIES"] = 1

    assert (now_is(payment).state, told()) == (PaymentState.DISPUTED, {"paid": 1})


def test_a_message_that_comes_before_our_own_answer_is_taken(client, app):

    payment = run_in_transaction(opened)
    at_stripe = provider().open(payment.id, attempt=1, amount_fen=5_000, purpose=payment.purpose)
    run_in_transaction(lambda session: books.succeed(session, at_stripe.ref))
    work_until_idle()

    after = now_is(payment)
    assert (after.state, after.provider_ref) == (PaymentState.SUCCEEDED, at_stripe.ref)


def test_what_is_kept_of_a_message_names_nobody_and_holds_no_secret(client):
    payment = open_and_call()
    about = intent(payment) | {
        "client_secret": "pi_secret_x",
        "billing_details": {"name": "张三", "email": "zhang@example.com"},
        "receipt_email": "zhang@example.com",
        "metadata": {"payment": public_id("pay", payment.id), "note": "张三"},
    }
    send(client, event(SUCCEEDED, about))

    with reading() as session:
        text = json.dumps(session.scalar(select(ProviderEventRow.payload)), ensure_ascii=False)
    assert "张三" not in text
    assert "zhang" not in text
    assert "secret" not in text


def at_once(app, jobs):
    """Run all jobs at the same moment, each in a thread of its own, and return what went wrong."""
    start, failures = threading.Barrier(len(jobs)), []

    def run(job):
        with app.app_context():
            start.wait()
            try:
                job()
            except Exception as error:  # noqa: BLE001 - the test shows it
                failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_twelve_copies_at_once_are_one_message(app):
    body = json.dumps(event(SUCCEEDED, intent(open_and_call()))).encode()
    signature = signature_of(body)

    failures = at_once(app, [lambda: receive_webhook(body, signature, now=NOON)] * 12)

    assert failures == []
    assert len(kept()) == 1
    work_until_idle()
    assert told() == {"paid": 1}


def test_twelve_messages_of_one_fact_at_once_have_one_effect(app, client):
    payment = open_and_call()
    messages = [event(SUCCEEDED, intent(payment)) for _ in range(12)]
    for message in messages:
        send(client, message)

    failures = at_once(app, [lambda key=message["id"]: apply_event(key) for message in messages])

    assert failures == []
    assert (told(), now_is(payment).suspense_fen) == ({"paid": 1}, 0)
    assert sorted(kept().values()) == [EventStatus.APPLIED] + [EventStatus.UNCHANGED] * 11
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ProviderEventRow)) == 12
    assert wrong_in_the_books() == {}
