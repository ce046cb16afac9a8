"""The adapters against providers that check the request: who signed it, what it tells, and what an answer means."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.notices.channels import Address, ChannelAway, ChannelRefused, NotGranted, Outgoing, Platform, chosen_channels
from app.notices.channels.choose import UnknownProvider
from config import SETTINGS
from tests.identity.fake_tencent import SECRET_ID, SECRET_KEY, FakeTencent
from tests.notices.fake_providers import APP_ID, APP_SECRET, OPENID, SECRET, FakeGateway, FakeWechat

NOW = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
PHONE, TOKEN = "+8613912345678", "IQAAAACy0example"
MESSAGE = Outgoing(
    id="dlv_01m90h5w8ne9stq4x6v1b2c3d4",
    notice_id="not_01m90h5w8ne9stq4x6v1b2c3d5",
    kind="points.awarded",
    group="points",
    title="积分有新的记录",
    language="zh-CN",
    created_at=NOW,
)


def channels(**changed: str):
    environment = {each.name: each.default for each in SETTINGS} | {
        f"LINTAN_{key}": value for key, value in changed.items()
    }
    return chosen_channels(
        {each.name: each.read(environment[each.name]) for each in SETTINGS if "{" not in each.default}
    )


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    fake = FakeGateway()
    yield fake
    fake.close()


@pytest.fixture
def wechat() -> Iterator[FakeWechat]:
    fake = FakeWechat()
    yield fake
    fake.close()


@pytest.fixture
def tencent() -> Iterator[FakeTencent]:
    fake = FakeTencent()
    yield fake
    fake.close()


def push_at(url: str, secret: str = SECRET):
    return channels(NOTICES_PUSH="gateway", NOTICES_PUSH_URL=url, NOTICES_PUSH_SECRET=secret).push


def wechat_at(url: str, templates: str = "default=tpl-1/thing1/time2"):
    settings = {"WECHAT_APP_ID": APP_ID, "WECHAT_SECRET": APP_SECRET, "WECHAT_URL": url}
    return channels(NOTICES_WECHAT="wechat", NOTICES_WECHAT_TEMPLATES=templates, **settings).wechat


def sms_at(url: str, templates: str = "default=271828"):
    names = {"SECRET_ID": SECRET_ID, "SECRET_KEY": SECRET_KEY, "APP_ID": "1400006666", "SIGN": "林碳", "ENDPOINT": url}
    settings = {f"TENCENT_SMS_{name}": value for name, value in names.items()}
    return channels(NOTICES_SMS="tencent", NOTICES_SMS_TEMPLATES=templates, **settings).sms


def test_a_push_message_is_signed_has_a_stable_id_and_tells_nothing_of_anybody(gateway):
    sender = push_at(gateway.url)
    ref = sender.send(Address(TOKEN, Platform.HUAWEI), MESSAGE, now=NOW)
    sender.send(Address(TOKEN, Platform.HUAWEI), MESSAGE, now=NOW)

    first, second = gateway.got
    assert (ref, first["id"], second["id"]) == ("gw-1", MESSAGE.id, MESSAGE.id)
    assert (first["token"], first["platform"], first["timestamp"]) == (TOKEN, "huawei", int(NOW.timestamp()))
    assert set(first) == {
        *("id", "platform", "token", "title", "language", "group", "kind", "notice_id", "created_at", "timestamp")
    }


def test_a_gateway_that_does_not_know_our_secret_takes_nothing(gateway):
    with pytest.raises(ChannelAway) as away:
        push_at(gateway.url, "another secret, as long as the first one").send(
            Address(TOKEN, Platform.APNS), MESSAGE, now=NOW
        )

    assert (away.value.reason, gateway.got) == ("http_401", [])


@pytest.mark.parametrize(
    ("verdict", "failure", "gone"),
    [
        ((410, {}), ChannelRefused, True),
        ((404, {}), ChannelRefused, True),
        ((422, {}), ChannelRefused, False),
        ((429, {}), ChannelAway, None),
        ((500, b"oops"), ChannelAway, None),
        ((302, {}), ChannelAway, None),
    ],
)
def test_what_the_gateway_answers_decides_whether_it_is_asked_again(gateway, verdict, failure, gone):
    gateway.verdict = verdict

    with pytest.raises(failure) as refused:
        push_at(gateway.url).send(Address(TOKEN, Platform.HUAWEI), MESSAGE, now=NOW)

    assert getattr(refused.value, "address_is_gone", None) is gone
    assert refused.value.reason == f"http_{verdict[0]}"


def test_an_answer_without_a_reference_is_an_answer_and_no_gateway_is_away(gateway):
    gateway.verdict = (204, b"")

    assert push_at(gateway.url).send(Address(TOKEN, Platform.HUAWEI), MESSAGE, now=NOW) is None
    with pytest.raises(ChannelAway):
        push_at("http://127.0.0.1:9").send(Address(TOKEN, Platform.HUAWEI), MESSAGE, now=NOW)


def test_wechat_gets_the_template_of_the_group_and_is_asked_for_one_token(wechat):
    sender = wechat_at(wechat.url, "points=tpl-2/thing4/time5 default=tpl-1/thing1/time2")
    ref = sender.send(Address(OPENID), MESSAGE, now=NOW)
    sender.send(Address(OPENID), MESSAGE, now=NOW)

    assert (ref, wechat.tokens_given, len(wechat.sent)) == ("314159", 1, 2)
    assert wechat.sent[0] == {
        "touser": OPENID,
        "template_id": "tpl-2",
        "page": f"pages/notices/index?notice={MESSAGE.notice_id}",
        "lang": "zh_CN",
        "data": {"thing4": {"value": "积分有新的记录"}, "time5": {"value": "2026-03-12 12:00"}},
    }


def test_a_token_that_another_process_replaced_is_asked_for_anew_once(wechat):
    sender = wechat_at(wechat.url)
    sender.send(Address(OPENID), MESSAGE, now=NOW)
    wechat.good_token = "token-2"

    sender.send(Address(OPENID), MESSAGE, now=NOW)

    assert (wechat.tokens_given, len(wechat.sent)) == (2, 2)


@pytest.mark.parametrize(
    ("errcode", "failure"),
    [(43101, NotGranted), (40003, ChannelRefused), (47003, ChannelRefused), (45009, ChannelAway), (-1, ChannelAway)],
)
def test_what_wechat_answers_decides_whether_it_is_asked_again_and_is_not_quoted(wechat, errcode, failure):
    wechat.errcode = errcode

    with pytest.raises(failure) as refused:
        wechat_at(wechat.url).send(Address(OPENID), MESSAGE, now=NOW)

    assert refused.value.reason == f"errcode_{errcode}"
    assert getattr(refused.value, "address_is_gone", False) is (errcode == 40003)


def test_a_fresh_code_proves_whose_wechat_it_is(wechat):
    assert wechat_at(wechat.url).openid_of("code", now=NOW) == OPENID

    wechat.code_errcode = 40163
    with pytest.raises(ChannelRefused):
        wechat_at(wechat.url).openid_of("code", now=NOW)
    wechat.code_errcode = 45011
    with pytest.raises(ChannelAway):
        wechat_at(wechat.url).openid_of("code", now=NOW)


def test_a_group_without_a_template_is_not_taken():
    assert wechat_at("http://127.0.0.1:9", "points=t/thing1/time2").takes("points")
    assert not wechat_at("http://127.0.0.1:9", "points=t/thing1/time2").takes("security")
    assert sms_at("http://127.0.0.1:9", "security=1").takes("security")
    assert not sms_at("http://127.0.0.1:9", "security=1").takes("points")


def test_a_text_message_goes_by_template_with_our_id_and_the_kind_of_event_alone(tencent):
    ref = sms_at(tencent.url, "default=271828 points=314159").send(Address(PHONE), MESSAGE, now=NOW)

    (request,) = tencent.requests
    assert (request["action"], request["PhoneNumberSet"], request["TemplateId"]) == ("SendSms", [PHONE], "314159")
    assert (request["TemplateParamSet"], request["SessionContext"], ref) == ([MESSAGE.title], MESSAGE.id, "1")


@pytest.mark.parametrize(
    ("verdict", "failure"),
    [
        ("FailedOperation.PhoneNumberInBlacklist", ChannelRefused),
        ("InvalidParameterValue.IncorrectPhoneNumber", ChannelRefused),
        ("LimitExceeded.PhoneNumberDailyLimit", ChannelAway),
    ],
)
def test_what_tencent_answers_decides_whether_it_is_asked_again(tencent, verdict, failure):
    tencent.verdict = verdict

    with pytest.raises(failure) as refused:
        sms_at(tencent.url).send(Address(PHONE), MESSAGE, now=NOW)

    assert (refused.value.reason, PHONE in str(refused.value)) == (verdict, False)


def test_a_provider_that_is_not_there_is_away_for_each_channel():
    for sender in (sms_at("http://127.0.0.1:9"), wechat_at("http://127.0.0.1:9")):
        with pytest.raises(ChannelAway):
            sender.send(Address(PHONE), MESSAGE, now=NOW)


def test_neither_address_nor_secret_reaches_the_log_or_a_repr(tencent, wechat, gateway, caplog):
    caplog.set_level(logging.DEBUG)
    gateway.verdict, wechat.errcode, tencent.verdict = (500, b""), 47003, "FailedOperation"
    for sender in (push_at(gateway.url), wechat_at(wechat.url), sms_at(tencent.url)):
        with pytest.raises((ChannelAway, ChannelRefused)):
            sender.send(Address(PHONE, Platform.VIVO), MESSAGE, now=NOW)

    for hidden in (PHONE, PHONE[3:], SECRET, APP_SECRET, SECRET_KEY, "token-1"):
        assert hidden not in caplog.text + repr(Address(PHONE))


def test_the_sandbox_takes_everything_and_sends_nothing():
    chosen = channels(NOTICES_SMS="sandbox", NOTICES_WECHAT="sandbox", NOTICES_PUSH="sandbox")

    for sender in (chosen.sms, chosen.wechat, chosen.push):
        assert sender.takes("points")
        assert sender.send(Address(PHONE), MESSAGE, now=NOW) == f"sandbox:{MESSAGE.id}"
    assert chosen.wechat.openid_of("a", now=NOW) != chosen.wechat.openid_of("b", now=NOW)


@pytest.mark.parametrize("name", ["NOTICES_SMS", "NOTICES_WECHAT", "NOTICES_PUSH"])
def test_a_provider_that_nobody_knows_is_no_provider(name):
    with pytest.raises(UnknownProvider):
        channels(**{name: "pigeon"})
