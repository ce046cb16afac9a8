"""An invented room above the log: the forest office, whose drafts are rows, so that a rollback takes back what it noted."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.foundation.data import clock, db, new_id, reading, transaction
from app.foundation.proof import SYSTEM
from app.foundation.work.models import TaskRow, TaskState
from app.transparency import DocumentSource, Draft, EntryKind, Signed, add_key, append_entry, open_issuer, second_text
from app.transparency.checking.check import check_log
from app.transparency.models import CheckpointRow, DocumentRow, LeafRow, NodeRow, WaitingRow
from tests.engines import PostgresServer, SqliteServer

SLUG = "forest-office"
_DRAFT = "test.draft"

# What a stored draft makes the office do when it is signed, placed or looked for.
GOOD, FLOAT, OTHER_ISSUER, NOT_PLACED, NO_KEY, OLD = "good", "float", "other issuer", "not placed", "no key", "old"


def open_office() -> None:
    """Give the log and the office a key each."""
    with transaction() as session:
        open_issuer(
            session,
            slug=SLUG,
            agency_id=uuid4(),
            name_zh="林业局",
            name_en="Forest office",
            site=None,
            actor=SYSTEM,
            now=clock.now(),
        )
        add_key(session, issuer=None, actor=SYSTEM, now=clock.now())
        add_key(session, issuer=SLUG, actor=SYSTEM, now=clock.now())


def write_draft(does: str = GOOD) -> UUID:
    """Store a draft, together with the retirement that it is about."""
    draft_id = new_id()
    with transaction() as session:
        append_retirement(session, draft_id)
        session.add(
            TaskRow(
                id=new_id(),
                kind=_DRAFT,
                subject_kind=does,
                subject_id=draft_id,
                role="nobody",
                state=TaskState.OPEN,
                created_at=clock.now(),
            )
        )
    return draft_id


def append_retirement(session: Session, subject_id: UUID, first: int | None = None) -> None:
    """Let the log tell of a retirement."""
    number = subject_id.int % 10**12 if first is None else first
    append_entry(
        session,
        kind=EntryKind.RETIRE,
        content={
            "id": f"http://localhost:8000/retirements/{subject_id}",
            "quantity": "0.001",
            "serials": [{"block": "LS33-F-0007-2024", "first": number, "last": number}],
            "time": second_text(clock.now()),
            "unit": "tCO2e",
        },
        subject_kind="credits.retirement",
        subject_id=subject_id,
    )


def office(*, place_breaks: Callable[[list[Signed]], bool] = lambda signed: False) -> DocumentSource:
    """Return the office as the log knows it."""

    def waiting(session: Session, now: datetime, limit: int) -> list[Draft]:
        rows = session.scalars(
            select(TaskRow)
            .where(TaskRow.kind == _DRAFT, TaskRow.state == TaskState.OPEN, TaskRow.note.is_(None))
            .order_by(TaskRow.created_at, TaskRow.id)
            .limit(limit)
        )
        return [_draft(row, now) for row in rows]

    def place(session: Session, signed: list[Signed], now: datetime) -> None:
        for each in signed:
            row = session.execute(select(TaskRow).where(TaskRow.subject_id == each.id)).scalar_one()
            row.state, row.note, row.done_at = TaskState.DONE, str(each.leaf_index), now
            if row.subject_kind == NOT_PLACED or place_breaks(signed):
                session.flush()
                raise RuntimeError("the office cannot take this document")

    def refuse(session: Session, draft_id: UUID, reason: str, now: datetime) -> None:
        session.execute(update(TaskRow).where(TaskRow.subject_id == draft_id).values(note=reason))

    return DocumentSource(waiting, place, refuse)


def _draft(row: TaskRow, now: datetime) -> Draft:
    did = "did:web:localhost%3A8000:issuers:" + (SLUG if row.subject_kind != OTHER_ISSUER else "somebody-else")
    content: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"urn:uuid:{row.subject_id}",
        "type": ["VerifiableCredential"],
        "issuer": {"id": did, "name": "林业局"},
        "validFrom": second_text(now) if row.subject_kind != OLD else "2020-01-01T00:00:00Z",
        "credentialSubject": {"trees": 3 if row.subject_kind != FLOAT else 3.5},
    }
    issuer = "has-no-key" if row.subject_kind == NO_KEY else SLUG
    return Draft(id=row.subject_id, issuer=issuer, kind=EntryKind.ISSUE, content=content, with_jwt=True)


def fates() -> dict[UUID, str | None]:
    """Return what became of each draft: the number of its leaf, the reason of its refusal, or None."""
    with reading() as session:
        return {row.subject_id: row.note for row in session.scalars(select(TaskRow).where(TaskRow.kind == _DRAFT))}


def retire(count: int = 1) -> None:
    """Let the log tell of some retirements, each in a transaction of its own."""
    for _ in range(count):
        with transaction() as session:
            append_retirement(session, uuid4())


def findings() -> list[str]:
    """Return what `flask log check` finds."""
    with reading() as session:
        return list(check_log(session))


def counts() -> dict[str, int]:
    """Return how many rows of each kind the log has."""
    models = (WaitingRow, LeafRow, NodeRow, CheckpointRow, DocumentRow)
    with reading() as session:
        return {model.__tablename__.removeprefix("transparency_"): session.query(model).count() for model in models}


def log_lines() -> list[bytes]:
    """Return the entries of the log in order."""
    with reading() as session:
        return list(session.scalars(select(LeafRow.entry).order_by(LeafRow.leaf_index)))


def hooked(app: Flask, hook: str) -> dict[str, Any]:
    """Return the handlers of a hook, to be changed by a test."""
    handlers: dict[str, Any] = app.extensions.setdefault("lintan_hooks", {}).setdefault(hook, {})
    return handlers


def as_owner(server: SqliteServer | PostgresServer, table: str, statement: str, *values: Any) -> None:
    """Switch a table's guards off and change it, as whoever owns the database can."""
    if isinstance(server, PostgresServer):
        with psycopg.connect(server.conninfo("lintan_owner")) as connection:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            connection.execute(statement.replace("?", "%s"), values)
        return
    db.engine.dispose()
    with closing(sqlite3.connect(server.home / "lintan.db")) as connection, connection:
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        connection.execute(statement, values)
