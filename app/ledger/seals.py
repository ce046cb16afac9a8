"""What a seal of the ledger covers, and whether the rows still are what was sealed.

A seal's leaves are parts: balance, first and last entry, hash. The hash covers the entries, the transfer that made each of them,
and the account and asset they stand on, so that also a transfer's cause or an account's owner cannot change unseen.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, Subquery, and_, func, literal, select, tuple_
from sqlalchemy.orm import Session

from app.foundation.proof import UNREADABLE, spelled
from app.ledger.models import AccountRow, AssetRow, BalanceRow, EntryRow, SealPartRow, TransferRow, WaitingRow

LEDGER_STREAM = "ledger"
PAGE = 500
LEAF_FORM, ACCOUNT_FORM, ENTRY_FORM = "ledger.part/1", "ledger.part.account/1", "ledger.part.entry/1"

PART = (SealPartRow.account_id, SealPartRow.bucket, SealPartRow.from_seq, SealPartRow.to_seq)

# Form 1 of the account's line: all columns of account and asset as they were first sealed, after bucket, first and last number.
ACCOUNT = (
    AccountRow.id,
    AccountRow.asset_id,
    AccountRow.owner_kind,
    AccountRow.owner_id,
    AccountRow.purpose,
    AccountRow.created_at,
    AssetRow.code,
    AssetRow.unit,
    AssetRow.kind,
)
# Form 1 of an entry's line: all columns of entry and transfer as they were first sealed; bucket and account stand in the line before.
ENTRY = (
    EntryRow.seq,
    EntryRow.transfer_id,
    EntryRow.amount,
    EntryRow.balance_after,
    EntryRow.held_after,
    EntryRow.created_at,
    EntryRow.lots,
    TransferRow.kind,
    TransferRow.asset_id,
    TransferRow.debit_account,
    TransferRow.debit_bucket,
    TransferRow.credit_account,
    TransferRow.credit_bucket,
    TransferRow.amount,
    TransferRow.hold_id,
    TransferRow.hold_until,
    TransferRow.expires_on,
    TransferRow.source_kind,
    TransferRow.source_id,
    TransferRow.leg,
    TransferRow.reverses,
    TransferRow.actor_id,
    TransferRow.created_at,
)


# Never null, but where there is no transfer. (`index` would ask the columns to compare themselves in SQL.)
_KIND = next(place for place, each in enumerate(ENTRY[1:]) if each is TransferRow.kind)


@dataclass(frozen=True, slots=True)
class Part:
    """Entries `first` to `last` of one balance."""

    account_id: UUID
    bucket: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Content:
    """What stands there today for a part: how many entries with their transfers, and the hash of all that it covers."""

    entries: int
    sha256: bytes

    def is_whole(self, part: Part) -> bool:
        """Return whether there are as many entries as the part has numbers."""
        return self.entries == part.last - part.first + 1


UNREADABLE_CONTENT = Content(entries=0, sha256=b"")


def leaf_of(part: Part, sha256: bytes) -> bytes:
    """Return the leaf of a part: form, account, bucket, first and last number, and the hash of its content in hex."""
    return spelled(LEAF_FORM, part.account_id, part.bucket, part.first, part.last, sha256.hex())


def leaves_of_parts(session: Session, seal_id: UUID) -> list[bytes]:
    """Return the leaves of a seal, made anew from today's rows."""
    query = select(*PART).where(SealPartRow.seal_id == seal_id)
    parts = [Part(*row) for row in session.execute(query.order_by(SealPartRow.account_id, SealPartRow.bucket))]
    return [leaf_of(part, content.sha256) for part, content in contents_of(session, parts, query)]


def contents_of(
    session: Session, parts: Sequence[Part], ranges: Select[*tuple[Any, ...]]
) -> Iterator[tuple[Part, Content]]:
    """Yield each part with what stands there today.

    The hash is SHA-256 over lines of `spelled`, joined by line feeds: one of the account, then one for each entry.

    Args:
        ranges: the query of account, bucket, first and last number of these parts; more than these are passed over.
    """
    try:
        yield from _contents(session, parts, ranges)
    except UNREADABLE:
        # One of them holds a value that cannot be; the others are to be told all the same.
        for part in parts:
            yield part, _content_if_readable(session, part)


def _content_if_readable(session: Session, part: Part) -> Content:
    values = (part.account_id, part.bucket, part.first, part.last)
    alone = select(*(literal(value, column.type).label(column.key) for value, column in zip(values, PART, strict=True)))
    try:
        return _contents(session, [part], alone)[0][1]
    except UNREADABLE:
        return UNREADABLE_CONTENT


def _contents(session: Session, parts: Sequence[Part], ranges: Select[*tuple[Any, ...]]) -> list[tuple[Part, Content]]:
    asked = ranges.subquery("asked")
    accounts = {row[0]: row for row in session.execute(_accounts(asked))}
    digests, counts, lasts = {}, Counter[tuple[UUID, int, int]](), {}
    for part in parts:
        account = accounts.get(part.account_id, (None,) * len(ACCOUNT))
        key = (part.account_id, part.bucket, part.first)
        digests[key] = hashlib.sha256(spelled(ACCOUNT_FORM, part.bucket, part.first, part.last, *account))
        lasts[key] = part.last
    for account_id, bucket, first, seq, *entry in session.execute(_entries(asked)):
        key = (account_id, bucket, first)
        if seq <= lasts.get(key, 0):
            digests[key].update(b"\n" + spelled(ENTRY_FORM, seq, *entry))
            counts[key] += entry[_KIND] is not None
    return [(part, Content(counts[key], digests[key].digest())) for part, key in zip(parts, digests, strict=True)]


def _accounts(asked: Subquery) -> Select[Any]:
    wanted = select(asked.c.account_id)
    query = select(*ACCOUNT).join(AssetRow, AssetRow.id == AccountRow.asset_id, isouter=True)
    return cast("Select[Any]", query.where(AccountRow.id.in_(wanted)))


def _entries(asked: Subquery) -> Select[Any]:
    account_id, bucket, first, last = asked.c
    query = (
        select(account_id, bucket, first, *ENTRY)
        .join_from(
            asked,
            EntryRow,
            and_(EntryRow.account_id == account_id, EntryRow.bucket == bucket, EntryRow.seq.between(first, last)),
        )
        .join(TransferRow, TransferRow.id == EntryRow.transfer_id, isouter=True)
        .order_by(account_id, bucket, first, EntryRow.seq)
        # Read as they come: a part that somebody made longer must not fill the memory.
        .execution_options(yield_per=1_000)
    )
    return cast("Select[Any]", query)


def last_sealed(balance: type[WaitingRow] | type[BalanceRow]) -> ScalarSelect[int]:
    """Return the query of the last sealed entry of a balance; the parts of one follow each other."""
    return (
        select(SealPartRow.to_seq)
        .where(SealPartRow.account_id == balance.account_id, SealPartRow.bucket == balance.bucket)
        .order_by(SealPartRow.from_seq.desc())
        .limit(1)
        .scalar_subquery()
    )


def select_part_count() -> Select[int]:
    """Return the query of how many parts are sealed."""
    return select(func.count()).select_from(SealPartRow)


def part_findings(session: Session) -> Iterator[str]:
    """Yield what is wrong with the sealed rows, one line a finding. Reads the whole ledger, in pages."""
    before: Part | None = None
    for part, sha256, content in _sealed_parts(session):
        name = f"account {part.account_id} bucket {part.bucket} entries {part.first}-{part.last}"
        same = before is not None and (before.account_id, before.bucket) == (part.account_id, part.bucket)
        expected = before.last + 1 if before is not None and same else 1
        if part.first != expected:
            yield f"{name}: the seals of this balance should go on at {expected}"
        if not content.is_whole(part):
            yield f"{name}: {content.entries} of them are there with their transfers"
        elif content.sha256 != sha256:
            yield f"{name}: an entry, its transfer or the account is not what was sealed"
        before = part


def _sealed_parts(session: Session) -> Iterator[tuple[Part, bytes, Content]]:
    key = tuple_(*PART[:3])
    query = select(*PART, SealPartRow.sha256).order_by(*PART[:3]).limit(PAGE)
    rows, read_to = session.execute(query).all(), None
    while rows:
        last = tuple_(*(literal(value, column.type) for value, column in zip(rows[-1], PART[:3], strict=False)))
        ranges = select(*PART).where(key <= last)
        if read_to is not None:
            ranges = ranges.where(key > read_to)
        contents = contents_of(session, [Part(*row[:4]) for row in rows], ranges)
        for row, (part, content) in zip(rows, contents, strict=True):
            yield part, row[4], content
        read_to = last
        rows = session.execute(query.where(key > read_to)).all()


def count_overdue(session: Session, *, since: datetime) -> int:
    """Return how many balances wait for a seal with an entry that was made before `since`."""
    query = (
        select(func.count())
        .select_from(WaitingRow)
        .join(
            EntryRow,
            and_(
                EntryRow.account_id == WaitingRow.account_id,
                EntryRow.bucket == WaitingRow.bucket,
                EntryRow.seq == func.coalesce(last_sealed(WaitingRow), 0) + 1,
            ),
        )
    )
    return session.scalar(query.where(EntryRow.created_at < since)) or 0
