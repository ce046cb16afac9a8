"""What the sequencer signs for the rooms above: they say which documents wait, and take the signed bytes back.

The three calls of a source run in the sequencer's one transaction, so a document, its leaf and its checkpoint exist together
or not at all. None of them may commit, call a provider or write a file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.proof import Hook
from app.transparency.models import EntryKind


class Refusal(StrEnum):
    """Why the sequencer hands a draft back unsigned; the source keeps the reason and must not bring the draft at once again.

    `NO_KEY` passes when the issuer gets a key; the others are faults of the draft.
    """

    NO_KEY = "issuer_has_no_key"
    CONTENT = "content_cannot_be_signed"
    PLACE = "signed_document_not_taken"


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is complete but for its proof.

    Args:
        id: what the document is of (a certificate, a status list); several documents may follow each other.
        issuer: slug of the issuer whose key signs.
        kind: `ISSUE` or `LIST`, the kind of its log entry.
        content: all members without `proof`; `validFrom` is the instant that `waiting` was called with.
        entry: members of the log entry beside `digest`, `issuer`, `kind` and `time`.
        with_jwt: whether a `vc+jwt` of the same claims is made too.
    """

    id: UUID
    issuer: str
    kind: EntryKind
    content: dict[str, Any]
    entry: Mapping[str, Any] = field(default_factory=dict)
    with_jwt: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed document as it is stored: `content` is RFC 8785 canonical and is served as it is."""

    id: UUID  # Of the draft.
    document_id: UUID
    content: bytes
    sha256: bytes
    jwt: str | None
    leaf_index: int
    method: str  # The verification method, `did:web:...#key-2026-1`.


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """What a room answers for one kind of documents.

    Args:
        waiting: (session, now, limit) -> drafts, oldest first, `limit` at most. `now` is in whole seconds; it is the
            documents' `validFrom` and the log's time. What must be in the log before a document (its retirement) must be
            committed no later than what makes the draft appear here.
        place: (session, signed, now): take the documents as valid. An error refuses the document it is about: the call is
            repeated with one document at a time.
        refuse: (session, id, reason, now): the draft was not signed; the reason is one of `Refusal`.
    """

    waiting: Callable[[Session, datetime, int], list[Draft]]
    place: Callable[[Session, list[Signed], datetime], None]
    refuse: Callable[[Session, UUID, str, datetime], None]


DOCUMENTS: Hook[DocumentSource] = Hook("transparency.documents")
