"""Status lists on their way to the signature, and places in them for new certificates."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.documents import StatusPlace, list_url, status_list_content
from app.certificates.models import StatusListRow
from app.certificates.rules import LIST_FULL_AT, LIST_LENGTH, LIST_SIGNED_EVERY
from app.foundation.data import new_id
from app.transparency import Draft, EntryKind, find_issuer


def open_list(session: Session, issuer: str, now: datetime) -> StatusListRow:
    """Return the issuer's list that has free places, a new one if need be.

    Only the sequencer gets here, one at a time, so nobody else numbers the next list.
    """
    latest = queries.latest_list(session, issuer)
    if latest is not None and latest.allotted < LIST_FULL_AT:
        return latest
    row = StatusListRow(
        id=new_id(),
        issuer=issuer,
        number=1 if latest is None else latest.number + 1,
        is_dirty=True,
        allotted=0,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def allot_places(session: Session, issuer: str, count: int, now: datetime) -> list[StatusPlace]:
    """Return random free places in the issuer's lists: they must not tell how many there are, or in which order."""
    places: list[StatusPlace] = []
    while len(places) < count:
        row = open_list(session, issuer, now)
        wanted = min(count - len(places), LIST_FULL_AT - row.allotted)
        drawn = {secrets.randbelow(LIST_LENGTH) for _ in range(wanted)}
        free = drawn - queries.taken_among(session, issuer, row.number, drawn)
        free -= {place.index for place in places if place.list_number == row.number}
        row.allotted += len(free)
        session.flush()
        places += [StatusPlace(issuer, row.number, index) for index in free]
    secrets.SystemRandom().shuffle(places)  # A set's order follows its numbers.
    return places


def lists_waiting(session: Session, now: datetime, limit: int) -> list[Draft]:
    """Return the lists that are to be signed now, their bits made from the revocations and from nothing else."""
    due = queries.lock_lists_due(session, signed_before=now - LIST_SIGNED_EVERY, now=now, limit=limit)
    return [_draft(session, row, now) for row in due]


def place_list(row: StatusListRow, document_id: UUID, now: datetime) -> None:
    """Let a signed list be the current one. Its row has been locked since its bits were read."""
    row.document_id = document_id
    row.signed_at = now
    row.is_dirty = False
    row.retry_at = None


def _draft(session: Session, row: StatusListRow, now: datetime) -> Draft:
    issuer = find_issuer(session, row.issuer)
    if issuer is None:
        raise LookupError(f"there is no issuer {row.issuer}")
    revoked = queries.revoked_indexes(session, row.issuer, row.number)
    return Draft(
        id=row.id,
        issuer=row.issuer,
        kind=EntryKind.LIST,
        content=status_list_content(row.number, issuer=issuer, revoked=revoked, valid_from=now),
        entry={"list": list_url(row.issuer, row.number)},
    )
