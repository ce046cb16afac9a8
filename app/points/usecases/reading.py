"""What a resident reads of their points: what they have, what changed, what each act earned."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import derived_key, reading
from app.foundation.http import CursorInvalid, Page, PageQuery, page_of
from app.foundation.proof import Actor
from app.ledger import AccountName, Entry, Lot, balance_of_owner, find_accounts, find_asset, page_of_entries
from app.points import queries
from app.points.errors import AwardNotFound
from app.points.models import AwardRow
from app.points.queries import Award, PendingSum
from app.points.usecases.post import AWARD_SOURCE
from app.points.usecases.reverse import REVERSAL_SOURCE

ASSET = "points"
OWNER = "resident"

_SEQ_BYTES = 8
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class PointsAccount:
    """What stands on a resident's account, what is still to come, and what expires when, the earliest first."""

    free_points: int
    held_points: int
    debt_points: int
    pending: tuple[PendingSum, ...]
    expiring: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One line of the account, with the award that it comes from or takes back, if it is one."""

    entry: Entry
    award: Award | None


def my_account(reader: Actor, *, today: date) -> PointsAccount:
    """Return a resident's account: three reads by index, whatever the city's size."""
    with reading() as session:
        return account_of(session, reader.id, today=today)


def account_of(session: Session, person_id: UUID, *, today: date) -> PointsAccount:
    """Return a resident's account, from whichever transaction is open."""
    points = balance_of_owner(
        session, owner_kind=OWNER, owner_id=person_id, asset_code=ASSET, purpose="points", today=today
    )
    debt = balance_of_owner(
        session, owner_kind=OWNER, owner_id=person_id, asset_code=ASSET, purpose="debt", today=today
    )
    pending = queries.pending_of(session, person_id)
    return PointsAccount(
        free_points=points.free,
        held_points=points.held,
        debt_points=-debt.posted,
        pending=tuple(pending),
        expiring=points.lots,
    )


def my_entries(reader: Actor, query: PageQuery) -> Page[AccountEntry]:
    """Return one page of a resident's account, newest first.

    Raises:
        CursorInvalid: the cursor was not made for this account.
    """
    before_seq = None if query.cursor is None else _open(query.cursor, reader.id)
    with reading() as session:
        entries: Sequence[Entry] = []
        asset = find_asset(session, ASSET)
        if asset is not None:
            accounts = find_accounts(session, [AccountName(OWNER, reader.id, asset.id, "points")])
            for account in accounts.values():
                entries = page_of_entries(session, account.id, before_seq=before_seq, limit=query.limit)
        told = {each.source_id for each in entries if each.source_kind in {AWARD_SOURCE, REVERSAL_SOURCE}}
        awards = queries.awards_by_ids(session, told)
    # Numbers of entries have no gap, so the first entry is the one with number 1.
    is_last = not entries or entries[-1].seq == 1
    cursor = None if is_last else _seal(entries[-1].seq, reader.id)
    return Page([AccountEntry(each, awards.get(each.source_id)) for each in entries], cursor)


def my_awards(reader: Actor, query: PageQuery) -> Page[Award]:
    """Return one page of what a resident's acts earned, zero included, newest first."""
    with reading() as session:
        page = page_of(
            session,
            select(AwardRow).where(AwardRow.person_id == reader.id),
            at=AwardRow.decided_at,
            id=AwardRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(reader.id),
        )
        return Page(queries.awards_of(session, page.items), page.next_cursor)


def my_award(reader: Actor, award_id: UUID) -> Award:
    """Return one of a resident's own awards.

    Raises:
        AwardNotFound: there is no such award, or it is somebody else's.
    """
    with reading() as session:
        award = queries.get_award(session, award_id)
    if award.person_id != reader.id:
        raise AwardNotFound()
    return award


def _seal(seq: int, owner_id: UUID) -> str:
    """Return a cursor for this owner's entries. Entries are paged by their number, which foundation's cursors do not hold."""
    content = seq.to_bytes(_SEQ_BYTES, "big")
    return urlsafe_b64encode(_tag(content, owner_id) + content).decode()


def _open(cursor: str, owner_id: UUID) -> int:
    try:
        raw = urlsafe_b64decode(cursor)
    except ValueError:
        raise CursorInvalid() from None
    content = raw[_TAG_BYTES:]
    if not hmac.compare_digest(raw[:_TAG_BYTES], _tag(content, owner_id)):
        raise CursorInvalid()
    return int.from_bytes(content, "big")


def _tag(content: bytes, owner_id: UUID) -> bytes:
    return hmac.new(derived_key("points.entries"), owner_id.bytes + content, hashlib.sha256).digest()[:_TAG_BYTES]
