"""The settings of identity: how they are read, and which of them forbid a start."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import current_app

from app.identity.entrance.rules.codes import REASSIGNED_AFTER

ACCESS_TOKEN_S_MAX = 900
KEY_CHARACTERS_MIN = 32
# The minimum for argon2id in the OWASP Password Storage Cheat Sheet.
ARGON2_MEMORY_KIB_MIN, ARGON2_TIME_MIN = 19_456, 2
_OUTSIDE = {
    "LINTAN_WECHAT": ("APP_ID", "SECRET", "URL"),
    "LINTAN_ZHELIBAN": ("APP_ID", "ACCESS_KEY", "SECRET_KEY", "URL"),
}
_TENCENT = ("SECRET_ID", "SECRET_KEY", "APP_ID", "SIGN", "TEMPLATE", "REGION", "ENDPOINT")


class UnsafeSettings(Exception):
    """The product must not start with these settings."""


def days(name: str) -> timedelta:
    """Return a setting that counts days."""
    return timedelta(days=int(current_app.config[name]))


def number(name: str) -> int:
    """Return a setting that is a whole number."""
    return int(current_app.config[name])


def signing_keys(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of access tokens by their id, the one that signs first; empty when they are derived from LINTAN_SECRET.

    Raises:
        UnsafeSettings: LINTAN_JWT_KEYS is not `id:secret` or `id:secret,id:secret`.
    """
    text = str(config["LINTAN_JWT_KEYS"]).strip()
    if not text:
        return {}
    pairs = [part.strip().partition(":") for part in text.split(",")]
    keys = {key_id: secret for key_id, _, secret in pairs}
    if len(keys) != len(pairs) or len(keys) > 2 or not all(keys):
        raise UnsafeSettings("LINTAN_JWT_KEYS: give one or two keys as id:secret,id:secret with different ids")
    if any(len(secret) < KEY_CHARACTERS_MIN for secret in keys.values()):
        raise UnsafeSettings(f"LINTAN_JWT_KEYS: a secret has fewer than {KEY_CHARACTERS_MIN} characters")
    return keys


def refuse_unsafe(config: Mapping[str, Any]) -> None:
    """Refuse settings that would open the door.

    Raises:
        UnsafeSettings: says every reason, and no secret.
    """
    reasons = [*_reasons_everywhere(config), *_reasons_of_provider(config), *_reasons_of_doors(config)]
    if config["LINTAN_ENV"] == "production":
        reasons += _reasons_in_production(config)
    if reasons:
        raise UnsafeSettings("; ".join(reasons))


def _reasons_everywhere(config: Mapping[str, Any]) -> list[str]:
    reasons = []
    try:
        signing_keys(config)
    except UnsafeSettings as error:
        reasons.append(str(error))
    if not 1 <= int(config["LINTAN_ACCESS_TOKEN_S"]) <= ACCESS_TOKEN_S_MAX:
        reasons.append(f"LINTAN_ACCESS_TOKEN_S: an access token lives at most {ACCESS_TOKEN_S_MAX} s")
    if not 1 <= int(config["LINTAN_SESSION_DAYS_MAX"]) < REASSIGNED_AFTER.days:
        reasons.append(
            f"LINTAN_SESSION_DAYS_MAX: must stay under the {REASSIGNED_AFTER.days} days after which a number is reassigned"
        )
    totp = str(config["LINTAN_TOTP_SECRET"])
    if totp and len(totp) < KEY_CHARACTERS_MIN:
        reasons.append(f"LINTAN_TOTP_SECRET: fewer than {KEY_CHARACTERS_MIN} characters")
    return reasons


def _reasons_of_provider(config: Mapping[str, Any]) -> list[str]:
    provider = config["LINTAN_SMS_PROVIDER"]
    if provider not in ("sandbox", "tencent"):
        return [f"LINTAN_SMS_PROVIDER={provider}: use sandbox or tencent"]
    if provider == "tencent":
        names = (f"LINTAN_TENCENT_SMS_{part}" for part in _TENCENT)
        return [f"{name} is empty" for name in names if not str(config[name])]
    return []


def _reasons_of_doors(config: Mapping[str, Any]) -> list[str]:
    """Return what is missing of an app that is switched on: its id switches it on, and half of its settings do not."""
    reasons = []
    for app, parts in _OUTSIDE.items():
        given = [part for part in parts if part != "URL" and str(config[f"{app}_{part}"])]
        missing = [part for part in parts if not str(config[f"{app}_{part}"])]
        if given and missing:
            reasons += [f"{app}_{part} is empty" for part in missing]
    return reasons


def _reasons_in_production(config: Mapping[str, Any]) -> list[str]:
    reasons = []
    if config["LINTAN_SMS_PROVIDER"] == "sandbox":
        reasons.append("LINTAN_SMS_PROVIDER=sandbox: anybody could sign in as anybody")
    if config["LINTAN_SMS_PROVIDER"] == "tencent" and not str(config["LINTAN_TENCENT_SMS_ENDPOINT"]).startswith(
        "https://"
    ):
        reasons.append("LINTAN_TENCENT_SMS_ENDPOINT: codes leave by https only")
    if config["LINTAN_CAPTCHA_URL"] and not str(config["LINTAN_CAPTCHA_URL"]).startswith("https://"):
        reasons.append("LINTAN_CAPTCHA_URL: the site's secret leaves by https only")
    reasons += [
        f"{app}_URL: secrets and codes leave by https only"
        for app in _OUTSIDE
        if str(config[f"{app}_APP_ID"]) and not str(config[f"{app}_URL"]).startswith("https://")
    ]
    if (
        int(config["LINTAN_ARGON2_MEMORY_KIB"]) < ARGON2_MEMORY_KIB_MIN
        or int(config["LINTAN_ARGON2_TIME"]) < ARGON2_TIME_MIN
    ):
        reasons.append(f"LINTAN_ARGON2_*: at least {ARGON2_MEMORY_KIB_MIN} KiB and {ARGON2_TIME_MIN} passes")
    return reasons
