"""Messages on their way: told once, signed, tried for a day, given up, replayed; and an endpoint that is switched off."""

import base64
import hmac
import json
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app.foundation.data import clock, db, new_id, reading, run_in_transaction, transaction
from app.foundation.work import publish, work_until_idle
from app.notices import WebhookTopic, tell_organisation
from app.notices.models import NoticeRow
from app.notices.webhooks import queries, rules
from app.notices.webhooks.guard import AddressRefused, Refusal
from app.notices.webhooks.models import EndpointRow, MessageRow, WebhookDeliveryRow
from app.notices.webhooks.usecases import send
from tests.identity.people import count
from tests.notices.webhooks.conftest import URL

NUMBER = "LSR-2026-EXAMPLE-001"


def tell(organisation_id, topic=WebhookTopic.CERTIFICATE_ISSUED, key=None):
    def act(session):
        ids = {"certificate_number": NUMBER}
        tell_organisation(session, organisation_id, topic, key=key or str(new_id()), ids=ids, now=clock.now())

    run_in_transaction(act)
    work_until_idle()


def signatures(secret, body, headers):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return [each == expected for each in headers["webhook-signature"].split()]


def test_who_wants_a_topic_is_told_with_ids_alone_and_a_signature(owner, receivers):
    mine, other = owner(), owner()
    endpoint = mine.enters()
    mine.enters("https://hooks.receiver.cn/orders", ["order.paid"])
    other.enters("https://hooks.other.cn/")

    tell(mine.organisation_id)

    [(url, body, headers)] = receivers.sent
    assert url == URL
    assert json.loads(body) == {
        "type": "certificate.issued",
        "timestamp": "2026-03-12T04:00:00Z",
        "data": {"organisation_id": mine.organisation, "certificate_number": NUMBER},
    }
    assert signatures(endpoint["secret"], body, headers) == [True]
    [delivery] = mine.deliveries(endpoint)
    assert (delivery["state"], delivery["status"], delivery["tries"]) == ("delivered", 200, 0)
    assert delivery["message_id"] == headers["webhook-id"]
    assert mine.shows(endpoint).json["delivered_at"] == "2026-03-12T04:00:00Z"


def test_what_nobody_wants_is_not_kept_and_a_check_is_told(owner, receivers):
    mine = owner()
    tell(mine.organisation_id)
    endpoint = mine.enters(topics=["organisation.checked"])

    with transaction() as session:
        told = {"organisation_id": str(mine.organisation_id), "about": "general", "act": "suspend"}
        publish(session, "identity.organisation_checked", str(new_id()), told)
    work_until_idle()

    assert count(MessageRow) == 1
    [(_, body, _)] = receivers.sent
    assert json.loads(body)["data"] == {"organisation_id": mine.organisation, "about": "general", "act": "suspend"}
    assert [each["topic"] for each in mine.deliveries(endpoint)] == ["organisation.checked"]


def test_message_is_tried_eight_times_in_a_day_under_one_id_and_replayed(owner, receivers, hands):
    mine = owner()
    endpoint = mine.enters()
    started = clock.now()
    receivers.answer = 503
    tell(mine.organisation_id)
    for tries in range(1, rules.TRIES_MAX):
        [waiting] = mine.deliveries(endpoint)
        assert (waiting["state"], waiting["tries"], waiting["reason"]) == ("waiting", tries, "status")
        hands.move(rules.WAITS[tries - 1] - timedelta(seconds=1))
        send.send_due()
        assert len(receivers.sent) == tries
        hands.move(timedelta(seconds=1))
        send.send_due()
        assert len(receivers.sent) == tries + 1

    [failed] = mine.deliveries(endpoint)
    assert (failed["state"], failed["tries"], failed["next_at"]) == ("failed", 8, None)
    assert clock.now() - started == timedelta(hours=24)
    assert mine.shows(endpoint).json["is_enabled"]  # Three days have not gone by.
    receivers.answer = 200
    path = f"/{endpoint['id']}/deliveries/{failed['id']}/replay"
    replayed = mine.ask("POST", path)
    again = mine.ask("POST", path)
    send.send_due()

    assert (replayed.status_code, replayed.json["state"]) == (200, "waiting")
    assert (again.status_code, again.json["code"]) == (409, "notices.webhook_delivery_waiting")
    assert {(body, headers["webhook-id"]) for _, body, headers in receivers.sent} == {
        (receivers.sent[0][1], failed["message_id"])
    }
    assert (
        len({headers["webhook-timestamp"] for _, _, headers in receivers.sent}) == 8
    )  # Seven waits; replayed in the same second.
    assert mine.deliveries(endpoint)[0]["state"] == "delivered"
    assert mine.ask("POST", f"/{endpoint['id']}/deliveries/whd_01m869pkw4f7nt1pedbvrqbjfw/replay").status_code == 404


def test_endpoint_that_nothing_reaches_for_three_days_is_switched_off_and_its_owners_told(owner, receivers, hands):
    mine = owner()
    endpoint = mine.enters()
    hands.move(timedelta(days=2))
    receivers.answer = "too_slow"
    tell(mine.organisation_id)
    for wait in rules.WAITS:
        hands.move(wait)
        send.send_due()

    shown = mine.shows(endpoint).json
    assert (shown["is_enabled"], shown["disabled_because"]) == (False, "failing")
    with reading() as session:
        notices = session.scalars(select(NoticeRow).where(NoticeRow.kind == send.DISABLED_NOTICE)).all()
    assert [each.person_id for each in notices] == [mine.person_id]
    told = len(receivers.sent)
    tell(mine.organisation_id)
    assert (len(receivers.sent), count(MessageRow)) == (told, 1)  # While it is off nothing is kept for it.


def test_receiver_that_says_gone_is_switched_off_at_once_and_what_waits_is_given_up(owner, receivers):
    mine = owner()
    endpoint = mine.enters()
    receivers.answer = "unreachable"
    tell(mine.organisation_id)
    receivers.answer = 410
    tell(mine.organisation_id)
    assert mine.shows(endpoint).json["disabled_because"] == "gone"
    with clock.standing_at(clock.now() + timedelta(minutes=2)):
        work_until_idle()

    assert sorted((each["state"], each["reason"]) for each in mine.deliveries(endpoint)) == [
        ("failed", "disabled"),
        ("failed", "status"),
    ]


def test_both_secrets_sign_for_a_day(owner, receivers, hands):
    mine = owner()
    endpoint = mine.enters()
    renewed = mine.ask("POST", f"/{endpoint['id']}/secret").json
    for moved, old in ((timedelta(hours=23), [False, True]), (timedelta(hours=1), [False])):
        hands.move(moved)
        mine.ask("POST", f"/{endpoint['id']}/test")
        work_until_idle()
        _, body, headers = receivers.sent[-1]
        assert json.loads(body)["type"] == "webhook.test"
        assert signatures(renewed["secret"], body, headers)[0]
        assert signatures(endpoint["secret"], body, headers) == old


@pytest.mark.parametrize(
    ("failure", "reason"), [(AddressRefused(Refusal.NOT_PUBLIC), "not_public"), (RuntimeError("bug"), "broken")]
)
def test_refused_address_and_a_fault_of_ours_are_failures_of_that_delivery_alone(owner, receivers, failure, reason):
    mine, other = owner(), owner()
    endpoint, good = mine.enters(), other.enters("https://hooks.other.cn/")
    receivers.by_url[URL] = failure
    tell(mine.organisation_id)
    tell(other.organisation_id)

    assert mine.deliveries(endpoint)[0]["reason"] == reason
    assert other.deliveries(good)[0]["state"] == "delivered"


def test_nothing_is_open_in_the_database_while_a_receiver_is_called(owner, receivers, app):
    mine = owner()
    mine.enters()
    seen = []
    receivers.post = lambda *_: seen.append(db.engine.pool.checkedout()) or 200

    tell(mine.organisation_id)

    assert seen == [0]


def test_receiver_that_is_down_is_not_asked_for_each_message_of_a_round(owner, receivers):
    mine = owner()
    endpoint = mine.enters()
    with transaction() as session:
        for _ in range(5):
            tell_organisation(
                session,
                mine.organisation_id,
                WebhookTopic.CERTIFICATE_ISSUED,
                key=str(new_id()),
                ids={},
                now=clock.now(),
            )
    receivers.answer = "unreachable"
    work_until_idle()

    assert len(receivers.sent) == 1
    assert sorted(each["tries"] for each in mine.deliveries(endpoint)) == [0, 0, 0, 0, 1]


def test_old_messages_go_and_what_is_on_its_way_stays(owner, receivers, hands):
    mine = owner()
    endpoint = mine.enters()
    tell(mine.organisation_id)
    hands.move(rules.KEPT - timedelta(hours=1))
    tell(mine.organisation_id)
    assert count(WebhookDeliveryRow) == 2
    hands.move(timedelta(hours=2))
    work_until_idle()

    assert (count(WebhookDeliveryRow), count(MessageRow), count(EndpointRow)) == (1, 1, 1)
    assert len(mine.deliveries(endpoint)) == 1


def test_every_read_goes_by_an_index(app, engine_name):
    reads = {
        "due": (lambda session: queries.is_any_due(session, clock.now()), "notices_webhook_delivery_due_idx"),
        "told": (
            lambda session: queries.endpoints_told(session, new_id(), "order.paid"),
            "notices_webhook_endpoint_organisation_idx",
        ),
    }
    seen = []

    def note(connection, cursor, statement, parameters, *_):
        if "FROM notices_webhook" in statement:
            seen.append((statement, parameters))

    for name, (read, index) in reads.items():
        with transaction() as session:
            seen.clear()
            event.listen(db.engine, "before_cursor_execute", note)
            try:
                read(session)
            finally:
                event.remove(db.engine, "before_cursor_execute", note)
            [(statement, parameters)] = seen
            connection = session.connection()
            if engine_name == "postgresql":
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            explain = "EXPLAIN " if engine_name == "postgresql" else "EXPLAIN QUERY PLAN "
            plan = str(connection.exec_driver_sql(explain + statement, parameters).all())
        assert index in plan, (name, plan)
