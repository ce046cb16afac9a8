"""The signatures: Data Integrity `eddsa-jcs-2022` inside the document, and a JWT of type `vc+jwt` beside it.

Sources: W3C Data Integrity EdDSA Cryptosuites 1.0, 3.3; W3C Securing Verifiable Credentials using JOSE and COSE, 3.1.
"""

import warnings
from hashlib import sha256
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from verifier.answers import Refused
from verifier.canonical import DOCUMENT_BYTES_MAX, base58btc, canonical, instant, read_strictly, without
from verifier.issuer import Issuer, is_signed, raw_key

PROOF = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod"}
PROOF_MEMBERS = {*PROOF, "created", "verificationMethod", "@context", "proofValue"}
# RFC 9864 calls EdDSA by the name of its curve; both names are in use, and mean the same here.
JWT_ALGORITHMS = ["EdDSA", "Ed25519"]
JWT_HEADER = {"typ": "vc+jwt", "cty": "vc"}
JWT_HEADER_MEMBERS = {*JWT_HEADER, "alg", "kid"}
_REGISTRY = jws.JWSRegistry(algorithms=JWT_ALGORITHMS)
_REGISTRY.max_payload_length = DOCUMENT_BYTES_MAX


def check_proof(document: dict[str, Any], issuer: Issuer) -> str:
    """Return the id of the issuer's key that signed a document.

    Raises:
        Refused: the proof is of another kind, by another key, or of another document.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict) or set(proof) != PROOF_MEMBERS or not _has(proof, PROOF):
        raise Refused(
            "signature.other_kind", "no single proof of the suite eddsa-jcs-2022", "不是单一的 eddsa-jcs-2022 签名"
        )
    context = proof["@context"]
    if not isinstance(context, list) or document.get("@context") != context:
        raise Refused("signature.context", "the proof was made for other terms", "签名所用术语与文件不同")
    created = instant(proof["created"])
    if document.get("validFrom") != proof["created"]:
        raise Refused("signature.date", "the proof is of another date than the document", "签名时间与签发时间不同")
    key = raw_key(issuer.method(proof["verificationMethod"], kind="Multikey", at=created))
    message = sha256(canonical(without(proof, "proofValue"))).digest()
    message += sha256(canonical(without(document, "proof"))).digest()
    if not is_signed(key, base58btc(proof["proofValue"]), message):
        raise Refused(
            "signature.wrong",
            "the signature is wrong: the document was changed, or somebody else signed it",
            "签名不符：文件被改动，或由他人签名",
        )
    return str(proof["verificationMethod"])


def check_jwt(token: str, document: dict[str, Any], issuer: Issuer) -> str:
    """Return the id of the issuer's key that signed the JWT of a document.

    Raises:
        Refused: it is another kind of token, by another key, or says something else than the document.
    """
    try:
        parts = jws.extract_compact(token.strip().encode(), registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise Refused("jwt.unreadable", "no JWT", "不是 JWT") from error
    header = parts.headers()
    # Nothing in a token may say where its key is found: no jwk, jku or x5u, and a kid of this issuer alone.
    if set(header) != JWT_HEADER_MEMBERS or not _has(header, JWT_HEADER):
        raise Refused("jwt.other_kind", "no JWT of the type vc+jwt", "不是 vc+jwt 类型的 JWT")
    claims = read_strictly(parts.payload)
    if claims != {**without(document, "proof"), "iss": issuer.did}:
        raise Refused("jwt.other_content", "the JWT says something else than the document", "JWT 与文件内容不同")
    method = issuer.method(header["kid"], kind="JsonWebKey", at=instant(document.get("validFrom")))
    if not _is_signed(parts, method.get("publicKeyJwk")):
        raise Refused("jwt.wrong", "the signature of the JWT is wrong", "JWT 签名不符")
    return str(header["kid"])


def _has(found: dict[str, Any], wanted: dict[str, str]) -> bool:
    return all(found.get(name) == value for name, value in wanted.items())


def _is_signed(parts: jws.CompactSignature, jwk: Any) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # It only says that the name EdDSA is the older one.
        try:
            return jws.validate_compact(parts, OKPKey.import_key(jwk), registry=_REGISTRY)
        except (JoseError, ValueError, TypeError, KeyError):
            return False
