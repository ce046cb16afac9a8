"""Keys in a DID document: which of them may speak for its subject, and until when."""

from datetime import datetime
from typing import Any

from app.transparency.errors import ProofInvalid
from app.transparency.proofs.instants import parse_second
from app.transparency.proofs.multibase import MultibaseInvalid, parse_base64url, parse_multikey
from app.transparency.signer import PUBLIC_BYTES

MULTIKEY, JSON_WEB_KEY = "Multikey", "JsonWebKey"


def issuer_of(content: dict[str, Any]) -> str:
    """Return the DID in a credential's `issuer`.

    Raises:
        ProofInvalid: there is none.
    """
    issuer = content.get("issuer")
    did = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(did, str) or not did.startswith("did:"):
        raise ProofInvalid("issuer_missing")
    return did


def key_for(did_document: dict[str, Any], method: object, *, issuer: str, kind: str, at: datetime) -> bytes:
    """Return the 32 public bytes of a verification method that the issuer itself lists for assertions.

    Args:
        at: when the key was used; a key that ended may not be used later.

    Raises:
        ProofInvalid: the document is another subject's, or the method is another's, of another kind, not listed exactly once,
            not for assertions, revoked, or ended before `at`.
    """
    did = did_document.get("id")
    if did != issuer:
        raise ProofInvalid("did_document_of_another")
    if not isinstance(method, str) or not method.startswith(f"{did}#"):
        raise ProofInvalid("key_of_another")
    listed = [each for each in _items(did_document, "verificationMethod") if _member(each, "id") == method]
    if len(listed) != 1 or not isinstance(listed[0], dict):
        raise ProofInvalid("key_unknown")
    entry = listed[0]
    if entry.get("type") != kind or entry.get("controller") != did:
        raise ProofInvalid("key_of_another_kind")
    if method not in _items(did_document, "assertionMethod") or "revoked" in entry:
        raise ProofInvalid("key_not_for_assertions")
    if "expires" in entry and at > parse_second(entry["expires"], reason="key_expiry_malformed"):
        raise ProofInvalid("key_expired")
    return _public_of(entry, kind)


def _public_of(entry: dict[str, Any], kind: str) -> bytes:
    try:
        if kind == MULTIKEY:
            return parse_multikey(str(entry.get("publicKeyMultibase")))
        jwk = entry.get("publicKeyJwk")
        if not isinstance(jwk, dict) or (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519") or "d" in jwk:
            raise ProofInvalid("key_malformed")
        public = parse_base64url(str(jwk.get("x")))
    except MultibaseInvalid:
        raise ProofInvalid("key_malformed") from None
    if len(public) != PUBLIC_BYTES:
        raise ProofInvalid("key_malformed")
    return public


def _items(did_document: dict[str, Any], member: str) -> list[Any]:
    items = did_document.get(member)
    if not isinstance(items, list):
        raise ProofInvalid("did_document_malformed")
    return items


def _member(entry: object, name: str) -> object:
    return entry.get(name) if isinstance(entry, dict) else None
