"""The issuer as the checker knows it: the did.json that was fetched beforehand, and the host that stands in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier.answers import Refused
from verifier.canonical import base58btc, instant, read_strictly

DID = re.compile(r"did:web:([A-Za-z0-9.-]+(?:%3A\d+)?):issuers:[a-z0-9-]+", re.ASCII)
ED25519_MULTICODEC = b"\xed\x01"
LOOPBACK = {"localhost", "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class Issuer:
    """A did.json, read.

    Args:
        did: the issuer's identifier, did:web:HOST:issuers:SLUG.
        host: the host that stands in the identifier, with its port if it has one.
        methods: the verification methods by their id.
        assertion: ids of those that may sign certificates.
    """

    did: str
    host: str
    methods: Mapping[str, Mapping[str, Any]]
    assertion: frozenset[str]

    @property
    def address(self) -> str:
        """Where the issuer's host is found; a web DID means https, but nobody has a certificate for their own machine."""
        scheme = "http" if self.host.partition(":")[0] in LOOPBACK else "https"
        return f"{scheme}://{self.host}"

    def method(self, identifier: Any, *, kind: str, at: datetime) -> Mapping[str, Any]:
        """Return the method that signed at a time.

        Raises:
            Refused: this issuer has no such key, does not sign certificates with it, or did not at that time.
        """
        found = self.methods.get(identifier) if isinstance(identifier, str) else None
        if found is None or found.get("type") != kind or found.get("controller") != self.did:
            raise Refused(
                "signature.unknown_key",
                f"signed by {identifier}, a key that your did.json does not know",
                f"签名公钥 {identifier} 不在您的 did.json 中",
            )
        ends = [instant(found[end]) for end in ("expires", "revoked") if end in found]
        if identifier not in self.assertion or any(at >= end for end in ends):
            raise Refused(
                "signature.key_not_in_use",
                f"the issuer did not sign with {identifier} at that time",
                f"该机构当时不使用公钥 {identifier}",
            )
        return found

    def keys_by_id(self) -> dict[str, bytes]:
        """Return the raw Ed25519 keys of the methods of type Multikey."""
        return {name: raw_key(found) for name, found in self.methods.items() if found.get("type") == "Multikey"}


def read_issuer(data: bytes) -> Issuer:
    """Return the issuer that a did.json describes.

    Raises:
        Refused: it is no did.json of an issuer.
    """
    document = read_strictly(data)
    did, methods, assertion = (document.get(name) for name in ("id", "verificationMethod", "assertionMethod"))
    match = DID.fullmatch(did) if isinstance(did, str) else None
    if match is None or not isinstance(methods, list) or not isinstance(assertion, list):
        raise Refused("issuer.unreadable", "no did.json of an issuer", "不是签发机构的 did.json")
    by_id = {each["id"]: each for each in methods if isinstance(each, dict) and isinstance(each.get("id"), str)}
    if len(by_id) != len(methods) or not all(isinstance(each, str) for each in assertion):
        raise Refused("issuer.unreadable", "a did.json with unclear keys", "did.json 的公钥不清楚")
    return Issuer(match[0], unquote(match[1]).lower(), by_id, frozenset(assertion))


def raw_key(method: Mapping[str, Any]) -> bytes:
    """Return the 32 bytes of an Ed25519 key that stands as a Multikey.

    Raises:
        Refused: it is another kind of key.
    """
    key = base58btc(method.get("publicKeyMultibase"))
    if not key.startswith(ED25519_MULTICODEC) or len(key) != 34:
        raise Refused("issuer.unreadable", "no Ed25519 key", "不是 Ed25519 公钥")
    return key[2:]


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an Ed25519 signature (RFC 8032) is right."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
