"""What identity makes from secrets that are not in the database: marks, tokens and second factors.

A copy of the database alone gives nobody a code, a session or a second factor.
"""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from flask import current_app

from app.foundation.data import derived_key

_ID_BYTES, _NUMBER_BYTES, _MAC_BYTES = 16, 4, 32
_REFRESH_BYTES = _ID_BYTES + _NUMBER_BYTES + _MAC_BYTES


def new_code(digits: int) -> str:
    """Return a random code of decimal digits."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def new_salt() -> str:
    """Return 32 random bytes as text."""
    return secrets.token_urlsafe(32)


def code_mac(challenge_id: UUID, *, purpose: str, phone: str, code: str) -> str:
    """Return what is stored of a code. It fits one challenge, one purpose and one number."""
    return _mac("identity.code", str(challenge_id), purpose, phone, code).hex()


def blinded(kind: str, value: str) -> str:
    """Return a mark that stands for a number, device, address or account name in counters, and tells nothing of it."""
    return _mac("identity.blind", kind, value).hex()


def refresh_token(session_id: UUID, *, salt: str, number: int) -> str:
    """Return a session's refresh token of this number: 70 characters that tell session and number and prove that we made it.

    It is made, not drawn: so a lost answer can be given again although only a hash is stored, and a token that was used up long
    ago is still recognised without a row of its own.
    """
    head = session_id.bytes + number.to_bytes(_NUMBER_BYTES, "big")
    return base64.urlsafe_b64encode(head + _mac("identity.refresh", head.hex(), salt)).rstrip(b"=").decode()


def parse_refresh_token(token: str) -> tuple[UUID, int] | None:
    """Return the session and number that a refresh token claims, or None when it has not the form of one."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    if len(raw) != _REFRESH_BYTES:
        return None
    return UUID(bytes=raw[:_ID_BYTES]), int.from_bytes(raw[_ID_BYTES : _ID_BYTES + _NUMBER_BYTES], "big")


def token_hash(token: str) -> str:
    """Return what is stored of a refresh token. It has 256 bits nobody knows, so a plain hash hides it."""
    return hashlib.sha256(token.encode()).hexdigest()


def totp_secret(salt: str) -> str:
    """Return the base32 secret of a second factor: 160 bits, what RFC 4226, section 4, recommends."""
    own: str = current_app.config["LINTAN_TOTP_SECRET"]
    key = own.encode() if own else derived_key("identity.totp")
    return base64.b32encode(hmac.digest(key, salt.encode(), "sha256")[:20]).decode()


def _mac(purpose: str, *parts: str) -> bytes:
    # Each part is led by its length: ("ab", "c") and ("a", "bc") must not meet.
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.digest(derived_key(purpose), message, "sha256")
