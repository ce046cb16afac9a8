"""What the settings say about payments, and which of them forbid a start (SECURITY 2.1, E3)."""

import re
from collections.abc import Mapping
from typing import Any

from app.foundation.data import derived_key
from app.payments.errors import UnsafeSettings

_LIVE, _TEST = re.compile(r"(sk|rk)_live_\w+"), re.compile(r"(sk|rk)_test_\w+")
_WEBHOOK_SECRETS_MAX = 2


def is_live(key: str) -> bool:
    """Return whether a key moves real money."""
    return _LIVE.fullmatch(key) is not None


def webhook_secrets(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the secrets that messages may be signed with: one, or two while one replaces the other."""
    return tuple(part for part in str(config["LINTAN_PAYMENTS_WEBHOOK_SECRETS"]).replace(",", " ").split() if part)


def sandbox_webhook_secret() -> str:
    """Return the secret that the sandbox signs with: derived, so that nobody sets or leaks one."""
    return f"whsec_{derived_key('payments.sandbox_webhook').hex()}"


def refuse_unsafe(config: Mapping[str, Any]) -> None:
    """Refuse settings under which money could be invented, or lost.

    Raises:
        UnsafeSettings: says every reason, and no secret.
    """
    provider, key = config["LINTAN_PAYMENTS_PROVIDER"], str(config["LINTAN_PAYMENTS_STRIPE_KEY"])
    reasons: list[str] = []
    if provider not in ("sandbox", "stripe"):
        reasons.append(f"LINTAN_PAYMENTS_PROVIDER={provider}: use sandbox or stripe")
    if provider == "sandbox":
        reasons += _reasons_of_sandbox(config, key)
    if provider == "stripe":
        reasons += _reasons_of_stripe(config, key)
    if reasons:
        raise UnsafeSettings("; ".join(reasons))


def _reasons_of_sandbox(config: Mapping[str, Any], key: str) -> list[str]:
    reasons = []
    if key:
        kind = "a live key" if is_live(key) else "a key"
        reasons.append(f"LINTAN_PAYMENTS_STRIPE_KEY: {kind} of Stripe beside LINTAN_PAYMENTS_PROVIDER=sandbox")
    if config["LINTAN_ENV"] == "production":
        reasons.append("LINTAN_PAYMENTS_PROVIDER=sandbox: anybody could say they have paid")
    return reasons


def _reasons_of_stripe(config: Mapping[str, Any], key: str) -> list[str]:
    reasons = []
    live, production = is_live(key), config["LINTAN_ENV"] == "production"
    if not live and (_TEST.fullmatch(key) is None or key == "sk_test_sandbox"):
        reasons.append("LINTAN_PAYMENTS_STRIPE_KEY: give Stripe's secret or restricted key, or use the sandbox")
    elif production and not live:
        reasons.append("LINTAN_PAYMENTS_STRIPE_KEY: a test key in production, where nobody would pay")
    elif live and not production:
        reasons.append(f"LINTAN_PAYMENTS_STRIPE_KEY: a live key with LINTAN_ENV={config['LINTAN_ENV']}")
    if not 1 <= len(webhook_secrets(config)) <= _WEBHOOK_SECRETS_MAX:
        reasons.append("LINTAN_PAYMENTS_WEBHOOK_SECRETS: give one secret, or two while one replaces the other")
    if not str(config["LINTAN_PAYMENTS_STRIPE_URL"]).startswith("https://") and (live or production):
        reasons.append("LINTAN_PAYMENTS_STRIPE_URL: a live key leaves by https only")
    return reasons
