"""What lies in the tables, read past the use cases, and changed past the guards by whoever owns the database."""

import json
import sqlite3
from contextlib import closing
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import select

from app.certificates import CertificatePage, CheckName, CheckResult, page_of
from app.certificates.models import CertificateRow, StatusListRow
from app.foundation.data import clock, reading
from app.foundation.work.models import TaskRow
from app.transparency import Document, document_by_id, entries, latest_checkpoint
from tests.engines import PostgresServer, SqliteServer


def row_of(number: str) -> CertificateRow:
    with reading() as session:
        return session.scalars(select(CertificateRow).where(CertificateRow.number == number)).one()


def page(number: str) -> CertificatePage:
    with reading() as session:
        found = page_of(session, number, clock.now())
    assert found is not None
    return found


def results(number: str) -> dict[CheckName, tuple[CheckResult, str]]:
    """How each check ended, and with which word."""
    return {each.name: (each.result, each.code.rpartition(".")[2]) for each in page(number).checks}


def faults(number: str) -> dict[str, str]:
    """The checks that neither passed nor are expected to."""
    fine = {CheckResult.PASSED, CheckResult.NOT_YET}
    return {name.value: word for name, (result, word) in results(number).items() if result not in fine}


def document_of(number: str) -> Document:
    row = row_of(number)
    assert row.document_id is not None
    with reading() as session:
        found = document_by_id(session, row.document_id)
    assert found is not None
    return found


def content_of(number: str) -> dict[str, Any]:
    return dict(json.loads(document_of(number).content))


def log_lines() -> list[dict[str, Any]]:
    """Every entry of the log, as a stranger reads it."""
    with reading() as session:
        head = latest_checkpoint(session)
        return [json.loads(leaf.entry) for leaf in entries(session, 0, head.size - 1)] if head is not None else []


def status_list(number: int = 1) -> dict[str, Any]:
    """The current status list, parsed."""
    with reading() as session:
        row = session.scalars(select(StatusListRow).where(StatusListRow.number == number)).one()
        document = document_by_id(session, row.document_id) if row.document_id is not None else None
    assert document is not None
    return dict(json.loads(document.content))


def tasks() -> list[str]:
    with reading() as session:
        return sorted(session.scalars(select(TaskRow.kind)))


def as_owner(server: SqliteServer | PostgresServer, table: str, statement: str, *values: Any) -> None:
    """Change a table past its guards. Values are texts, numbers, bytes and ids; placeholders are question marks."""
    if isinstance(server, PostgresServer):
        with psycopg.connect(server.conninfo("lintan_owner")) as connection:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            connection.execute(statement.replace("?", "%s"), values)
        return
    with closing(sqlite3.connect(server.home / "lintan.db")) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", [table]):
            file.execute(f"DROP TRIGGER {name}")
        file.execute(statement, [value.bytes if isinstance(value, UUID) else value for value in values])
        file.commit()
