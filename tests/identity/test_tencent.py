"""The Tencent adapter, with the real SDK against an endpoint that checks the signature."""

import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.identity.entrance.sms import SmsFailed, chosen_sender
from app.identity.entrance.sms import tencent as adapter
from tests.identity.fake_tencent import SECRET_ID, SECRET_KEY, FakeTencent
from tests.identity.people import ask_code, try_code

PHONE, CODE = "+8613912345678", "048217"


@pytest.fixture
def endpoint() -> Iterator[FakeTencent]:
    fake = FakeTencent()
    yield fake
    fake.close()


def sender_at(url: str, **changed: str):
    settings = {
        "SECRET_ID": SECRET_ID,
        "SECRET_KEY": SECRET_KEY,
        "APP_ID": "1400006666",
        "SIGN": "林碳",
        "TEMPLATE": "271828",
    }
    settings |= {"REGION": "ap-guangzhou", "ENDPOINT": url, **changed}
    return chosen_sender(
        {"LINTAN_SMS_PROVIDER": "tencent", **{f"LINTAN_TENCENT_SMS_{name}": text for name, text in settings.items()}}
    )


def test_a_code_reaches_the_provider_signed_and_by_template(endpoint):
    sender_at(endpoint.url).send_code(PHONE, CODE, life_min=5)

    (request,) = endpoint.requests
    assert (request["action"], request["version"]) == ("SendSms", "2021-01-11")
    assert (request["PhoneNumberSet"], request["TemplateParamSet"]) == ([PHONE], [CODE, "5"])
    assert (request["SmsSdkAppId"], request["SignName"], request["TemplateId"]) == ("1400006666", "林碳", "271828")


def test_a_wrong_key_is_refused_by_the_signature(endpoint):
    with pytest.raises(SmsFailed) as failure:
        sender_at(endpoint.url, SECRET_KEY="another").send_code(PHONE, CODE, life_min=5)

    assert failure.value.reason == "AuthFailure.SignatureFailure"
    assert endpoint.requests == []


def test_a_number_that_is_refused_inside_a_good_answer_is_a_failure(endpoint):
    endpoint.verdict = "LimitExceeded.PhoneNumberDailyLimit"

    with pytest.raises(SmsFailed) as failure:
        sender_at(endpoint.url).send_code(PHONE, CODE, life_min=5)

    assert failure.value.reason == "LimitExceeded.PhoneNumberDailyLimit"
    assert PHONE not in str(failure.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"oops"),
        (200, b"not json"),
        (200, b"{}"),
        (200, b'{"Response": {"RequestId": "r"}}'),
        (200, b'{"Response": {"SendStatusSet": [], "RequestId": "r"}}'),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_failure(endpoint, status, body):
    endpoint.status, endpoint.body = status, body

    with pytest.raises(SmsFailed):
        sender_at(endpoint.url).send_code(PHONE, CODE, life_min=5)


def test_a_silent_provider_is_given_up(endpoint, monkeypatch):
    monkeypatch.setattr(adapter, "TIMEOUT_S", 0.1)
    endpoint.delay_s = 0.5

    with pytest.raises(SmsFailed) as failure:
        sender_at(endpoint.url).send_code(PHONE, CODE, life_min=5)

    assert failure.value.reason == "ClientNetworkError"


def test_a_provider_that_is_not_there_is_a_failure():
    with pytest.raises(SmsFailed):
        sender_at("http://127.0.0.1:9").send_code(PHONE, CODE, life_min=5)


def test_neither_number_nor_code_nor_key_reaches_the_log(endpoint, caplog):
    caplog.set_level(logging.DEBUG)
    sender_at(endpoint.url).send_code(PHONE, CODE, life_min=5)
    endpoint.verdict = "FailedOperation"
    with pytest.raises(SmsFailed):
        sender_at(endpoint.url).send_code(PHONE, CODE, life_min=5)

    assert caplog.records
    for secret in (PHONE, PHONE[3:], CODE, SECRET_KEY):
        assert secret not in caplog.text


def test_a_resident_signs_in_with_what_the_provider_was_sent(client, hands, use_providers, endpoint):
    use_providers(sender=sender_at(endpoint.url))

    sent = ask_code(client).json

    assert "sandbox_code" not in sent
    assert try_code(client, sent["challenge_id"], endpoint.requests[0]["TemplateParamSet"][0]).status_code == 201


def test_the_sdk_is_not_imported_unless_it_is_chosen():
    check = "import sys, app.identity; sys.exit(any(name.startswith('tencentcloud') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=60).returncode == 0
