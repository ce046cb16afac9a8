"""Money that goes through a provider abroad waits for the buyer's consent."""

from sqlalchemy import delete

from app.foundation.data import public_id, run_in_transaction
from app.identity import Purpose
from app.identity.consents.models import ConsentRow
from app.offsets.models import OrderRow
from app.payments.models import PaymentRow
from tests.identity.people import count, give_all_consents
from tests.offsets.shop import pay


def forget(person_id):
    """Let a buyer have agreed to nothing about payments."""
    mine = (ConsentRow.person_id == person_id, ConsentRow.purpose == Purpose.CROSS_BORDER_PAYMENT)
    run_in_transaction(lambda session: session.execute(delete(ConsentRow).where(*mine)))


def test_without_consent_to_payment_data_abroad_nothing_is_ordered_reserved_or_opened(shop, alice):
    batch = shop.batch(10)
    forget(alice.id)
    quote = alice.quote(kg=3)

    refused = alice.try_order(quote)

    assert (refused.status_code, refused.json["code"]) == (409, "identity.consent_needed")
    assert refused.json["purpose"] == "cross_border_payment"
    assert refused.json["document_id"].startswith("doc_")
    assert (count(OrderRow), count(PaymentRow)) == (0, 0)
    assert alice.get(f"/v1/batches/{public_id('bat', batch.id)}").json["available_kg"] == 10
    run_in_transaction(lambda session: give_all_consents(session, alice.id))
    assert alice.try_order(quote).status_code == 201


def test_a_payment_that_has_begun_is_completed_after_a_withdrawal(shop, alice):
    shop.batch(10)
    order = alice.order(kg=3)
    forget(alice.id)

    pay(order)

    assert alice.now_is(order)["state"] == "fulfilled"
    assert alice.try_order(alice.quote(kg=1)).json["code"] == "identity.consent_needed"
