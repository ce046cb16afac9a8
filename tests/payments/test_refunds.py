"""Money goes back: of what is not used, within what was paid, with a second person above a limit, and by the ledger itself."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.approvals import approve_proposal, find_proposal, refuse_proposal
from app.foundation.data import reading, run_in_transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.ledger import Cause, balance_of_owner, ensure_account, post_move
from app.payments import (
    MoreThanPaid,
    NotPaid,
    NotRefundable,
    PaymentState,
    RefundState,
    RefundWaiting,
    RefundWindowOver,
    fees_account,
    fen_asset,
    find_refund,
    payable_account,
    refund_by_system,
    refunds_of,
    request_refund,
    take_from_suspense,
)
from app.payments.models import PaymentRow
from app.payments.provider import ProviderUnavailable
from app.payments.sandbox import books
from app.payments.sandbox.models import SandboxKeyRow, SandboxRefundRow
from app.payments.usecases.calls import go_on_with_refund
from tests.payments.conftest import (
    NOON,
    PAYEE,
    PURPOSE,
    WORKSHOP,
    at_provider,
    finance,
    now_is,
    open_and_call,
    paid,
    resident,
    tasks,
    told,
    wrong_in_the_books,
)
from tests.payments.faults import faulty
from tests.payments.test_webhooks import at_once

LARGE = 100_001


def ask(payment, fen, *, actor=None, now=NOON):
    return run_in_transaction(
        lambda session: request_refund(
            session, payment.id, amount_fen=fen, reason="changed_mind", actor=actor or resident(), now=now
        )
    )


def refund_now(refund):
    with reading() as session:
        return find_refund(session, refund.id)


def fen_on(owner_kind, owner_id, purpose):
    with reading() as session:
        name = {"owner_kind": owner_kind, "owner_id": owner_id, "asset_code": "CNY", "purpose": purpose}
        return balance_of_owner(session, **name, today=NOON.date()).posted


def settle(refund, *, arrives):
    """Let the provider settle our refund, before or instead of the worker."""

    def run(session):

        ref = session.scalar(select(SandboxRefundRow.id).where(SandboxRefundRow.amount == refund.amount_fen))
        books.settle_refund(session, ref, arrives=arrives)

    run_in_transaction(run)


def test_a_refund_reaches_the_payer_and_takes_the_money_from_the_payee(app):
    payment = paid()
    refund = ask(payment, 2_000)
    assert refund.state is RefundState.APPROVED
    assert fen_on("payee", PAYEE["id"], "payable") == 5_000  # Nothing is reversed before it has arrived.

    work_until_idle()

    after = now_is(payment)
    assert (after.state, after.refunded_fen, after.suspense_fen) == (PaymentState.PART_REFUNDED, 2_000, 0)
    assert refund_now(refund).state is RefundState.SUCCEEDED
    assert fen_on("payee", PAYEE["id"], "payable") == 3_000
    assert told() == {"paid": 1, "refunded": 1}
    assert wrong_in_the_books() == {}

    ask(payment, 3_000)
    work_until_idle()
    assert now_is(payment).state is PaymentState.REFUNDED
    assert (fen_on("payee", PAYEE["id"], "payable"), wrong_in_the_books()) == (0, {})


@pytest.mark.parametrize(
    ("fen", "error"), [(0, MoreThanPaid), (-1, MoreThanPaid), (5_001, MoreThanPaid), (5_000, None)]
)
def test_no_more_goes_back_than_was_paid(app, fen, error):
    payment = paid()
    if error is None:
        ask(payment, fen)
    else:
        with pytest.raises(error):
            ask(payment, fen)


def test_refunds_together_stay_within_what_was_paid(app):
    payment = paid()
    ask(payment, 3_000)

    with pytest.raises(MoreThanPaid) as refusal:
        ask(payment, 2_001)
    assert refusal.value.params == {"amount_fen_max": 2_000}

    work_until_idle()
    with pytest.raises(MoreThanPaid):
        ask(payment, 2_001)
    ask(payment, 2_000)


def test_twelve_people_asking_for_everything_at_once_get_it_once(app):
    payment = paid()

    failures = at_once(app, [lambda: ask(payment, 5_000)] * 12)
    work_until_idle()

    assert [type(failure) for failure in failures] == [MoreThanPaid] * 11
    assert (now_is(payment).refunded_fen, wrong_in_the_books()) == (5_000, {})


def test_the_database_itself_refuses_more_refunds_than_paid(app):

    payment = paid()
    with pytest.raises(IntegrityError, match="payments_payment_refunds_within_paid"):
        run_in_transaction(
            lambda session: session.execute(
                update(PaymentRow).where(PaymentRow.id == payment.id).values(refunds_fen=5_001)
            )
        )


def test_what_is_used_is_not_refunded(app):
    payment = paid()
    WORKSHOP.unused_fen = 1_000

    with pytest.raises(NotRefundable):
        ask(payment, 1_001)
    assert ask(payment, 1_000).state is RefundState.APPROVED


@pytest.mark.parametrize(("days", "fits"), [(89, True), (90, False)])
def test_wallets_take_refunds_for_ninety_days(app, days, fits):
    payment, later = paid(), NOON + timedelta(days=days)
    if fits:
        assert ask(payment, 1, now=later).state is RefundState.APPROVED
    else:
        with pytest.raises(RefundWindowOver):
            ask(payment, 1, now=later)


def test_nothing_goes_back_of_what_has_not_come_in(app):
    with pytest.raises(NotPaid):
        ask(open_and_call(), 1)


@pytest.mark.parametrize(("fen", "state"), [(100_000, RefundState.APPROVED), (LARGE, RefundState.REQUESTED)])
def test_above_the_limit_a_refund_waits_for_a_second_person(app, fen, state):
    payment = paid(amount_fen=200_000)

    assert ask(payment, fen).state is state


def test_a_large_refund_goes_out_when_finance_approves_exactly_it(app):
    payment = paid(amount_fen=200_000)
    refund = ask(payment, LARGE)
    work_until_idle()
    assert now_is(payment).refunds_fen == 0
    with pytest.raises(RefundWaiting):
        ask(payment, 1)

    with reading() as session:
        proposal = find_proposal(session, refund.approval_id)
    approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=finance(), now=NOON)
    work_until_idle()

    assert refund_now(refund).state is RefundState.SUCCEEDED
    assert (now_is(payment).refunded_fen, wrong_in_the_books()) == (LARGE, {})


def test_an_approval_comes_too_late_when_the_purpose_has_used_it(app):
    payment = paid(amount_fen=200_000)
    refund = ask(payment, LARGE)
    WORKSHOP.unused_fen = 0
    with reading() as session:
        proposal = find_proposal(session, refund.approval_id)

    with pytest.raises(NotRefundable):
        approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=finance(), now=NOON)
    assert refund_now(refund).state is RefundState.REQUESTED


@pytest.mark.parametrize("by_person", [True, False])
def test_a_refund_that_nobody_approves_ends_and_another_can_be_asked_for(app, hands, by_person):
    payment = paid(amount_fen=200_000)
    refund = ask(payment, LARGE)
    if by_person:
        refuse_proposal(refund.approval_id, reason="no", approver=finance(), now=NOON)
    else:
        hands.move(timedelta(days=7, seconds=1))
        work_until_idle()
        assert refund_now(refund).state is RefundState.REFUSED

    ask(payment, 1)
    assert refund_now(refund).state is RefundState.REFUSED


def test_a_refund_that_does_not_arrive_is_owed_to_the_payer_and_asks_for_a_person(app):
    payment = paid()
    refund = ask(payment, 2_000)
    go_on_with_refund(refund.id)
    settle(refund, arrives=False)
    work_until_idle()

    after = now_is(payment)
    assert (after.state, after.refunds_fen, after.refunded_fen) == (PaymentState.REFUND_FAILED, 2_000, 0)
    assert fen_on("payee", PAYEE["id"], "payable") == 3_000
    assert fen_on("payment", payment.id, "refund_due") == 2_000
    assert "payments.refund_failed" in tasks()
    assert (told(), wrong_in_the_books()) == ({"paid": 1, "refund_failed": 1}, {})


def test_a_refund_that_comes_back_after_it_arrived_is_owed_to_the_payer(app):
    payment = paid()
    refund = ask(payment, 2_000)
    work_until_idle()
    settle(refund, arrives=False)
    work_until_idle()

    after = now_is(payment)
    assert (after.state, after.refunds_fen, after.refunded_fen) == (PaymentState.REFUND_FAILED, 2_000, 0)
    assert fen_on("payment", payment.id, "refund_due") == 2_000
    assert told() == {"paid": 1, "refunded": 1, "refund_failed": 1}
    assert wrong_in_the_books() == {}
    with pytest.raises(MoreThanPaid):
        ask(payment, 3_001)


def test_a_fee_that_is_taken_last_is_kept_in_a_partial_refund(app):
    WORKSHOP.takes = False
    payment = paid()

    def take(session, leg, account, fen):
        cause = Cause(PURPOSE, payment.id, leg, actor_id=SYSTEM.id)
        take_from_suspense(session, payment.id, to=account, amount_fen=fen, cause=cause, now=NOON)

    run_in_transaction(lambda s: take(s, "price", payable_account(s, payment.payee_id), 4_500))
    run_in_transaction(lambda s: take(s, "fee", fees_account(s), 500))
    ask(payment, 4_500)
    work_until_idle()

    assert fen_on("payee", PAYEE["id"], "payable") == 0
    assert fen_on("city", SYSTEM.id, "fees") == 500
    assert wrong_in_the_books() == {}


def test_a_fund_that_has_spent_the_money_leaves_its_payee_owing(app):

    WORKSHOP.takes = False
    payment = paid()

    def spend(session):
        fund = ensure_account(session, "payee", payment.payee_id, fen_asset(session), "adoption_fund")
        cause = Cause(PURPOSE, payment.id, "fund", actor_id=SYSTEM.id)
        take_from_suspense(session, payment.id, to=fund, amount_fen=5_000, cause=cause, now=NOON)
        gone = Cause(PURPOSE, payment.id, "care", actor_id=SYSTEM.id)
        post_move(session, debit=fund, credit=fees_account(session), amount=5_000, cause=gone, now=NOON)

    run_in_transaction(spend)
    ask(payment, 5_000)
    work_until_idle()

    assert now_is(payment).state is PaymentState.REFUNDED
    assert fen_on("payee", PAYEE["id"], "payable") == -5_000
    assert wrong_in_the_books() == {}


def test_the_systems_refund_needs_nobody_and_raises_an_alarm(app):
    WORKSHOP.takes = False
    payment = paid(amount_fen=200_000)
    first = run_in_transaction(lambda s: refund_by_system(s, payment.id, reason="late", now=NOON))
    second = run_in_transaction(lambda s: refund_by_system(s, payment.id, reason="late", now=NOON))
    work_until_idle()

    assert first.id == second.id
    assert now_is(payment).state is PaymentState.REFUNDED
    assert "payments.system_refund" in tasks()
    with reading() as session:
        assert len(refunds_of(session, payment.id)) == 1


def test_a_refund_made_at_the_provider_by_hand_becomes_a_task(app, client):
    payment = paid()
    at_provider(lambda session, ref: books.create_refund(session, ref, amount=100, details={}), payment)
    work_until_idle()

    assert "payments.refund_unknown" in tasks()
    assert now_is(payment).state is PaymentState.SUCCEEDED


def test_a_refund_of_another_amount_at_the_provider_has_no_effect(app, client):

    payment = paid()
    refund = ask(payment, 2_000)
    go_on_with_refund(refund.id)
    run_in_transaction(lambda session: session.execute(update(SandboxRefundRow).values(amount=2_001)))
    work_until_idle()

    assert refund_now(refund).state is RefundState.SENT
    assert "payments.mismatch" in tasks()
    assert wrong_in_the_books() == {}


@pytest.mark.parametrize("hours", [0, 13])
def test_a_refund_whose_answer_was_lost_is_not_sent_twice_even_when_the_provider_has_forgotten_the_key(
    app, hands, monkeypatch, hours
):
    payment = paid()
    monkeypatch.setitem(app.config, "LINTAN_PAYMENTS_SANDBOX_COPIES", 0)  # No message tells of it either.
    with faulty(app) as line:
        line.faults = ["timeout_after"] * 3
        refund = ask(payment, 2_000)
        with pytest.raises(ProviderUnavailable):
            go_on_with_refund(refund.id)
        if hours:
            run_in_transaction(
                lambda session: session.execute(update(SandboxKeyRow).values(key=SandboxKeyRow.key + "?"))
            )
            hands.move(timedelta(hours=hours))
        go_on_with_refund(refund.id)

    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SandboxRefundRow)) == 1
    assert refund_now(refund).state is RefundState.SENT
