"""Settings of notices: what the product refuses to start with."""

import pytest

from app.notices import UnsafeSettings, refuse_unsafe
from config import SETTINGS

TENCENT = {f"LINTAN_TENCENT_SMS_{name}": "x" for name in ("SECRET_ID", "SECRET_KEY", "APP_ID", "SIGN")}
SAFE = {
    **TENCENT,
    "LINTAN_NOTICES_SMS": "tencent",
    "LINTAN_NOTICES_SMS_TEMPLATES": "default=1",
    "LINTAN_WECHAT_APP_ID": "wx",
    "LINTAN_WECHAT_SECRET": "s",
    "LINTAN_NOTICES_WECHAT": "wechat",
    "LINTAN_NOTICES_WECHAT_TEMPLATES": "default=t/thing1/time2",
    "LINTAN_NOTICES_PUSH": "gateway",
    "LINTAN_NOTICES_PUSH_URL": "https://push.example.cn/send",
    "LINTAN_NOTICES_PUSH_SECRET": "x" * 32,
}


def settings(env: str = "production", **changed: str):
    given = {"LINTAN_ENV": env, **SAFE, **{f"LINTAN_{name}": value for name, value in changed.items()}}
    return {each.name: each.read(given.get(each.name, each.default)) for each in SETTINGS}


def test_production_starts_with_all_channels_or_none():
    refuse_unsafe(settings())
    refuse_unsafe(settings(NOTICES_SMS="off", NOTICES_WECHAT="off", NOTICES_PUSH="off", NOTICES_PUSH_SECRET=""))


@pytest.mark.parametrize("name", ["NOTICES_SMS", "NOTICES_WECHAT", "NOTICES_PUSH"])
def test_production_refuses_a_sandbox_that_is_switched_on_and_a_demo_does_not(name):
    with pytest.raises(UnsafeSettings, match=name):
        refuse_unsafe(settings(**{name: "sandbox"}))
    refuse_unsafe(settings("demo", **{name: "sandbox"}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NOTICES_SMS", "pigeon"),
        ("TENCENT_SMS_SIGN", ""),
        ("NOTICES_SMS_TEMPLATES", ""),
        ("NOTICES_SMS_TEMPLATES", "1"),
        ("TENCENT_SMS_ENDPOINT", "http://sms.example.cn"),
        ("WECHAT_APP_ID", ""),
        ("NOTICES_WECHAT_TEMPLATES", "default=t"),
        ("WECHAT_URL", "http://wechat.example.cn"),
        ("NOTICES_PUSH_URL", ""),
        ("NOTICES_PUSH_URL", "http://push.example.cn"),
        ("NOTICES_PUSH_SECRET", "x" * 31),
    ],
)
def test_what_would_send_into_the_void_or_in_the_open_is_refused_by_name(name, value):
    with pytest.raises(UnsafeSettings, match=name):
        refuse_unsafe(settings(**{name: value}))
