"""The DID document of an issuer: who it is, and each of its keys twice, for proofs and for JWTs. Pure."""

from collections.abc import Iterable
from typing import Any

from app.transparency.keys.queries import Issuer, Key
from app.transparency.proofs import base64url, multikey, second_text

CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)


def did_document_of(issuer: Issuer, keys: Iterable[Key]) -> dict[str, Any]:
    """Return the document that says which keys speak for an issuer.

    An expired key stays in both lists, with `expires`: what it signed before stays good. A revoked key stays listed with `revoked`
    but leaves `assertionMethod`, because common verifiers obey only that.

    Source: W3C Controlled Identifiers 1.0, sections 2.2 and 2.3.
    """
    methods: list[dict[str, Any]] = []
    for_assertions: list[str] = []
    for key in keys:
        pair = _methods(issuer, key)
        methods += pair
        if key.revoked_at is None:
            for_assertions += [method["id"] for method in pair]
    document: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": for_assertions,
    }
    if issuer.site is not None:
        document["alsoKnownAs"] = [issuer.site]
    return document


def _methods(issuer: Issuer, key: Key) -> list[dict[str, Any]]:
    ends = {}
    if key.expires_at is not None:
        ends["expires"] = second_text(key.expires_at)
    if key.revoked_at is not None:
        ends["revoked"] = second_text(key.revoked_at)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public)}
    return [
        {"id": key.method, "type": "Multikey", "controller": issuer.did, "publicKeyMultibase": multikey(key.public)}
        | ends,
        {"id": key.jwk_method, "type": "JsonWebKey", "controller": issuer.did, "publicKeyJwk": jwk} | ends,
    ]
