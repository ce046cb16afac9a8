"""What is bought is certified: the order names its certificate as soon as the kilograms are retired."""

import pytest
from sqlalchemy import select

from app.certificates.models import CertificateRow
from app.certificates.usecases import draft
from app.credits.models import RetirementRow
from app.foundation.data import public_id, reading
from app.offsets.usecases import retire
from tests.offsets.shop import ALICE, pay, row_of


def certificates():
    with reading() as session:
        return list(session.scalars(select(CertificateRow)))


def test_an_order_names_its_certificate_once_it_is_retired(shop, alice):
    shop.batch()
    order = alice.order(kg=3)
    assert order["certificate"] is None

    pay(order)

    (row,) = certificates()
    fulfilled = alice.now_is(order)
    assert fulfilled["certificate"] == {"number": row.number, "state": "issuing", "href": f"/v/{row.number}"}
    assert (row.holder_id, row.subject_id) == (ALICE, row_of(order).retirement_id)
    assert alice.get("/v1/offset-orders").json["items"][0]["certificate"]["number"] == row.number
    assert alice.get(f"/v1/certificates/{row.number}").json["retirement_id"] == fulfilled["retirement"]["id"]


def test_a_gift_is_certified_to_its_recipient_and_held_by_the_giver(shop, alice, bob):
    shop.batch()

    pay(alice.order(kg=3, purpose={"purpose": "gift", "beneficiary_name": "欧阳小禾"}))

    (row,) = certificates()
    assert (row.holder_id, row.draft["maskedName"], row.draft["purpose"]) == (ALICE, "欧阳**", "gift")
    assert [each["number"] for each in alice.get("/v1/certificates").json["items"]] == [row.number]
    assert bob.get("/v1/certificates").json["items"] == []


@pytest.mark.parametrize("name", ["🌲", "张\u200b小明", "مريم", "a\u0301\u0328\u0323"])
def test_a_name_that_cannot_be_printed_is_refused_before_anything_is_reserved(shop, alice, name):
    batch = shop.batch(3)
    quote = alice.quote(kg=3)

    answer = alice.try_order(quote, purpose="gift", beneficiary_name=name)

    assert (answer.status_code, answer.json["code"]) == (422, "offsets.beneficiary_not_printable")
    assert answer.json["errors"][0]["pointer"] == "/beneficiary_name"
    assert alice.get(f"/v1/batches/{public_id('bat', batch.id)}").json["available_kg"] == 3


def test_retirement_and_draft_stand_or_fall_together(shop, alice, monkeypatch):
    shop.batch()
    order = alice.order(kg=3)
    whole = draft.commit
    monkeypatch.setattr(draft, "commit", lambda *_: 1 // 0)
    pay(order)
    with reading() as session:
        assert session.scalars(select(RetirementRow)).all() == []
    assert (alice.now_is(order)["state"], certificates()) == ("paid", [])

    monkeypatch.setattr(draft, "commit", whole)
    retire._go_on_with(row_of(order).id)

    assert alice.now_is(order)["certificate"]["state"] == "issuing"
