"""The holder's commitment: a hash in the signed document by which the holder, and nobody else, can prove whose it is.

base64url( SHA-256( salt, 16 bytes | 0x00 | name in NFC, UTF-8 | 0x00 | account id ) ) without padding. The account id is the
UUID in its usual 36 characters, lower case. Whoever does not have the salt learns nothing from it, however short the name is.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from app.transparency import base64url

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Commitment:
    """What was hashed. It goes to the holder's own app and to nobody else."""

    salt: bytes
    name: str
    account_id: UUID

    @property
    def value(self) -> str:
        """Return the hash as it stands in the document.

        >>> Commitment(bytes(16), "张小明", UUID(int=1)).value
        'ack4qS2St1olVvz0T2b8ldSi1r5m-goGYorPm19Z6g4'
        """
        parts = (self.salt, self.name.encode(), str(self.account_id).encode())
        return base64url(hashlib.sha256(b"\x00".join(parts)).digest())


def commit(name: str, account_id: UUID) -> Commitment:
    """Return a commitment under a new salt."""
    return Commitment(secrets.token_bytes(SALT_BYTES), unicodedata.normalize("NFC", name), account_id)
