"""What evidence keeps of people: the photos they sent, what was read from them, and what recognises them again."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.evidence.models import EvidenceFile, EvidenceStray
from app.evidence.usecases.expire import sweep_strays
from app.foundation.data import after_commit, rows_written
from app.identity import Erasure, Held, Kept, Law, PersonData, Progress, copies, delete_some, person_data

# Papers of an organisation are the organisation's: they stay when whoever uploaded them goes, without the camera's place.
_ORGANISATION = "identity.organisation"


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    hidden = ("store_key", "hash_band_0", "hash_band_1", "hash_band_2", "hash_band_3")
    ids = {"id": "fil", "owner_id": "per"}
    return {"files": copies(session, EvidenceFile, EvidenceFile.owner_id == person_id, ids, but=hidden)}


def _erase(session: Session, erasure: Erasure) -> Progress:
    """Delete rows with their hashes; the bytes follow right after the commit, and a note of each is left in case they cannot."""
    mine = EvidenceFile.owner_id == erasure.person_id
    own = and_(mine, _not_of_organisation())
    found = select(EvidenceFile.id, EvidenceFile.store_key).where(own).order_by(EvidenceFile.id).limit(erasure.limit)
    rows = session.execute(found).all()
    for _, store_key in rows:
        session.add(EvidenceStray(store_key=store_key, delete_after=erasure.at))
    session.flush()
    delete_some(session, EvidenceFile, EvidenceFile.id.in_([file_id for file_id, _ in rows]), limit=erasure.limit)
    if rows:
        after_commit(sweep_strays, now=erasure.at)
    if len(rows) == erasure.limit:
        return Progress(is_done=False)
    kept = rows_written(
        session,
        update(EvidenceFile).where(mine).values(exif_lat_e7=None, exif_lon_e7=None, exif_captured_at=None),
    )
    return Progress(is_done=True, kept=(Kept("organisation_papers", None, Law.ANONYMOUS),) if kept else ())


def _not_of_organisation() -> ColumnElement[bool]:
    kind = EvidenceFile.subject_kind
    return or_(kind.is_(None), ~kind.startswith(_ORGANISATION))


PERSON_DATA = PersonData(
    held=(
        Held(
            "evidence_file",
            "photos, where and when the camera took them, and hashes that recognise them",
            "proof of what somebody reports",
            "unused: seven days; else with the account",
        ),
    ),
    export=_export,
    erase=_erase,
    not_personal={"evidence_stray": "random keys of stored bytes that are about to be deleted"},
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "evidence", PERSON_DATA)
