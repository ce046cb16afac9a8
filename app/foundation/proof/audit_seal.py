"""What a seal of the audit covers, and whether the rows still are what was sealed.

A seal's leaves are audit rows, each in its one spelling; which row stands in which seal at which place is itself a row. A row is
written waiting, and leaves the queue only into a seal: one that is neither waiting nor sealed was written past the trigger.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, insert, literal, select, tuple_
from sqlalchemy.orm import Session

from app.foundation.data import ddl, missing_guards, rows_written
from app.foundation.proof.audit import AuditRow, AuditSealedRow, AuditWaitingRow
from app.foundation.proof.spelling import UNREADABLE, spelled

PAGE = 1_000
NAMED_MAX = 20  # Findings of one kind that are told one by one.
FORM = "foundation.audit/1"
FORM_ASSISTED = "foundation.audit/2"  # Form 1 with one more item, for the rows that have it: what was sealed before stays as it was.
GONE = b""  # The leaf of a row that is no longer there: no row is spelled so.

# Form 1: all columns of the table as it was first sealed, in this order; form 2: the last one too.
COLUMNS = (
    AuditRow.id,
    AuditRow.at,
    AuditRow.actor_kind,
    AuditRow.actor_id,
    AuditRow.roles,
    AuditRow.session_id,
    AuditRow.action,
    AuditRow.object_kind,
    AuditRow.object_id,
    AuditRow.before_sha256,
    AuditRow.after_sha256,
    AuditRow.request_id,
    AuditRow.assisted_by,
)


def take_audit(session: Session, seal_id: UUID, limit: int) -> list[bytes]:
    """Move up to `limit` waiting audit rows into a seal, in the order of their ids, and return its leaves.

    What waits is taken by the ids seen and never up to an id: a transaction that commits late brings rows with earlier ids.
    A waiting row whose audit row is gone is left where it is: it is all that tells of it.

    Raises:
        RuntimeError: another process took the same rows. Only one may seal at a time.
    """
    leaves: list[bytes] = []
    waiting = select(AuditWaitingRow.audit_id).order_by(AuditWaitingRow.audit_id)
    ids = session.scalars(waiting.limit(min(PAGE, limit))).all()
    while ids:
        query = select(*COLUMNS).where(AuditRow.id.in_(ids)).order_by(AuditRow.id)
        lines = {row[0]: _spelled(row) for row in session.execute(query)}
        if lines:
            _note_sealed(session, seal_id, lines, first_place=len(leaves))
        leaves += lines.values()
        later = waiting.where(AuditWaitingRow.audit_id > ids[-1])
        ids = session.scalars(later.limit(min(PAGE, limit - len(leaves)))).all()
    return leaves


def _note_sealed(session: Session, seal_id: UUID, lines: dict[UUID, bytes], *, first_place: int) -> None:
    taken = rows_written(session, delete(AuditWaitingRow).where(AuditWaitingRow.audit_id.in_(list(lines))))
    if taken != len(lines):
        raise RuntimeError(f"{len(lines) - taken} waiting audit rows were taken by somebody else")
    session.execute(
        insert(AuditSealedRow),
        [
            {"seal_id": seal_id, "place": place, "audit_id": audit_id, "sha256": hashlib.sha256(line).digest()}
            for place, (audit_id, line) in enumerate(lines.items(), first_place)
        ],
    )


def audit_leaves_of(session: Session, seal_id: UUID) -> list[bytes]:
    """Return the leaves of a seal, made anew from today's audit rows; none, if one of them cannot even be read."""
    try:
        rows = session.execute(_sealed().where(AuditSealedRow.seal_id == seal_id))
        return [_line(columns) for _, _, _, _, *columns in rows]
    except UNREADABLE:
        return []


def select_sealed_audit_count() -> Select[int]:
    """Return the query of how many audit rows stand in seals; a query, so that it can be asked together with the last seal."""
    return select(func.count()).select_from(AuditSealedRow)


def audit_findings(session: Session) -> Iterator[str]:
    """Yield what is wrong with the audit's rows, one line a finding, whatever the time is. Reads the whole audit, in pages."""
    for name in audit_guards_missing(session):
        yield f"the trigger or function {name} is gone, switched off or not the product's own"
    yield from _changed_or_gone(session)
    yield from _named(
        session, _unguarded(), "audit row {} was written past the trigger: no seal covers it and it does not wait"
    )
    yield from _named(session, _waiting_for_nothing(), "audit row {} is gone: it waits for its seal")
    yield from _named(session, _waiting_twice(), "audit row {} is sealed and waits all the same")


def audit_overdue(session: Session, *, since: datetime) -> int:
    """Return how many audit rows made before `since` still wait for a seal."""
    query = select(func.count()).join_from(AuditWaitingRow, AuditRow, AuditRow.id == AuditWaitingRow.audit_id)
    return session.scalar(query.where(AuditRow.at < since)) or 0


def audit_guards_missing(session: Session) -> list[str]:
    """Return the triggers and functions that guard the audit and are no longer what the product made them."""
    dialect = session.get_bind().dialect.name
    statements = [ddl.REFUSE_CHANGE] if dialect == "postgresql" else []
    statements += ddl.room_sql("foundation", dialect, "01_audit_waiting")
    for model in (AuditRow, AuditSealedRow):
        statements += ddl.append_only(model.__tablename__, dialect)
    return missing_guards(session, statements)


_PLACE = (AuditSealedRow.seal_id, AuditSealedRow.place)


def _sealed() -> Select[Any]:
    """Return the query of what stands in seals, in their order: the hash, the id, and today's row of that id, if there is one."""
    kept = (*_PLACE, AuditSealedRow.sha256, AuditSealedRow.audit_id)
    query = select(*kept, *COLUMNS).join(AuditRow, AuditRow.id == AuditSealedRow.audit_id, isouter=True)
    return cast("Select[Any]", query.order_by(*_PLACE))


def _line(columns: Any) -> bytes:
    return GONE if columns[0] is None else _spelled(columns)


def _spelled(columns: Sequence[Any]) -> bytes:
    *first_form, assisted_by = columns
    return spelled(FORM, *first_form) if assisted_by is None else spelled(FORM_ASSISTED, *first_form, assisted_by)


def _changed_or_gone(session: Session) -> Iterator[str]:
    query, last = _sealed().limit(PAGE), None
    while True:
        try:
            rows = session.execute(query).all()
        except UNREADABLE as reason:
            yield f"the audit cannot be read on from what stands after {last or 'the start'}: {reason}"
            return
        for _, _, sha256, audit_id, *columns in rows:
            line = _line(columns)
            if line == GONE:
                yield f"audit row {audit_id} is gone: it was sealed"
            elif hashlib.sha256(line).digest() != sha256:
                yield f"audit row {audit_id} is not what was sealed"
        if len(rows) < PAGE:
            return
        last = rows[-1].audit_id
        place = (literal(value, column.type) for value, column in zip(rows[-1], _PLACE, strict=False))
        query = _sealed().limit(PAGE).where(tuple_(*_PLACE) > tuple_(*place))


def _named(session: Session, query: Select[UUID], told: str) -> Iterator[str]:
    found = session.scalars(query.limit(NAMED_MAX + 1)).all()
    yield from (told.format(audit_id) for audit_id in found[:NAMED_MAX])
    if len(found) > NAMED_MAX:
        yield f"there are more than {NAMED_MAX} of this kind"


def _is_sealed(audit_id: Any) -> Any:
    return exists().where(AuditSealedRow.audit_id == audit_id)


def _unguarded() -> Select[UUID]:
    waits = exists().where(AuditWaitingRow.audit_id == AuditRow.id)
    return select(AuditRow.id).where(~_is_sealed(AuditRow.id), ~waits).order_by(AuditRow.id)


def _waiting_for_nothing() -> Select[UUID]:
    return select(AuditWaitingRow.audit_id).where(~exists().where(AuditRow.id == AuditWaitingRow.audit_id))


def _waiting_twice() -> Select[UUID]:
    return select(AuditWaitingRow.audit_id).where(_is_sealed(AuditWaitingRow.audit_id))
