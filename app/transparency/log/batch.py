"""One batch of the sequencer while it grows: leaves in the order of their numbers, and documents each of which may fail alone."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.foundation.data import transaction
from app.foundation.proof import logger
from app.transparency.documents import DOCUMENTS, Draft, Refusal, Signed
from app.transparency.keys import did_document, signer_for
from app.transparency.log import figures, merkle
from app.transparency.log.signing import SignedDraft, sign_draft
from app.transparency.models import DocumentRow, LeafRow, WaitingRow
from app.transparency.signer import ActiveKey

DOCUMENT_SUBJECT = "transparency.document"

Result = TypeVar("Result")

log = logger(__name__)


class Batch:
    """What one round adds to the log; `leaves` are the hashes of the new leaves in order."""

    def __init__(self, session: Session, *, size: int, now: datetime) -> None:
        """Begin behind a log of `size` leaves."""
        self.now = now
        self.leaves: list[bytes] = []
        self.refused = 0
        self._session = session
        self._size = size
        self._issuers: dict[str, tuple[ActiveKey, dict[str, Any]] | None] = {}

    def add_entries(self, rows: Sequence[WaitingRow]) -> None:
        """Number entries that waited."""
        self._add_leaves([(row.entry, row.kind, row.subject_kind, row.subject_id) for row in rows])

    def add_documents(self, source: str, drafts: Sequence[Draft]) -> None:
        """Sign a source's drafts, number them and place them; hand back to the source what cannot be signed or placed."""
        signed = []
        for draft in drafts:
            made = self._signed(source, draft)
            if isinstance(made, Refusal):
                self._refuse(source, draft.id, made)
            else:
                signed.append(made)
        if signed:
            self._accept(source, signed)

    def _signed(self, source: str, draft: Draft) -> SignedDraft | Refusal:
        issuer = self._issuer(draft.issuer)
        if issuer is None:
            log.error("transparency.sequencer.key_missing", source=source, issuer=draft.issuer)
            return Refusal.NO_KEY
        key, public_document = issuer
        try:
            return sign_draft(draft, key=key, did_document=public_document, now=self.now)
        except Exception as error:  # Whatever is wrong with one document, its neighbours go on.
            log.error("transparency.sequencer.not_signed", source=source, draft_id=str(draft.id), exc_info=error)
            return Refusal.CONTENT

    def _issuer(self, slug: str) -> tuple[ActiveKey, dict[str, Any]] | None:
        if slug not in self._issuers:
            key = signer_for(self._session, slug)
            self._issuers[slug] = None if key is None else (key, did_document(self._session, slug))
        return self._issuers[slug]

    def _accept(self, source: str, signed: list[SignedDraft]) -> None:
        """Store and place documents together; if that fails, each alone, so that the bad one is found and the others stay."""
        mark = len(self.leaves)
        if unless_it_fails(lambda: self._place(source, signed), source=source, documents=len(signed)) is not None:
            return
        del self.leaves[mark:]
        if len(signed) == 1:
            self._refuse(source, signed[0].draft.id, Refusal.PLACE)
            return
        for each in signed:
            self._accept(source, [each])

    def _place(self, source: str, signed: list[SignedDraft]) -> bool:
        first = self._size + len(self.leaves)
        self._add_leaves([(each.entry, each.draft.kind, DOCUMENT_SUBJECT, each.document_id) for each in signed])
        self._session.execute(
            insert(DocumentRow),
            [
                {
                    "id": each.document_id,
                    "subject_id": each.draft.id,
                    "source": source,
                    "issuer": each.draft.issuer,
                    "content": each.content,
                    "sha256": each.sha256,
                    "jwt": each.jwt,
                    "leaf_index": first + number,
                    "method": each.method,
                    "signed_at": self.now,
                }
                for number, each in enumerate(signed)
            ],
        )
        taken = [
            Signed(each.draft.id, each.document_id, each.content, each.sha256, each.jwt, first + number, each.method)
            for number, each in enumerate(signed)
        ]
        DOCUMENTS.handler(source).place(self._session, taken, self.now)
        self._session.flush()
        return True

    def _add_leaves(self, lines: list[tuple[bytes, Any, str, UUID]]) -> None:
        if not lines:
            return
        first = self._size + len(self.leaves)
        hashes = [merkle.leaf_hash(line[0]) for line in lines]
        self._session.execute(
            insert(LeafRow),
            [
                {
                    "leaf_index": first + number,
                    "entry": entry,
                    "leaf_hash": hashes[number],
                    "at": self.now,
                    "kind": kind,
                    "subject_kind": subject_kind,
                    "subject_id": subject_id,
                }
                for number, (entry, kind, subject_kind, subject_id) in enumerate(lines)
            ],
        )
        self.leaves += hashes

    def _refuse(self, source: str, draft_id: UUID, reason: Refusal) -> None:
        figures.REFUSED.labels(reason.value).inc()
        refuse = DOCUMENTS.handler(source).refuse
        told = unless_it_fails(
            lambda: refuse(self._session, draft_id, reason.value, self.now) is None, source=source, reason=reason.value
        )
        # A refusal that the source could not note is no progress: counting it would make the loop run without a pause.
        self.refused += told is not None


def documents_waiting(session: Session, now: datetime, limit: int) -> dict[str, list[Draft]]:
    """Return the drafts of each source; a source that fails has none this time, and does not hold up the others."""
    found = {}
    for source in DOCUMENTS.kinds():
        waiting = DOCUMENTS.handler(source).waiting
        drafts = unless_it_fails(lambda waiting=waiting: waiting(session, now, limit), source=source)  # type: ignore[misc]
        if drafts:
            found[source] = drafts
    return found


def unless_it_fails(call: Callable[[], Result], **fields: Any) -> Result | None:
    """Return what `call` does in a savepoint; log its failure, undo it and return None.

    Trouble of the database itself (a deadlock, a lock that did not come, a lost connection) is nobody's document's fault: it
    goes up and the batch is tried again.
    """
    try:
        with transaction() as session:
            done = call()
            session.flush()
            return done
    except OperationalError:
        raise
    except Exception as error:  # One bad document must not hold up its neighbours, whatever it did.
        log.error("transparency.sequencer.source_failed", **fields, error=type(error).__name__, exc_info=error)
        return None
