"""Invitation codes: made from the invitation's id and a key outside the database, which keeps a mark of them alone."""

import hmac
from uuid import UUID

from app.foundation.data import crockford, derived_key
from app.identity.households.rules import CODE_CHARACTERS


def code_of(invitation_id: UUID) -> str:
    """Return the code of an invitation: 10 characters of Crockford's base 32.

    It is made, not drawn, so that an answer that was lost can be given again although nothing but a mark is stored.
    """
    digest = hmac.digest(derived_key("identity.invitation"), invitation_id.bytes, "sha256")
    return crockford(UUID(bytes=digest[:16]))[-CODE_CHARACTERS:]


def code_mac(code: str) -> str:
    """Return what is stored of a code."""
    return hmac.digest(derived_key("identity.invitation_mark"), code.encode(), "sha256").hex()
