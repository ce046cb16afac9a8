"""Signed documents: one embedded Data Integrity proof of the suite eddsa-jcs-2022 (W3C, Data Integrity EdDSA Cryptosuites)."""

import hashlib
from datetime import datetime
from typing import Any

from app.transparency.canonical import canonical_json
from app.transparency.errors import JsonRefused, ProofInvalid
from app.transparency.proofs.instants import parse_second, second_text
from app.transparency.proofs.methods import MULTIKEY, issuer_of, key_for
from app.transparency.proofs.multibase import MultibaseInvalid, base58btc, parse_base58btc
from app.transparency.signer import SIGNATURE_BYTES, Signer, signature_fits

TYPE, SUITE, PURPOSE = "DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod"
_PROOF_MEMBERS = frozenset(
    {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "@context", "proofValue"}
)


def sign_document(content: dict[str, Any], *, signer: Signer, method: str, created: datetime) -> dict[str, Any]:
    """Return the content with its proof.

    Args:
        content: complete, with `@context`, without `proof`.
        method: the full id of the verification method, `DID#key-2026-1`.
        created: the instant of signing; cut to the second.

    Raises:
        ValueError: the content has a proof already, or no list of contexts.
        JsonRefused: it holds what has no canonical form.
    """
    if "proof" in content or not isinstance(content.get("@context"), list):
        raise ValueError("what is signed has a list of contexts and no proof yet")
    options = {
        "type": TYPE,
        "cryptosuite": SUITE,
        "created": second_text(created),
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
        "@context": list(content["@context"]),
    }
    value = base58btc(signer.sign(_hash_data(options, content)))
    return {**content, "proof": {**options, "proofValue": value}}


def verify_document(document: dict[str, Any], did_document: dict[str, Any]) -> None:
    """Refuse a document that its issuer has not signed as it stands.

    Args:
        document: as `parse_strictly` returns it.
        did_document: the issuer's own, from where the caller trusts it; nothing is fetched.

    Raises:
        ProofInvalid: not exactly one proof of exactly this suite and purpose, a member of the proof that we do not know, contexts
            that differ, a key that is not the issuer's for assertions or had ended, or a signature that does not fit.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict):
        raise ProofInvalid("proof_missing" if proof is None else "proof_not_one")
    if proof.keys() != _PROOF_MEMBERS:
        raise ProofInvalid("proof_members")
    if (proof["type"], proof["cryptosuite"]) != (TYPE, SUITE):
        raise ProofInvalid("proof_suite")
    if proof["proofPurpose"] != PURPOSE:
        raise ProofInvalid("proof_purpose")
    _refuse_contexts(document.get("@context"), proof["@context"])
    public = key_for(
        did_document,
        proof["verificationMethod"],
        issuer=issuer_of(document),
        kind=MULTIKEY,
        at=parse_second(proof["created"], reason="proof_created"),
    )
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    content = {name: value for name, value in document.items() if name != "proof"}
    try:
        signed = _hash_data(options, content)
    except JsonRefused:
        raise ProofInvalid("not_canonical") from None
    if not signature_fits(public, _signature(proof["proofValue"]), signed):
        raise ProofInvalid("signature")


def _hash_data(options: dict[str, Any], content: dict[str, Any]) -> bytes:
    """Return what is signed: the hash of the proof's options, then the hash of the document (section 3.3.4)."""
    return hashlib.sha256(canonical_json(options)).digest() + hashlib.sha256(canonical_json(content)).digest()


def _refuse_contexts(of_document: object, of_proof: object) -> None:
    """Refuse a proof whose contexts do not lead the document's.

    The suite then hashes the document with the proof's contexts alone. We hash it as it stands, so that a context appended after
    signing, which could give other meanings to signed words, is refused by the signature.
    """
    if not isinstance(of_document, list) or not isinstance(of_proof, list) or not of_proof:
        raise ProofInvalid("proof_contexts")
    if of_document[: len(of_proof)] != of_proof:
        raise ProofInvalid("proof_contexts")


def _signature(text: object) -> bytes:
    try:
        signature = parse_base58btc(text if isinstance(text, str) else "")
    except MultibaseInvalid:
        raise ProofInvalid("proof_value") from None
    if len(signature) != SIGNATURE_BYTES:
        raise ProofInvalid("proof_value")
    return signature
