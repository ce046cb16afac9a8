"""The cursor of sync: up to which change a telephone has read, signed and good for one resident."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from uuid import UUID

from app.foundation.data import derived_key
from app.foundation.http import CursorInvalid

_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a telephone stands.

    Args:
        change_no: the newest change it has read; 0 when it begins.
        swept_no: the newest tombstone that had been let go when it began. A later one beyond `change_no` is missed for ever.
    """

    change_no: int
    swept_no: int


def seal(person_id: UUID, cursor: Cursor) -> str:
    """Return the cursor as text, good for this resident only."""
    content = json.dumps([str(person_id), cursor.change_no, cursor.swept_no], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_tag(content) + content).decode().rstrip("=")


def unseal(person_id: UUID, text: str) -> Cursor:
    """Return what a cursor says.

    Raises:
        CursorInvalid: it was not made here, or for somebody else.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorInvalid() from None
    tag, content = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(content)):
        raise CursorInvalid()
    made_for, change_no, swept_no = json.loads(content)
    if made_for != str(person_id):
        raise CursorInvalid()
    return Cursor(change_no, swept_no)


def _tag(content: bytes) -> bytes:
    return hmac.new(derived_key("sync.cursor"), content, hashlib.sha256).digest()[:_TAG_BYTES]
