"""Settings that would open the door forbid a start (E3)."""

import pytest

import app.identity as identity
import config
from app.identity import UnsafeSettings
from app.identity.entrance.sms import UnknownSmsProvider, chosen_sender

TENCENT = {
    "LINTAN_SMS_PROVIDER": "tencent",
    "LINTAN_TENCENT_SMS_SECRET_ID": "id",
    "LINTAN_TENCENT_SMS_SECRET_KEY": "key",
    "LINTAN_TENCENT_SMS_APP_ID": "1400006666",
    "LINTAN_TENCENT_SMS_SIGN": "林碳",
    "LINTAN_TENCENT_SMS_TEMPLATE": "1",
}
SAFE = {"LINTAN_ENV": "production", **TENCENT}


@pytest.fixture
def settings(tmp_path):
    def load(**changed: str):
        return config.load({"LINTAN_HOME": str(tmp_path), "LINTAN_SECRET": "s" * 40, **changed})

    return load


def test_production_starts_with_safe_settings(settings):
    identity.refuse_unsafe(settings(**SAFE))


def test_the_demo_starts_with_the_defaults(settings):
    identity.refuse_unsafe(settings())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"LINTAN_SMS_PROVIDER": "sandbox"}, "anybody could sign in as anybody"),
        ({"LINTAN_SMS_PROVIDER": "pigeon"}, "use sandbox or tencent"),
        ({"LINTAN_TENCENT_SMS_SECRET_KEY": ""}, "LINTAN_TENCENT_SMS_SECRET_KEY is empty"),
        ({"LINTAN_TENCENT_SMS_ENDPOINT": "http://sms.example"}, "codes leave by https only"),
        ({"LINTAN_CAPTCHA_URL": "http://captcha.example"}, "leaves by https only"),
        ({"LINTAN_WECHAT_APP_ID": "wx1"}, "LINTAN_WECHAT_SECRET is empty"),
        ({"LINTAN_WECHAT_SECRET": "s"}, "LINTAN_WECHAT_APP_ID is empty"),
        ({"LINTAN_ZHELIBAN_APP_ID": "1", "LINTAN_ZHELIBAN_SECRET_KEY": "s"}, "LINTAN_ZHELIBAN_ACCESS_KEY is empty"),
        (
            {"LINTAN_WECHAT_APP_ID": "wx1", "LINTAN_WECHAT_SECRET": "s", "LINTAN_WECHAT_URL": "http://wechat.example"},
            "LINTAN_WECHAT_URL: secrets and codes leave by https only",
        ),
        ({"LINTAN_ARGON2_MEMORY_KIB": "19455"}, "at least 19456 KiB"),
        ({"LINTAN_ARGON2_TIME": "1"}, "and 2 passes"),
        ({"LINTAN_ACCESS_TOKEN_S": "901"}, "at most 900 s"),
        ({"LINTAN_ACCESS_TOKEN_S": "0"}, "at most 900 s"),
        ({"LINTAN_SESSION_DAYS_MAX": "184"}, "must stay under the 184 days"),
        ({"LINTAN_TOTP_SECRET": "short"}, "LINTAN_TOTP_SECRET: fewer than 32"),
        ({"LINTAN_JWT_KEYS": "a:short"}, "fewer than 32"),
        ({"LINTAN_JWT_KEYS": "x" * 40}, "a secret has fewer than 32"),
        ({"LINTAN_JWT_KEYS": ":" + "x" * 40}, "give one or two keys"),
        ({"LINTAN_JWT_KEYS": f"a:{'x' * 32},a:{'y' * 32}"}, "give one or two keys"),
        ({"LINTAN_JWT_KEYS": ",".join(f"{name}:{'x' * 32}" for name in "abc")}, "give one or two keys"),
    ],
)
def test_an_unsafe_setting_forbids_the_start_and_is_named(settings, changed, reason):
    with pytest.raises(UnsafeSettings, match=reason.replace("(", "\\(")):
        identity.refuse_unsafe(settings(**{**SAFE, **changed}))


def test_every_reason_is_said_at_once_and_no_secret(settings):
    with pytest.raises(UnsafeSettings) as refusal:
        identity.refuse_unsafe(settings(**SAFE, LINTAN_ARGON2_TIME="1", LINTAN_JWT_KEYS="a:tooshort"))

    assert "LINTAN_JWT_KEYS" in str(refusal.value)
    assert "LINTAN_ARGON2" in str(refusal.value)
    assert "tooshort" not in str(refusal.value)


def test_an_unknown_provider_has_no_sender(settings):
    with pytest.raises(UnknownSmsProvider):
        chosen_sender(settings(LINTAN_SMS_PROVIDER="pigeon"))
