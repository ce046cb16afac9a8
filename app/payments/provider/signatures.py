"""Is a message from the provider, and of now? Whatever comes in, the answer is yes or no (SECURITY 1.3)."""

import re
from collections.abc import Sequence
from datetime import datetime

import stripe

TOLERANCE_S = 300
# t=1758700000,v1=5257a8…,v1=…: visible ASCII, a handful of signatures.
_HEADER = re.compile(r"t=(\d{1,12})(?:,v\d{1,2}=[0-9a-f]{1,128}){1,8}")


def is_signed(body: bytes, signature: str, *, secrets: Sequence[str], now: datetime) -> bool:
    """Return whether one of the secrets signed this body within five minutes of `now`, before or after.

    stripe-python checks the signature; it would take a time in the future (tried, SECURITY 1.3), so the time is checked here.
    """
    match = _HEADER.fullmatch(signature)
    if match is None or abs(now.timestamp() - int(match[1])) > TOLERANCE_S:
        return False
    return any(_is_signed_with(body, signature, secret) for secret in secrets)


def _is_signed_with(body: bytes, signature: str, secret: str) -> bool:
    try:
        # No tolerance given: the library would ask the machine's clock.
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
