"""Ask for a copy of one's data, look at it, and fetch its files by a short link (PIPL art. 45)."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import derived_key, file_store, new_id, public_id, reading, transaction
from app.foundation.proof import Actor, logger, record
from app.identity.people.family.consent_age import acts_for, guardian_of
from app.identity.people.queries import lock_person
from app.identity.rights import queries
from app.identity.rights.errors import (
    ExportLinkExpired,
    ExportNotFound,
    ExportPersonNotFound,
    ExportRunning,
    TooManyExports,
)
from app.identity.rights.models import ExportRow, ExportState
from app.identity.rights.rules import EXPORTS_A_DAY, LINK_LASTS

A_DAY = timedelta(days=1)

log = logger(__name__)


class FileFormat(StrEnum):
    """The two files of a copy, with the same content."""

    JSON = "json"
    PDF = "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """One file of a copy."""

    format: FileFormat
    byte_count: int
    sha256: str
    content_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A copy as whoever asked for it sees it."""

    id: UUID
    person_id: UUID
    state: ExportState
    asked_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    files: tuple[ExportFile, ...]


def store_key(row: ExportRow, file: FileFormat) -> str:
    """Return where a file of a copy lies in the store."""
    return f"{row.store_key}/copy.{file.value}"


def ask_for_export(person_id: UUID | None, *, actor: Actor, now: datetime) -> Export:
    """Ask for a copy of everything kept of the caller, or of the child whose guardian the caller is.

    Raises:
        ExportPersonNotFound: the caller may not ask for that person.
        ExportRunning: one is being made already.
        TooManyExports: five were made within a day.
    """
    with transaction() as session:
        subject = person_id or actor.id
        if not acts_for(session, actor, subject):
            raise ExportPersonNotFound()
        if lock_person(session, subject) is None:  # Two who ask at once come one after the other.
            raise ExportPersonNotFound()
        running = queries.running_export(session, subject)
        if running is not None:
            raise ExportRunning(export_id=public_id("exp", running.id))
        if queries.count_exports(session, subject, now - A_DAY) >= EXPORTS_A_DAY:
            raise TooManyExports(retry_after_s=int(A_DAY.total_seconds()))
        row = ExportRow(
            id=new_id(),
            person_id=subject,
            asked_by=actor.id,
            state=ExportState.WAITING,
            asked_at=now,
            next_at=now,
            tries=0,
            store_key=f"exports/{secrets.token_hex(20)}",
        )
        session.add(row)
        session.flush()
        record(
            session,
            action="identity.export_asked",
            object_kind="identity.person",
            object_id=subject,
            actor=actor,
        )
        return _shown(row, now)


def show_export(export_id: UUID, *, actor: Actor, now: datetime) -> Export:
    """Return a copy that the caller asked for, with fresh links. That a member of staff got them at a desk is on record.

    Raises:
        ExportNotFound: no such copy, or not the caller's.
    """
    if actor.assisted_by is None:
        with reading() as session:
            return _shown(_own(session, export_id, actor), now)
    with transaction() as session:
        row = _own(session, export_id, actor)
        record(
            session,
            action="identity.export_shown_at_desk",
            object_kind="identity.person",
            object_id=row.person_id,
            actor=actor,
        )
        return _shown(row, now)


def open_export_file(export_id: UUID, file: FileFormat, *, expires: int, signature: str, now: datetime) -> bytes:
    """Return a file of a copy to whoever holds a link that is not older than ten minutes.

    Raises:
        ExportNotFound: the link was not made here, or whoever asked for the copy acts for its person no more.
        ExportLinkExpired: it is too old, or the file is deleted.
    """
    if not hmac.compare_digest(signature.encode(), _signature(export_id, file, expires).encode()):
        raise ExportNotFound()
    with reading() as session:
        row = queries.find_export(session, export_id)
        if row is None or not may_have(session, row):
            raise ExportNotFound()
    if now >= datetime.fromtimestamp(expires, UTC) or row.state is not ExportState.READY or _is_over(row, now):
        raise ExportLinkExpired()
    try:
        content = file_store().get(store_key(row, file))
    except FileNotFoundError:  # Deleted between the two looks.
        raise ExportLinkExpired() from None
    log.info("identity.export.opened", export_id=str(export_id), format=file.value)
    return content


def may_have(session: Session, row: ExportRow) -> bool:
    """Return whether whoever asked for a copy still acts for its person; a guardian may have ended since."""
    return row.asked_by == row.person_id or guardian_of(session, row.person_id) == row.asked_by


def _own(session: Session, export_id: UUID, actor: Actor) -> ExportRow:
    row = queries.find_export(session, export_id)
    if row is None or row.asked_by != actor.id or not may_have(session, row):
        raise ExportNotFound()
    return row


def _is_over(row: ExportRow, now: datetime) -> bool:
    return row.expires_at is not None and now >= row.expires_at


def _shown(row: ExportRow, now: datetime) -> Export:
    is_ready = row.state is ExportState.READY and not _is_over(row, now)
    return Export(
        id=row.id,
        person_id=row.person_id,
        state=ExportState.EXPIRED if row.state is ExportState.READY and not is_ready else row.state,
        asked_at=row.asked_at,
        ready_at=row.ready_at,
        expires_at=row.expires_at,
        files=(
            _file(row, FileFormat.JSON, row.json_bytes, row.json_sha256, now),
            _file(row, FileFormat.PDF, row.pdf_bytes, row.pdf_sha256, now),
        )
        if is_ready
        else (),
    )


def _file(row: ExportRow, file: FileFormat, size: int | None, digest: str | None, now: datetime) -> ExportFile:
    expires = int((now + LINK_LASTS).timestamp())
    query = f"format={file.value}&expires={expires}&signature={_signature(row.id, file, expires)}"
    return ExportFile(
        format=file,
        byte_count=size or 0,
        sha256=digest or "",
        content_path=f"/v1/exports/{public_id('exp', row.id)}/content?{query}",
    )


def _signature(export_id: UUID, file: FileFormat, expires: int) -> str:
    return hmac.new(derived_key("export-link"), f"{export_id}|{file.value}|{expires}".encode(), sha256).hexdigest()
