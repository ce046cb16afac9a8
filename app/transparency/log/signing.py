"""A draft becomes a signed document and its entry in the log. What is made is checked before it leaves."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.foundation.data import new_id
from app.transparency.canonical import canonical_json, parse_strictly
from app.transparency.documents import Draft
from app.transparency.log.waiting import entry_line
from app.transparency.models import EntryKind
from app.transparency.proofs import second_text, sign_document, vc_jwt, verify_document, verify_vc_jwt
from app.transparency.signer import ActiveKey

_KINDS = frozenset({EntryKind.ISSUE, EntryKind.LIST})


@dataclass(frozen=True, slots=True)
class SignedDraft:
    """A signed document that has no place in the log yet. `entry` is the line that will be its leaf."""

    draft: Draft
    document_id: UUID
    content: bytes
    sha256: bytes
    jwt: str | None
    method: str
    entry: bytes


def sign_draft(draft: Draft, *, key: ActiveKey, did_document: dict[str, Any], now: datetime) -> SignedDraft:
    """Return the signed document of a draft, both its forms verified from their own bytes with the issuer's public document.

    Raises:
        ValueError: the draft has another kind than a document's, another `validFrom` than `now`, or what cannot be signed.
        ProofInvalid: what was signed does not verify.
    """
    if draft.kind not in _KINDS:
        raise ValueError(f"no document has an entry of the kind {draft.kind}")
    if draft.content.get("validFrom") != second_text(now):
        raise ValueError("a document is valid from the instant in which it is signed")
    document = sign_document(draft.content, signer=key.signer, method=key.method, created=now)
    content = canonical_json(document)
    verify_document(parse_strictly(content), did_document)
    sha256 = hashlib.sha256(content).digest()
    return SignedDraft(
        draft=draft,
        document_id=new_id(),
        content=content,
        sha256=sha256,
        jwt=_jwt_of(draft, key=key, did_document=did_document) if draft.with_jwt else None,
        method=key.method,
        entry=_entry(draft, sha256=sha256, did=did_document["id"], now=now),
    )


def digest_text(sha256: bytes) -> str:
    """Return a hash as entries spell it: the algorithm's name and base64, as in Subresource Integrity."""
    return "sha256-" + base64.b64encode(sha256).decode()


def _jwt_of(draft: Draft, *, key: ActiveKey, did_document: dict[str, Any]) -> str:
    token = vc_jwt(draft.content, signer=key.signer, kid=key.jwk_method)
    if verify_vc_jwt(token, did_document) != draft.content:
        raise ValueError("the token says something else than the document")
    return token


def _entry(draft: Draft, *, sha256: bytes, did: str, now: datetime) -> bytes:
    members = {"digest": digest_text(sha256), "issuer": did, "time": second_text(now)}
    if members.keys() & draft.entry.keys():
        raise ValueError("digest, issuer and time of an entry come from the signature")
    return entry_line(draft.kind, {**members, **draft.entry})
