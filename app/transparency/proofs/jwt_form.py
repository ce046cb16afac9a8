"""The same credential as a vc+jwt, which every JOSE library reads (W3C, Securing Verifiable Credentials using JOSE and COSE)."""

from typing import Any

from app.transparency.canonical import canonical_json, parse_strictly
from app.transparency.errors import JsonRefused, ProofInvalid
from app.transparency.proofs.instants import parse_second
from app.transparency.proofs.methods import JSON_WEB_KEY, issuer_of, key_for
from app.transparency.proofs.multibase import MultibaseInvalid, base64url, parse_base64url
from app.transparency.signer import Signer, signature_fits

# RFC 9864 renames it Ed25519; more libraries know the old name, so that is what we issue. Both are read.
ALGORITHM = "EdDSA"
ALGORITHMS_READ = ("EdDSA", "Ed25519")
TYPE, CONTENT_TYPE = "vc+jwt", "vc"
# No jwk, jku, x5u, x5c or crit: a token names its key, it brings none and asks for nothing.
_HEADER_MEMBERS = frozenset({"alg", "typ", "cty", "kid"})
_CHARACTERS_MAX = 1024 * 1024


def vc_jwt(content: dict[str, Any], *, signer: Signer, kid: str) -> str:
    """Return the content as a compact JWS.

    Args:
        content: the credential without `proof`.
        kid: the full id of the key, `DID#jwk-2026-1`.

    Raises:
        ValueError: the content carries a proof, or `iss` already.
        JsonRefused: it holds what has no canonical form.
    """
    if content.keys() & {"proof", "iss"}:
        raise ValueError("a token holds the credential without its proof")
    header = {"alg": ALGORITHM, "cty": CONTENT_TYPE, "kid": kid, "typ": TYPE}
    signed = f"{base64url(canonical_json(header))}.{base64url(canonical_json({**content, 'iss': issuer_of(content)}))}"
    return f"{signed}.{base64url(signer.sign(signed.encode('ascii')))}"


def verify_vc_jwt(token: str, did_document: dict[str, Any]) -> dict[str, Any]:
    """Return the credential, without `iss`, of a token that its issuer has signed.

    Args:
        did_document: the issuer's own, from where the caller trusts it; nothing is fetched.

    Raises:
        ProofInvalid: not three parts of base64url and strict JSON, an algorithm, type or header member that we do not read, a key
            that is not the issuer's for assertions or had ended at `validFrom`, or a signature that does not fit.
    """
    header, content, signed, signature = _parts_of(token)
    if not header.keys() <= _HEADER_MEMBERS:
        raise ProofInvalid("header_members")
    if header.get("alg") not in ALGORITHMS_READ:
        raise ProofInvalid("header_algorithm")
    if header.get("typ") != TYPE or header.get("cty", CONTENT_TYPE) != CONTENT_TYPE:
        raise ProofInvalid("header_type")
    issuer = issuer_of(content)
    if content.pop("iss", issuer) != issuer or content.keys() & {"vc", "vp", "proof"}:
        raise ProofInvalid("claims")
    public = key_for(
        did_document,
        header.get("kid"),
        issuer=issuer,
        kind=JSON_WEB_KEY,
        at=parse_second(content.get("validFrom"), reason="valid_from"),
    )
    if not signature_fits(public, signature, signed):
        raise ProofInvalid("signature")
    return content


def _parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Return header, payload, what is signed, and the signature."""
    parts = token.split(".") if len(token) <= _CHARACTERS_MAX else []
    if len(parts) != 3:
        raise ProofInvalid("not_a_token")
    try:
        header, payload, signature = (parse_base64url(part) for part in parts)
        return parse_strictly(header), parse_strictly(payload), f"{parts[0]}.{parts[1]}".encode("ascii"), signature
    except (MultibaseInvalid, JsonRefused):
        raise ProofInvalid("not_a_token") from None
