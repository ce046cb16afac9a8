"""The settings of notices: which of them forbid a start."""

from collections.abc import Mapping
from typing import Any

from app.notices.channels.sms_tencent import BadTemplates as BadSmsTemplates
from app.notices.channels.sms_tencent import templates_of as sms_templates_of
from app.notices.channels.wechat import BadTemplates as BadWechatTemplates
from app.notices.channels.wechat import templates_of as wechat_templates_of
from app.notices.errors import UnsafeSettings

SECRET_CHARACTERS_MIN = 32
_PROVIDERS = {
    "LINTAN_NOTICES_SMS": ("off", "sandbox", "tencent"),
    "LINTAN_NOTICES_WECHAT": ("off", "sandbox", "wechat"),
    "LINTAN_NOTICES_PUSH": ("off", "sandbox", "gateway"),
}
_TENCENT = ("SECRET_ID", "SECRET_KEY", "APP_ID", "SIGN", "REGION", "ENDPOINT")


def refuse_unsafe(config: Mapping[str, Any]) -> None:
    """Refuse settings under which messages would vanish, or leave in the open.

    Raises:
        UnsafeSettings: says every reason, and no secret.
    """
    reasons = []
    for name, known in _PROVIDERS.items():
        if config[name] not in known:
            reasons.append(f"{name}={config[name]}: use {', '.join(known)}")
        elif config[name] == "sandbox" and config["LINTAN_ENV"] == "production":
            reasons.append(f"{name}=sandbox: the messages would go nowhere; off sends none")
    reasons += _reasons_of_sms(config) if config["LINTAN_NOTICES_SMS"] == "tencent" else []
    reasons += _reasons_of_wechat(config) if config["LINTAN_NOTICES_WECHAT"] == "wechat" else []
    reasons += _reasons_of_push(config) if config["LINTAN_NOTICES_PUSH"] == "gateway" else []
    if reasons:
        raise UnsafeSettings("; ".join(reasons))


def _reasons_of_sms(config: Mapping[str, Any]) -> list[str]:
    names = [f"LINTAN_TENCENT_SMS_{part}" for part in _TENCENT]
    reasons = [f"{name} is empty" for name in [*names, "LINTAN_NOTICES_SMS_TEMPLATES"] if not config[name]]
    try:
        sms_templates_of(config["LINTAN_NOTICES_SMS_TEMPLATES"])
    except BadSmsTemplates as error:
        reasons.append(str(error))
    return [*reasons, *_plain_http(config, "LINTAN_TENCENT_SMS_ENDPOINT")]


def _reasons_of_wechat(config: Mapping[str, Any]) -> list[str]:
    names = ("LINTAN_WECHAT_APP_ID", "LINTAN_WECHAT_SECRET", "LINTAN_NOTICES_WECHAT_TEMPLATES")
    reasons = [f"{name} is empty" for name in names if not config[name]]
    try:
        wechat_templates_of(config["LINTAN_NOTICES_WECHAT_TEMPLATES"])
    except BadWechatTemplates as error:
        reasons.append(str(error))
    return [*reasons, *_plain_http(config, "LINTAN_WECHAT_URL")]


def _reasons_of_push(config: Mapping[str, Any]) -> list[str]:
    reasons = []
    if not config["LINTAN_NOTICES_PUSH_URL"]:
        reasons.append("LINTAN_NOTICES_PUSH_URL is empty")
    if len(config["LINTAN_NOTICES_PUSH_SECRET"]) < SECRET_CHARACTERS_MIN:
        reasons.append(f"LINTAN_NOTICES_PUSH_SECRET: fewer than {SECRET_CHARACTERS_MIN} characters")
    return [*reasons, *_plain_http(config, "LINTAN_NOTICES_PUSH_URL")]


def _plain_http(config: Mapping[str, Any], name: str) -> list[str]:
    url = str(config[name])
    is_open = config["LINTAN_ENV"] == "production" and url and not url.startswith("https://")
    return [f"{name}: messages leave by https only"] if is_open else []
