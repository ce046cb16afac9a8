"""Short links: an address that shows one photo for ten minutes to whoever holds it.

An `<img>` of a page or an app cannot send a token, so the address itself is the permission: made only for somebody
who was allowed to see the photo a moment before, and worth little when it leaks.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from app.evidence.errors import EvidenceFileNotFound, LinkExpired
from app.evidence.queries import StoredFile, find_row, get_own_file
from app.evidence.rules.containers import MediaType
from app.foundation.data import derived_key, file_store, public_id, reading
from app.foundation.proof import Actor, logger

LINK_LASTS = timedelta(minutes=10)
SIGNATURE_LENGTH = 64

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class FileContent:
    """The bytes of a photo, and how to serve them."""

    id: UUID
    media_type: MediaType
    content: bytes


def get_file(file_id: UUID, *, owner: Actor) -> StoredFile:
    """Return what is known of one's own file.

    Raises:
        EvidenceFileNotFound: no such file, or somebody else's.
    """
    with reading() as session:
        return get_own_file(session, file_id, owner_id=owner.id)


def link_for(file: StoredFile, actor: Actor, now: datetime) -> str:
    """Return the path that opens a photo for ten minutes. Whether `actor` may see it was the caller's decision.

    For whom it was made stands in the log, not in the path.
    """
    return link_again(file.id, actor, now)


def link_again(file_id: UUID, actor: Actor, now: datetime) -> str:
    """Return a fresh link to a photo for somebody to whom the same answer was given before."""
    expires = int((now + LINK_LASTS).timestamp())
    log.info("evidence.link.made", file_id=str(file_id), actor_id=str(actor.id))
    return f"/v1/files/{public_id('fil', file_id)}/content?expires={expires}&signature={_signature(file_id, expires)}"


def open_link(file_id: UUID, *, expires: int, signature: str, now: datetime) -> FileContent:
    """Return the photo behind a short link.

    Raises:
        EvidenceFileNotFound: the link was not made here for this file and this time, or the file is gone.
        LinkExpired: it was, more than ten minutes ago.
    """
    if not hmac.compare_digest(signature.encode(), _signature(file_id, expires).encode()):
        raise EvidenceFileNotFound
    if now >= datetime.fromtimestamp(expires, UTC):
        raise LinkExpired
    with reading() as session:
        row = find_row(session, file_id)
    if row is None:
        raise EvidenceFileNotFound
    try:
        content = file_store().get(row.store_key)
    except FileNotFoundError:
        # Expired between the two looks, or lost by the store: the second is the operator's to mend.
        log.error("evidence.bytes.missing", file_id=str(file_id))
        raise EvidenceFileNotFound from None
    return FileContent(id=row.id, media_type=row.media_type, content=content)


def _signature(file_id: UUID, expires: int) -> str:
    return hmac.new(derived_key("file-link"), f"{file_id}|{expires}".encode(), sha256).hexdigest()
