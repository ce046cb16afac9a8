"""Secrets of endpoints and signatures of messages, by the names of Standard Webhooks (specification 1.0.0).

A secret is made from a key outside the database and a salt in it: neither alone gives anybody a signature.
"""

import base64
import hmac
import secrets

from app.foundation.data import derived_key

_PREFIX = "whsec_"


def new_salt() -> str:
    """Return 32 random bytes as text."""
    return secrets.token_urlsafe(32)


def secret_of(salt: str) -> str:
    """Return the secret that an endpoint's owner keeps: `whsec_` and 32 bytes in base64."""
    return _PREFIX + base64.b64encode(_key(salt)).decode()


def headers_of(message_id: str, timestamp_s: int, body: bytes, *, salts: list[str]) -> dict[str, str]:
    """Return the three headers of a message, with one signature for each secret that is good now."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(_key(salt), signed, "sha256")).decode() for salt in salts]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


def _key(salt: str) -> bytes:
    return hmac.digest(derived_key("notices.webhook"), salt.encode(), "sha256")
