"""The two adapters against fakes that check method, path, query, body, signature and time."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from app.foundation.data import clock
from app.identity.entrance.outside import OutsideFailed, OutsideProvider, OutsideRefusal, asking, chosen_doors
from app.identity.entrance.outside.zheliban import signature
from tests.identity.outside import fake_zheliban
from tests.identity.outside.conftest import OFF, settings_of_wechat, settings_of_zheliban
from tests.identity.outside.fake_wechat import SECRET

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
PHONE = "13912345678"


@pytest.fixture
def hands():
    with clock.standing_at(NOON) as standing:
        yield standing


def wechat_door(url, **changed):
    return chosen_doors(settings_of_wechat(url, **changed))[OutsideProvider.WECHAT]


def zheliban_door(url, **changed):
    return chosen_doors(settings_of_zheliban(url, **changed))[OutsideProvider.ZHELIBAN]


def test_without_settings_there_is_no_door():
    assert chosen_doors(OFF) == {}


def test_a_wechat_code_tells_the_user_once(wechat, hands):
    wechat.users["code"] = "openid of a user"
    door = wechat_door(wechat.url)

    who = door.identify("code")
    with pytest.raises(OutsideRefusal) as refusal:
        door.identify("code")

    assert (who.subject, who.phone) == ("openid of a user", None)
    assert refusal.value.reason == "errcode_40029"
    assert "openid" not in repr(who)


def test_a_code_travels_whole_whatever_stands_in_it(wechat, hands):
    wechat.users["a+b&secret=x/=%"] = "openid"

    assert wechat_door(wechat.url).identify("a+b&secret=x/=%").subject == "openid"


@pytest.mark.parametrize(
    ("country", "number", "told"), [("86", PHONE, PHONE), (86, PHONE, PHONE), ("852", "51234567", None)]
)
def test_a_phone_code_tells_a_number_of_the_mainland(wechat, hands, country, number, told):
    wechat.phone("phone code", number, country=country)

    assert wechat_door(wechat.url).phone_of("phone code") == told


def test_a_phone_code_of_another_mini_program_is_refused(wechat, hands):
    wechat.phone("phone code", PHONE, app_id="wx1111111111111111")

    with pytest.raises(OutsideRefusal, match="other_app"):
        wechat_door(wechat.url).phone_of("phone code")


def test_the_token_is_kept_until_shortly_before_its_end(wechat, hands):
    door = wechat_door(wechat.url)
    for number in range(4):
        wechat.phone(f"phone code {number}", PHONE)

    door.phone_of("phone code 0")
    hands.move(timedelta(minutes=114, seconds=59))
    door.phone_of("phone code 1")
    asked_before = wechat.calls.count("/cgi-bin/stable_token")
    hands.move(timedelta(seconds=1))
    door.phone_of("phone code 2")

    assert (asked_before, wechat.calls.count("/cgi-bin/stable_token")) == (1, 2)


def test_a_token_that_was_replaced_elsewhere_is_asked_for_anew_once(wechat, hands):
    door = wechat_door(wechat.url)
    door.phone_of(wechat.phone("first", PHONE))
    wechat.tokens = {"another": NOON + timedelta(hours=1)}

    assert door.phone_of(wechat.phone("second", PHONE)) == PHONE
    wechat.errcode = 40001
    with pytest.raises(OutsideFailed, match="errcode_40001"):
        door.phone_of("third")


def test_a_wrong_secret_of_the_mini_program_is_a_failure_and_no_refusal(wechat, hands):
    wechat.users["code"] = "openid"
    wechat.phone("phone code", PHONE)
    door = wechat_door(wechat.url, SECRET="another")

    for ask in (lambda: door.identify("code"), lambda: door.phone_of("phone code")):
        with pytest.raises(OutsideFailed, match="errcode_40125"):
            ask()


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        *((code, OutsideRefusal) for code in (40029, 40163, 40226)),
        *((code, OutsideFailed) for code in (-1, 45011, 40013, 99999)),
    ],
)
def test_wechats_codes_are_told_apart(wechat, hands, errcode, kind):
    wechat.errcode = errcode

    with pytest.raises(kind, match=f"^errcode_{errcode}$"):
        wechat_door(wechat.url).identify("code")


def test_a_ticket_tells_the_person_and_the_number_once(zheliban, hands):
    zheliban.person("ticket", "user of zheliban", PHONE)
    door = zheliban_door(zheliban.url)

    who = door.identify("ticket")
    with pytest.raises(OutsideRefusal, match="C-USER-SSO-TICKET-INVALID"):
        door.identify("ticket")

    assert (who.subject, who.phone) == ("user of zheliban", PHONE)
    assert door.phone_of("anything") is None


def test_the_signature_is_what_the_guide_computes():
    # Made with openssl over the guide's text: POST, path, a=1&b=2, AK and the date, each with a line end.
    url = "https://gateway.example:8443/restapi/prod/x?b=2&a=1"

    made = signature("SK", method="POST", url=url, access_key="AK", date="Tue, 09 Nov 2021 08:49:20 GMT")

    assert made == "89nEFVXChiHsxWJsWvozLOyJCphq7THfzDlF2Igen1k="


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [({"SECRET_KEY": "another"}, "Invalid signature"), ({"ACCESS_KEY": "another"}, "Invalid access key")],
)
def test_the_gateway_refuses_a_wrong_signature_and_that_is_a_failure(zheliban, hands, changed, refusal):
    zheliban.person("ticket", "user", PHONE)

    with pytest.raises(OutsideFailed, match="http_401"):
        zheliban_door(zheliban.url, **changed).identify("ticket")

    assert zheliban.refusals == [refusal]
    assert zheliban.tokens == {}


@pytest.mark.parametrize(("seconds", "is_taken"), [(90, True), (91, False), (-90, True), (-91, False)])
def test_a_signature_is_good_for_ninety_seconds(zheliban, hands, seconds, is_taken):
    zheliban.person("ticket", "user", PHONE)
    zheliban.slow_by = timedelta(seconds=seconds)

    if is_taken:
        assert zheliban_door(zheliban.url).identify("ticket").subject == "user"
    else:
        with pytest.raises(OutsideFailed):
            zheliban_door(zheliban.url).identify("ticket")
        assert zheliban.refusals == ["Clock skew exceeded"]


def test_a_legal_person_and_unknown_errors_sign_nobody_in(zheliban, hands):
    door = zheliban_door(zheliban.url)

    with pytest.raises(OutsideRefusal, match="not_a_person"):
        door.identify(zheliban.person("of a company", "user", PHONE, userType="LEGAL_PERSON"))
    with pytest.raises(OutsideFailed, match="no_user_id"):
        door.identify(zheliban.person("of nobody", "", PHONE))
    zheliban.error_code = "C-USER-SSO-USER-EMPTY"
    with pytest.raises(OutsideRefusal):
        door.identify("ticket")
    zheliban.error_code = "B-SOMETHING-ELSE"
    with pytest.raises(OutsideFailed, match="B-SOMETHING-ELSE"):
        door.identify("ticket")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b"oops", "http_500"),
        (302, b"", "http_302"),
        (200, b"not json", "not_json"),
        (200, b"[]", "not_an_object"),
        (200, b"{}", "no_openid"),
        (200, b"\xff\xfe", "not_json"),
        (200, b'{"openid": 7}', "no_openid"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_failure(wechat, hands, status, body, reason):
    wechat.broken = (status, body)

    with pytest.raises(OutsideFailed, match=f"^{reason}$"):
        wechat_door(wechat.url).identify("code")
    assert wechat.asked == 1  # And no redirect was followed.


def test_a_provider_that_is_silent_or_not_there_is_given_up(wechat, hands, monkeypatch):
    monkeypatch.setattr(asking, "TIMEOUT_S", 0.1)
    wechat.delay_s = 0.4

    for url in (wechat.url, "http://127.0.0.1:9"):
        with pytest.raises(OutsideFailed, match="unreachable"):
            wechat_door(url).identify("code")


def test_no_secret_code_or_number_reaches_log_or_error(wechat, zheliban, hands, caplog):
    caplog.set_level(logging.DEBUG)
    wechat.users["canary code"], wechat.errcode = "canary openid", -1
    doors = (wechat_door(wechat.url), zheliban_door(zheliban.url, SECRET_KEY="canary key"))
    told = []
    for door in doors:
        with pytest.raises(OutsideFailed) as failure:
            door.identify("canary code")
        told.append(f"{failure.value!r} {failure.value.__cause__!r}")

    for secret in ("canary", SECRET, fake_zheliban.SECRET_KEY):
        assert secret not in caplog.text + "".join(told)
