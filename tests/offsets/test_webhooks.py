"""What is bought for an organisation is told to its own servers: paid, retired, certificate issued and revoked."""

import json

import pytest
from sqlalchemy import select

from app.certificates.models import CertificateRow
from app.certificates.usecases.telling import ISSUED, REVOKED, tell_holder
from app.foundation.data import clock, reading, run_in_transaction
from app.foundation.work import work_until_idle
from app.notices import WebhookTopic
from tests.notices.webhooks.conftest import Receivers
from tests.offsets.shop import pay
from tests.offsets.test_organisation import organisation  # noqa: F401 - a fixture


@pytest.fixture
def received(app, monkeypatch):
    """What reaches the organisation's server: the topic and the ids."""
    receivers = Receivers()
    monkeypatch.setitem(app.extensions, "lintan_webhooks", receivers)

    def taken():
        bodies = [json.loads(body) for _, body, _ in receivers.sent]
        return {body["type"]: body["data"] for body in bodies}

    return taken


def test_organisation_hears_what_was_bought_for_it_and_of_nobody_else(shop, alice, bob, organisation, received):  # noqa: F811
    shop.batch()
    body = {
        "organisation_id": organisation,
        "url": "https://hooks.receiver.cn/lintan",
        "topics": [each.value for each in WebhookTopic],
    }
    entered = alice.client.post("/v1/webhook-endpoints", json=body, headers={"Idempotency-Key": "endpoint"})
    assert entered.status_code == 201, entered.json
    pay(bob.order(kg=1))
    assert received() == {}

    order = bob.order(kg=3, purpose={"organisation_id": organisation})
    pay(order)
    with reading() as session:
        certificates = session.scalars(select(CertificateRow)).all()
    for certificate in certificates:
        for kind in (ISSUED, REVOKED):
            run_in_transaction(lambda session, kind=kind, row=certificate: tell_holder(session, row, kind, clock.now()))
    work_until_idle()

    [number] = [each.number for each in certificates if each.holder_kind == "organisation"]
    assert len(certificates) == 2
    of_order = {"organisation_id": organisation, "order_id": order["id"]}
    of_certificate = {"organisation_id": organisation, "certificate_number": number}
    assert received() == {
        "order.paid": of_order,
        "order.retired": of_order,
        "certificate.issued": of_certificate,
        "certificate.revoked": of_certificate,
    }
