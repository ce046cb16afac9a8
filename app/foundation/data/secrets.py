"""One secret of the installation, from which every other signing key is derived."""

import hashlib
import hmac

from flask import current_app


def derived_key(purpose: str) -> bytes:
    """Return the 32-byte key for one purpose, such as `cursor` or `file-link`.

    Keys of different purposes tell nothing about each other. Source: HKDF-Expand with one block, RFC 5869, section 2.3; the
    installation's secret is already uniformly random, so the extract step may be left out (section 3.3).
    """
    secret: str = current_app.config["LINTAN_SECRET"]
    return hmac.new(secret.encode(), purpose.encode() + b"\x01", hashlib.sha256).digest()
