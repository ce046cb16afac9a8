"""The only way to a private key: something that signs. Today an encrypted file; a PKCS#11 token, a KMS or SM2 would fit as well."""

from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PUBLIC_BYTES, SIGNATURE_BYTES = 32, 64


class Signer(Protocol):
    """Whatever holds a private key, and never gives it out."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte pure Ed25519 signature (RFC 8032) of the message."""
        ...


class Ed25519Signer:
    """Signs with a key in this process's memory."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        """Keep the key; nothing here returns or prints it."""
        self._private = private

    def sign(self, message: bytes) -> bytes:
        """Return the signature of the message."""
        return self._private.sign(message)


@dataclass(frozen=True, slots=True)
class ActiveKey:
    """A key that may sign now, and what names it outside.

    Args:
        name: `key-2026-1`.
        public: the 32 bytes of the public key.
        method: the verification method of proofs, `DID#key-2026-1`; of the log's own key its vkey.
        jwk_method: the same key for JWTs, `DID#jwk-2026-1`; of the log's own key its vkey too, it signs none.
    """

    name: str
    signer: Signer
    public: bytes
    method: str
    jwk_method: str


def signature_fits(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether a signature is of this message by this key; False too where either has the wrong length."""
    if len(public) != PUBLIC_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
