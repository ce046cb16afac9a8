"""Checks a stored certificate with published software alone: rfc8785, cryptography, joserfc and jwcrypto; nothing of the product."""

import base64
import gzip
import hashlib
import json
import warnings
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.jwk import OKPKey
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def verify_stored(content: bytes, did_document: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose bytes are canonical and whose proof is the issuer's; raise for any other.

    Source: W3C Data Integrity EdDSA Cryptosuites, eddsa-jcs-2022.
    """
    document: dict[str, Any] = json.loads(content)
    assert rfc8785.dumps(document) == content
    proof = document["proof"]
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    signed = hashlib.sha256(rfc8785.dumps(options)).digest() + hashlib.sha256(rfc8785.dumps(unsigned)).digest()
    method = next(each for each in did_document["verificationMethod"] if each["id"] == proof["verificationMethod"])
    assert method["id"] in did_document["assertionMethod"]
    public = _base58(method["publicKeyMultibase"])
    assert public[:2] == b"\xed\x01"
    Ed25519PublicKey.from_public_bytes(public[2:]).verify(_base58(proof["proofValue"]), signed)
    return document


def verify_jwt(token: str, did_document: dict[str, Any]) -> dict[str, Any]:
    """Return the claims of a `vc+jwt`, verified by two libraries that know nothing of each other."""
    header = json.loads(base64.urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "=="))
    method = next(each for each in did_document["verificationMethod"] if each["id"] == header["kid"])
    assert header == {"alg": "EdDSA", "cty": "vc", "kid": method["id"], "typ": "vc+jwt"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # RFC 9864 has another name for the algorithm; verifiers in use know this one.
        one = jws.deserialize_compact(token, OKPKey.import_key(method["publicKeyJwk"]), algorithms=["EdDSA"])
    other = jwcrypto_jws.JWS()
    other.deserialize(token, jwcrypto_jwk.JWK(**method["publicKeyJwk"]))
    assert one.payload == other.payload
    return dict(json.loads(one.payload))


def bits_of(status_list: dict[str, Any]) -> set[int]:
    """Return which bits of a status list are set: bit 0 is the left-most (W3C Bitstring Status List, section 2.2)."""
    encoded = status_list["credentialSubject"]["encodedList"]
    assert encoded[0] == "u"
    raw = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert len(raw) * 8 == 131_072
    return {place for place in range(131_072) if raw[place // 8] >> (7 - place % 8) & 1}


def _base58(text: str) -> bytes:
    assert text[0] == "z"
    number = 0
    for character in text[1:]:
        number = number * 58 + _BASE58.index(character)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
