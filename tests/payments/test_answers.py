"""The secret with which a payer pays is in the answer, and nowhere where answers are kept or told."""

from datetime import timedelta

from sqlalchemy import select

from app.foundation.data import parse_public_id, reading
from app.foundation.http.models import IdempotencyRow
from app.foundation.work import work_until_idle
from app.foundation.work.models import OutboxRow
from app.payments.sandbox import books
from tests.payments.conftest import ALICE, BOB, at_provider, now_is
from tests.payments.faults import faulty

KEY = {"Idempotency-Key": "one"}


def test_the_secret_is_not_kept_with_the_answer_and_comes_again_with_it(sign_in):
    alice = sign_in(ALICE)
    first = alice.post("/v1/workshop-orders", headers=KEY)
    again = alice.post("/v1/workshop-orders", headers=KEY)

    secret = first.json["payment"]["client_payload"]["client_secret"]
    assert secret
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.data == first.data
    with reading() as session:
        kept = session.scalar(select(IdempotencyRow.body))
        told = [str(row.payload) for row in session.scalars(select(OutboxRow))]
    assert '"client_payload":null' in kept
    assert secret not in kept + "".join(told)


def test_once_paid_the_repeated_answer_holds_no_secret_any_more(sign_in):
    alice = sign_in(ALICE)
    shown = alice.post("/v1/workshop-orders", headers=KEY).json["payment"]

    class Paid:
        id = parse_public_id("pay", shown["id"])

    at_provider(books.succeed, Paid)
    work_until_idle()

    again = alice.post("/v1/workshop-orders", headers=KEY)
    assert again.json["payment"]["client_payload"] is None
    assert now_is(Paid).client_payload is None


def test_an_answer_without_the_secret_is_repeated_with_what_there_is_then(app, sign_in, hands):

    alice = sign_in(ALICE)
    with faulty(app) as line:
        line.is_down = True
        first = alice.post("/v1/workshop-orders", headers=KEY)
        assert (first.json["payment"]["state"], first.json["payment"]["client_payload"]) == ("created", None)
        line.is_down = False
        hands.move(timedelta(minutes=2))
        work_until_idle()

    again = alice.post("/v1/workshop-orders", headers=KEY)
    assert again.json["payment"]["client_payload"]["client_secret"]


def test_the_same_key_of_somebody_else_is_another_order(sign_in):
    mine = sign_in(ALICE).post("/v1/workshop-orders", headers=KEY).json["payment"]
    other = sign_in(BOB).post("/v1/workshop-orders", headers=KEY).json["payment"]

    assert mine["id"] != other["id"]
    assert mine["client_payload"] != other["client_payload"]
