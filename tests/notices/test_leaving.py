"""What leaves for a notice, when, and what it tells: never in the night, never a person's affairs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.data import reading, transaction
from app.foundation.work import Message, work_until_idle
from app.foundation.work.models import OutboxRow
from app.notices.channels import ChannelAway, ChannelRefused, NotGranted
from app.notices.models import PushTargetRow, WechatGrantRow
from app.notices.rules import TRIES_MAX, WAITS
from app.notices.usecases import send
from app.notices.usecases.plan import plan
from tests.identity.people import DEVICE, OTHER_DEVICE, PHONE
from tests.notices.conftest import EVENING, MORNING, NOON, Outbox, deliveries, notices


def test_a_push_message_names_the_kind_of_event_in_the_readers_language_and_nothing_else(reader, senders):
    reader.takes_push("token-no-1")
    reader.tell(points=1280)
    work_until_idle()

    ((address, message),) = senders.push.sent
    (row,) = deliveries()
    assert (address.value, address.platform) == ("token-no-1", "huawei")
    assert (message.group, message.kind, message.language) == ("points", "points.settled", "zh-CN")
    assert "1280" not in message.title
    assert "1,280" not in message.title
    assert (row.state, row.provider_ref, row.tries, row.settled_at) == ("sent", "ref-1", 0, NOON)
    assert message.notice_id == reader.inbox()["items"][0]["id"]


def test_at_night_points_wait_for_the_morning_and_an_alarm_by_text_message_does_not(reader, senders, hands):
    reader.takes_push()
    hands.set(EVENING)
    reader.tell()
    reader.tell("identity.phone_changed")
    work_until_idle()

    assert [(each.value, message.kind) for each, message in senders.sms.sent] == [
        ("+86" + PHONE, "identity.phone_changed")
    ]
    assert senders.push.sent == []
    assert {row.due_at for row in deliveries() if row.channel == "push"} == {MORNING}

    hands.set(MORNING)
    work_until_idle()

    assert sorted(message.kind for _, message in senders.push.sent) == ["identity.phone_changed", "points.settled"]


def test_what_was_read_or_switched_off_meanwhile_does_not_leave(reader, senders, hands):
    reader.takes_push()
    hands.set(EVENING)
    reader.tell()
    read = reader.inbox()["items"][0]["id"]
    reader.tell("identity.household_joined")
    work_until_idle()
    hands.move(timedelta(seconds=1))
    reader.post(f"/v1/notices/{read}/read")
    reader.choose(groups=[{"group": "household", "push": False}])
    hands.set(MORNING)
    work_until_idle()

    assert senders.push.sent == []
    assert sorted((row.state, row.reason) for row in deliveries()) == [("dropped", "read"), ("dropped", "switched_off")]


def test_a_group_that_is_off_for_the_inbox_does_not_call_there_and_still_leaves_where_it_is_on(reader, senders):
    reader.takes_push()
    reader.choose(groups=[{"group": "points", "inbox": False}])
    reader.tell()
    work_until_idle()

    assert reader.inbox()["unread_count"] == 0
    assert len(reader.inbox()["items"]) == 1
    assert len(senders.push.sent) == 1


def test_a_digest_is_one_message_a_day_with_a_count_a_group_and_alarms_do_not_wait_for_it(reader, senders, hands):
    reader.takes_push()
    reader.choose(digest_hour=8)
    for _ in range(3):
        reader.tell()
        hands.move(timedelta(minutes=1))
    reader.tell("identity.household_joined")
    reader.tell("identity.phone_changed")
    work_until_idle()

    assert [message.kind for _, message in senders.push.sent] == ["identity.phone_changed"]

    hands.set(MORNING + timedelta(hours=1))
    work_until_idle()
    hands.set(MORNING + timedelta(days=1, hours=1))
    work_until_idle()

    ((_, digest),) = senders.push.sent[1:]
    assert (digest.kind, digest.notice_id) == ("digest", None)
    assert [int(word) for word in digest.title.replace("：", ": ").replace(":", " ").split() if word.isdecimal()] == [
        1,
        3,
    ]
    assert [row.digest_on.isoformat() for row in deliveries() if row.digest_on] == ["2026-03-13"]


def test_a_device_gets_push_messages_until_it_is_signed_out(make_reader, senders, hands):
    first = make_reader(device=DEVICE)
    hands.move(timedelta(minutes=1))
    second = make_reader(device=OTHER_DEVICE)
    first.takes_push("token-no-1")
    second.takes_push("token-no-2")
    first.tell()
    work_until_idle()
    second.post("/v1/auth/logout")
    first.tell()
    work_until_idle()

    reached = [(message.kind, each.value) for each, message in senders.push.sent]
    assert sorted(reached) == [
        ("identity.new_device", "token-no-1"),
        ("identity.new_device", "token-no-2"),
        *[("points.settled", token) for token in ("token-no-1", "token-no-1", "token-no-2")],
    ]
    with reading() as session:
        assert session.scalars(select(PushTargetRow.token)).all() == ["token-no-1"]


def test_a_token_belongs_to_who_sent_it_last_and_a_device_has_one(make_reader, senders):
    first, second = make_reader(), make_reader("13900139000", device=OTHER_DEVICE)
    first.takes_push("token-old")
    first.takes_push("token-shared")
    second.takes_push("token-shared")

    with reading() as session:
        assert session.scalars(select(PushTargetRow.person_id)).all() == [second.id]
    assert second.delete("/v1/me/push-targets").status_code == 204
    assert second.delete("/v1/me/push-targets").status_code == 204
    with reading() as session:
        assert session.scalars(select(PushTargetRow)).all() == []


def test_where_a_channel_is_off_nothing_is_asked_and_nothing_leaves(reader):
    answer = reader.put("/v1/me/push-targets", {"platform": "apns", "token": "token-of-the-test"})
    grant = reader.post("/v1/me/wechat-grants", {"code": "c", "groups": ["points"]})
    reader.tell()
    reader.tell("identity.phone_changed")
    work_until_idle()

    assert (answer.status_code, answer.json["code"]) == (404, "notices.channel_off")
    assert grant.json["code"] == "notices.channel_off"
    assert deliveries() == []
    assert len(notices()) == 2


def test_one_permission_in_wechat_is_one_message(reader, senders):
    allowed = reader.post("/v1/me/wechat-grants", {"code": "abc", "groups": ["points", "offsets"]})
    reader.post("/v1/me/wechat-grants", {"code": "abd", "groups": ["points"]})
    for _ in range(3):
        reader.tell()
    work_until_idle()

    assert (allowed.status_code, allowed.headers["Location"]) == (201, "/v1/me/wechat-grants")
    assert [each.value for each, _ in senders.wechat.sent] == ["openid-of-abd", "openid-of-abd"]
    left = {each["group"]: each["left_count"] for each in reader.get("/v1/me/wechat-grants").json["items"]}
    assert left == {"points": 0, "offsets": 1}
    assert reader.delete("/v1/me/wechat-grants").status_code == 204
    assert reader.get("/v1/me/wechat-grants").json["items"] == []


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [(ChannelRefused("errcode_40029"), 409, "notices.wechat_refused"), (ChannelAway("x"), 503, "notices.wechat_away")],
)
def test_a_code_that_wechat_does_not_accept_allows_nothing(reader, senders, failure, status, code):
    senders.wechat.failure = failure

    answer = reader.post("/v1/me/wechat-grants", {"code": "abc", "groups": ["points"]})

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert reader.get("/v1/me/wechat-grants").json["items"] == []


def test_a_provider_that_is_away_is_asked_again_later_and_given_up_in_the_end(reader, senders, hands):
    senders.push = Outbox(failure=ChannelAway("unreachable"))
    reader.takes_push()
    reader.tell()
    work_until_idle()
    (row,) = deliveries()
    assert (row.state, row.tries, row.reason, row.next_at) == ("waiting", 1, "unreachable", NOON + WAITS[0])

    for wait in WAITS:
        hands.move(wait)
        work_until_idle()

    (row,) = deliveries()
    assert (row.state, row.tries, row.reason) == ("given_up", TRIES_MAX - 1, "unreachable")
    assert row.settled_at == hands.now()


def test_while_a_provider_is_away_the_others_in_line_are_not_charged_a_try(reader, senders):
    senders.push = Outbox(failure=ChannelAway("unreachable"))
    reader.takes_push()
    for _ in range(3):
        reader.tell()
    work_until_idle()

    rows = deliveries()
    assert sorted(row.tries for row in rows) == [0, 0, 1]
    assert sorted(row.next_at - NOON for row in rows) == [send.AWAY_FOR, send.AWAY_FOR, WAITS[0]]


def test_an_address_that_is_gone_is_forgotten_and_the_message_not_sent_again(reader, senders):
    senders.push = Outbox(failure=ChannelRefused("http_410", address_is_gone=True))
    senders.wechat = Outbox()
    reader.takes_push()
    reader.post("/v1/me/wechat-grants", {"code": "abc", "groups": ["points"]})
    senders.wechat.failure = NotGranted("errcode_43101")
    reader.tell()
    reader.post("/v1/me/wechat-grants", {"code": "abc", "groups": ["offsets"]})
    work_until_idle()

    assert sorted((row.channel, row.state, row.reason) for row in deliveries()) == [
        ("push", "failed", "http_410"),
        ("wechat", "failed", "errcode_43101"),
    ]
    with reading() as session:
        assert session.scalars(select(PushTargetRow)).all() == []
        assert {row.left_count for row in session.scalars(select(WechatGrantRow))} == {0}


def test_a_message_that_an_outage_of_ours_kept_for_days_does_not_leave(reader, senders, hands):
    reader.takes_push()
    reader.tell()
    hands.move(timedelta(minutes=1))
    with transaction() as session:  # The worker plans, and then nobody sends.
        rows = session.scalars(select(OutboxRow).where(OutboxRow.topic == "notices.deliver")).all()
        plan(session, [Message(row.id, row.topic, row.key, row.payload, row.created_at) for row in rows])
    hands.move(timedelta(days=3))
    send.send_due()

    assert [(row.state, row.reason) for row in deliveries()] == [("dropped", "too_late")]
    assert senders.push.sent == []


def test_neither_row_nor_message_to_the_worker_holds_a_number_or_a_name(reader, senders):
    reader.tell("identity.phone_changed")
    work_until_idle()

    with reading() as session:
        texts = [str(vars(row)) for row in [*deliveries(), *notices(), *session.scalars(select(OutboxRow))]]
    assert texts
    assert not [text for text in texts if PHONE in text]
