"""A signed document as it lies in the database: read again from its bytes on every view, and believed in nothing beyond them."""

import hashlib
from dataclasses import dataclass
from typing import Any

from app.transparency import (
    Document,
    JsonRefused,
    ProofInvalid,
    canonical_json,
    digest_text,
    parse_strictly,
    verify_document,
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A document and what its bytes say.

    Args:
        content: None where the bytes are no JSON that we would sign.
        fault: why the bytes cannot be the signed ones, or None: `digest`, `not_canonical`.
    """

    document: Document
    content: dict[str, Any] | None
    fault: str | None

    @property
    def digest(self) -> str:
        """Return the hash of the bytes as the log spells it."""
        return digest_of(self.document.content)


def read_stored(document: Document) -> Stored:
    """Return a document with what its bytes say."""
    try:
        content = parse_strictly(document.content)
        is_canonical = canonical_json(content) == document.content
    except JsonRefused:
        return Stored(document, None, "not_canonical")
    if hashlib.sha256(document.content).digest() != document.sha256:
        return Stored(document, content, "digest")
    return Stored(document, content, None if is_canonical else "not_canonical")


def digest_of(content: bytes) -> str:
    """Return `sha256-` and the hash in base64."""
    return digest_text(hashlib.sha256(content).digest())


def proof_fault(content: dict[str, Any], did_document: dict[str, Any]) -> str | None:
    """Return why a document's proof does not hold, in one word, or None when it holds."""
    try:
        verify_document(content, did_document)
    except ProofInvalid as invalid:
        return invalid.reason
    return None
