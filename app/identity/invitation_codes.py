"""Invitation codes: made from the invitation's id and a key outside the database, which keeps a mark of them alone."""

import hmac
from dataclasses import dataclass
from uuid import UUID

from app.foundation.data import crockford, derived_key

CODE_CHARACTERS = 10  # Of Crockford's base 32: 50 bits, for a week.
# What people write for the digits, and what they put between them.
_FORGIVEN = str.maketrans("oil", "011", " -")


@dataclass(frozen=True, slots=True)
class InvitationCodes:
    """The codes of one kind of invitation; those of another kind never fit.

    Args:
        purpose: names the keys, and is never changed: open codes would be worth nothing.
    """

    purpose: str

    def code_of(self, invitation_id: UUID) -> str:
        """Return the code of an invitation.

        It is made, not drawn, so that an answer that was lost can be given again although nothing but a mark is stored.
        """
        digest = hmac.digest(derived_key(self.purpose), invitation_id.bytes, "sha256")
        return crockford(UUID(bytes=digest[:16]))[-CODE_CHARACTERS:]

    def mark_of(self, typed: str) -> str:
        """Return what is stored of a code, however it was typed; what cannot be a code has a mark that nothing has."""
        return hmac.digest(derived_key(f"{self.purpose}_mark"), normal_code(typed).encode(), "sha256").hex()


def normal_code(typed: str) -> str:
    """Return a code as it is compared: capitals, gaps and what people write for the digits are forgiven.

    >>> normal_code("7K3M-9QWD-OL")
    '7k3m9qwd01'
    """
    return typed.lower().translate(_FORGIVEN)


HOUSEHOLD_CODES = InvitationCodes("identity.invitation")
ORGANISATION_CODES = InvitationCodes("identity.organisation_invitation")
