"""The known answer: an event certificate whose bytes, hash and proof were computed before this code, and the key that signed it."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.transparency.canonical import parse_strictly
from app.transparency.proofs import base64url, multikey
from app.transparency.signer import Ed25519Signer

DID = "did:web:carbon.example.cn:issuers:lishui-eeb"
METHOD, JWK_METHOD = f"{DID}#key-2026-1", f"{DID}#jwk-2026-1"
PUBLIC_MULTIKEY = "z6MkvxcRrizUmV2cyUtDJwh3qhZqV6Z5MkuuXXFatrw1UwTA"
CANONICAL_BYTES, CANONICAL_SHA256 = 3_121, "23e35a57393f90003f66a84581170fb21f0de0c697b5bf6aabe236cadf9c5f14"
PROOF_VALUE = "z3bjJ6EJwi26eQqnQZCLFfr1LZy6154bHzCFjzgrYX8uAFZa4knmfLhkHQp8qQsRtAUTJuSJZHQyMok4hC1HaiFh8"
SIGNED_AT = datetime(2026, 5, 30, 2, 15, tzinfo=UTC)

PRIVATE = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"known-answer-seed-for-the-exampleissuer").digest())
SIGNER = Ed25519Signer(PRIVATE)
ANOTHER = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a forger's key").digest())


def document() -> dict[str, Any]:
    """Return the certificate with its proof, fresh for each test to spoil."""
    return parse_strictly((Path(__file__).parent / "data" / "event-certificate.json").read_bytes())


def content() -> dict[str, Any]:
    """Return the certificate without its proof."""
    return {name: value for name, value in document().items() if name != "proof"}


def did_document(did: str = DID, private: Ed25519PrivateKey = PRIVATE) -> dict[str, Any]:
    """Return a DID document with one key in both forms."""
    public = private.public_key().public_bytes_raw()
    method, jwk_method = f"{did}#key-2026-1", f"{did}#jwk-2026-1"
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(public)}
    return {
        "id": did,
        "verificationMethod": [
            {"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": multikey(public)},
            {"id": jwk_method, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk},
        ],
        "assertionMethod": [method, jwk_method],
    }
