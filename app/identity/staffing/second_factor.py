"""The second factor of staff: one-time codes by the clock (RFC 6238)."""

import hmac
from datetime import datetime

import pyotp

from app.identity import keys

STEP_S = 30
ISSUER = "Lintan"
# A clock may be half a minute off, and typing takes time: one step either way (RFC 6238, section 5.2).
_STEPS_ACCEPTED = (-1, 0, 1)


def step_of(totp: str, salt: str, now: datetime) -> int | None:
    """Return the 30-second step whose code this is, or None."""
    generator = pyotp.TOTP(keys.totp_secret(salt), interval=STEP_S)
    present = int(now.timestamp()) // STEP_S
    found = None
    for offset in _STEPS_ACCEPTED:
        if hmac.compare_digest(generator.at((present + offset) * STEP_S).encode(), totp.encode()):
            found = present + offset
    return found


def uri_for(username: str, salt: str) -> str:
    """Return the address that an authenticator app reads, with the secret in it; it is shown once."""
    return pyotp.TOTP(keys.totp_secret(salt), interval=STEP_S).provisioning_uri(name=username, issuer_name=ISSUER)
