"""Sealing: what changed since the last seal is covered by the next one, and waits no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, delete, func, insert, literal, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.foundation.data import rows_written
from app.foundation.proof import logger
from app.ledger.models import BalanceRow, SealPartRow, WaitingRow
from app.ledger.seals import Part, contents_of, last_sealed, leaf_of

# A busy account leaves room for the others, and one seal is made in seconds however much has piled up.
ENTRIES_A_PART_MAX = 10_000
ENTRIES_A_SEAL_MAX = 100_000

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A balance that changed, with the first entry that no seal covers, and the last."""

    account_id: UUID
    bucket: int
    first: int
    last: int


def take_parts(session: Session, seal_id: UUID, limit: int) -> list[bytes]:
    """Cover up to `limit` balances that changed by a seal, and return its leaves, in the order of the balances.

    Entries are read without a lock, so the hashing holds up no payment. A balance leaves the queue only at the end, if all of it
    is sealed by then and no payment holds it: else it stays, and the next seal goes on where this one ends.
    """
    queue = _waiting(session, limit)
    if not queue:
        return []
    upto = (queue[-1].account_id, queue[-1].bucket)
    leaves, rows = [], []
    for part, content in contents_of(session, _plan(queue), _ranges(upto)):
        if not content.is_whole(part):
            # To seal what is incomplete would make it right. It stays waiting, which the verification tells of.
            log.error(
                "ledger.seal.entries_missing", account_id=str(part.account_id), bucket=part.bucket, first=part.first
            )
            continue
        leaves.append(leaf_of(part, content.sha256))
        rows.append(
            {
                "account_id": part.account_id,
                "bucket": part.bucket,
                "from_seq": part.first,
                "to_seq": part.last,
                "seal_id": seal_id,
                "sha256": content.sha256,
            }
        )
    if rows:
        session.execute(insert(SealPartRow), rows)
    _wait_no_more(session, upto)
    return leaves


def _plan(queue: Sequence[_Waiting]) -> list[Part]:
    """Return what one seal covers."""
    parts, room = [], ENTRIES_A_SEAL_MAX
    for waiting in queue:
        count = min(waiting.last - waiting.first + 1, ENTRIES_A_PART_MAX, room)
        if count > 0:
            parts.append(Part(waiting.account_id, waiting.bucket, waiting.first, waiting.first + count - 1))
            room -= count
    return parts


def _waiting(session: Session, limit: int) -> list[_Waiting]:
    # Two look-ups a row, not joins: they cost what has changed, and no plan of theirs can read every balance of the city.
    query = (
        select(WaitingRow.account_id, WaitingRow.bucket, _first_unsealed(), _last_entry())
        .order_by(WaitingRow.account_id, WaitingRow.bucket)
        .limit(limit)
    )
    return [_Waiting(*row) for row in session.execute(query) if row[3] is not None]


def _first_unsealed() -> ColumnElement[int]:
    return func.coalesce(last_sealed(WaitingRow), 0) + 1


def _last_entry() -> ScalarSelect[int]:
    """Return the query of a waiting balance's last entry; not the version in the queue, which the serving role may write."""
    return (
        select(BalanceRow.version)
        .where(BalanceRow.account_id == WaitingRow.account_id, BalanceRow.bucket == WaitingRow.bucket)
        .scalar_subquery()
    )


def _ranges(upto: tuple[UUID, int]) -> Select[Any]:
    """Return the query of the entries that the queue asks for, up to a balance."""
    first = _first_unsealed()
    query = select(
        WaitingRow.account_id, WaitingRow.bucket, first.label("first"), (first + (ENTRIES_A_PART_MAX - 1)).label("last")
    )
    # OFFSET 0 makes PostgreSQL compute the bounds once a balance, and not anew for every entry that it compares with them.
    return cast("Select[Any]", query.where(_key_of(WaitingRow) <= _literal_key(upto)).offset(0))


def _wait_no_more(session: Session, upto: tuple[UUID, int]) -> None:
    """Take off the queue, up to a balance, what is sealed to its last version; what a payment holds is left where it is."""
    free = aliased(WaitingRow)
    done = (
        select(free.account_id, free.bucket)
        .where(_key_of(free) <= _literal_key(upto), free.version <= last_sealed(free))
        .with_for_update(skip_locked=True)
    )
    rows_written(session, delete(WaitingRow).where(_key_of(WaitingRow).in_(done)))


def _key_of(row: type[WaitingRow]) -> Any:
    return tuple_(row.account_id, row.bucket)


def _literal_key(key: tuple[UUID, int]) -> Any:
    return tuple_(literal(key[0], WaitingRow.account_id.type), literal(key[1], WaitingRow.bucket.type))
