"""What rights keeps itself: that copies and an erasure were asked for, and the copies' files for seven days."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.foundation.data import rows_written
from app.identity.rights.models import ErasureRow, ExportPartRow, ExportRow, ExportState
from app.identity.rights.parts import Erasure, Held, Kept, PersonData, Progress
from app.identity.rights.rows import copies, delete_all
from app.identity.rights.rules import Law

_NOTHING_SHA256 = sha256(b"").hexdigest()


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    ids = {"person_id": "per", "asked_by": "per"}
    return {
        "exports": copies(
            session,
            ExportRow,
            ExportRow.person_id == person_id,
            {"id": "exp", **ids},
            but=("store_key", "next_at", "tries"),
        ),
        "erasures": copies(
            session,
            ErasureRow,
            ErasureRow.person_id == person_id,
            {"id": "era", **ids},
            but=("parts_done", "look_again_on"),
        ),
    }


def _erase(session: Session, erasure: Erasure) -> Progress:
    """Let the files of copies go first, each by the loop that knows its key, then the rows."""
    mine = ExportRow.person_id == erasure.person_id
    rows_written(
        session,
        update(ExportRow)
        .where(mine, ExportRow.state == ExportState.READY, ExportRow.expires_at > erasure.at)
        .values(expires_at=erasure.at),
    )
    held_by_worker = session.scalar(
        select(func.max(ExportRow.next_at)).where(mine, ExportRow.state == ExportState.WAITING)
    )
    if held_by_worker is not None and held_by_worker > erasure.at:
        # A worker may be writing the files just now: its row must stay until they are known.
        return Progress(is_done=False, again_after=held_by_worker - erasure.at)
    # One that failed, or was cut off, may have left a file: it counts as made and over, and the loop deletes what lies there.
    nothing = {"json_bytes": 0, "json_sha256": _NOTHING_SHA256, "pdf_bytes": 0, "pdf_sha256": _NOTHING_SHA256}
    rows_written(
        session,
        update(ExportRow)
        .where(mine, ExportRow.state.in_((ExportState.WAITING, ExportState.FAILED)))
        .values(state=ExportState.READY, ready_at=erasure.at, expires_at=erasure.at, **nothing),
    )
    with_files = select(ExportRow.id).where(mine, ExportRow.state == ExportState.READY).limit(1)
    if session.scalar(with_files) is not None:
        return Progress(is_done=False)
    parts = ExportPartRow.export_id.in_(select(ExportRow.id).where(mine))
    done = delete_all(session, ((ExportPartRow, parts), (ExportRow, mine)), limit=erasure.limit)
    return Progress(done, (Kept("erasure", None, Law.ANONYMOUS),))


RIGHTS = PersonData(
    held=(
        Held("identity_export", "that a copy was asked for", "handing it out", "with the account; files seven days"),
        Held("identity_export_part", "a copy that is being made", "handing it out", "minutes"),
        Held(
            "identity_erasure",
            "that an erasure was asked for",
            "a restored backup is told again",
            "for ever: ids alone",
        ),
    ),
    export=_export,
    erase=_erase,
    not_personal={"identity_erasure_kept": "which room keeps what by which law; names an erasure, not a person"},
)
