"""Reads and locks of evidence, and the frozen form in which files leave the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.evidence.errors import EvidenceFileNotFound
from app.evidence.models import EvidenceFile, EvidenceStray, FileState
from app.evidence.rules.containers import MediaType
from app.evidence.rules.likeness import BAND_COUNT, DISTANCE_MAX, bands_of, hamming
from app.foundation.data import rows_written
from app.foundation.proof import Actor
from app.places import Position, public_position

# How many of the newest bound files with an equal band are compared. With hashes spread evenly, 13 million files fill
# it; before that only pictures with little in them (a wall, the night) do, and of those the older are not found.
CANDIDATES_A_BAND = 200

VERIFIER = "verifier"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as other rooms see it. `exif_position` is exact; show what `exif_position_for` returns."""

    id: UUID
    owner_id: UUID
    purpose: str
    state: FileState
    media_type: MediaType
    byte_count: int
    width_px: int
    height_px: int
    sha256: str
    perceptual_hash: int
    exif_position: Position | None
    exif_captured_at: datetime | None
    subject_kind: str | None
    subject_id: UUID | None
    received_at: datetime

    def exif_position_for(self, viewer: Actor) -> Position | None:
        """Return the camera's place: exact for verifiers, to three decimals for everybody else (SECURITY C1)."""
        if self.exif_position is None or VERIFIER in viewer.roles:
            return self.exif_position
        return public_position(self.exif_position)


@dataclass(frozen=True, slots=True)
class SimilarFile:
    """A bound file that looks like another. At distance 0 the eye sees no difference; `is_identical`: the same bytes."""

    id: UUID
    owner_id: UUID
    subject_kind: str
    subject_id: UUID
    distance: int
    is_identical: bool
    received_at: datetime


def get_own_file(session: Session, file_id: UUID, *, owner_id: UUID) -> StoredFile:
    """Return a file for its owner.

    Raises:
        EvidenceFileNotFound: no such file, or somebody else's.
    """
    row = session.get(EvidenceFile, file_id)
    if row is None or row.owner_id != owner_id:
        raise EvidenceFileNotFound
    return stored_file(row)


def unused_bytes(session: Session, owner_id: UUID) -> int:
    """Return how many bytes the photos of one owner take that prove nothing yet."""
    statement = select(func.coalesce(func.sum(EvidenceFile.byte_count), 0)).where(
        EvidenceFile.owner_id == owner_id, EvidenceFile.subject_id.is_(None)
    )
    return int(session.scalar(statement) or 0)


def find_row(session: Session, file_id: UUID) -> EvidenceFile | None:
    """Return a file's row, or None."""
    return session.get(EvidenceFile, file_id)


def files_by_ids(session: Session, file_ids: Sequence[UUID]) -> tuple[StoredFile, ...]:
    """Return the files with these ids, in order of id, without those that do not exist. Asks for nobody's permission."""
    rows = session.scalars(select(EvidenceFile).where(EvidenceFile.id.in_(file_ids)).order_by(EvidenceFile.id))
    return tuple(stored_file(row) for row in rows)


def files_of_subject(session: Session, *, subject_kind: str, subject_id: UUID) -> tuple[StoredFile, ...]:
    """Return the evidence of one subject in the order it came. The caller has decided that the viewer may see it."""
    rows = session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.subject_kind == subject_kind, EvidenceFile.subject_id == subject_id)
        .order_by(EvidenceFile.id)
    )
    return tuple(stored_file(row) for row in rows)


def similar_files(session: Session, file_id: UUID, *, distance_max: int = DISTANCE_MAX) -> tuple[SimilarFile, ...]:
    """Return the bound files of other subjects that look like a file, nearest first, then newest.

    The cost does not grow with the table: hashes that differ in at most 3 of 64 bits agree in one of four 16-bit
    bands, each band is one look-up in an index, and each look-up stops after `CANDIDATES_A_BAND` rows.

    Args:
        distance_max: bits in which hashes may differ, 0 to 3.

    Raises:
        EvidenceFileNotFound: no such file.
        ValueError: a distance for which the bands would miss files.
    """
    if not 0 <= distance_max <= DISTANCE_MAX:
        raise ValueError(f"bands find distances 0 to {DISTANCE_MAX}, not {distance_max}")
    row = session.get(EvidenceFile, file_id)
    if row is None:
        raise EvidenceFileNotFound
    found = [
        SimilarFile(
            id=other.id,
            owner_id=other.owner_id,
            subject_kind=other.subject_kind,
            subject_id=other.subject_id,
            distance=distance,
            is_identical=other.original_sha256 == row.original_sha256,
            received_at=other.received_at,
        )
        for other in _candidates(session, row.perceptual_hash).values()
        if other.subject_kind is not None
        and other.subject_id is not None
        and other.id != row.id
        and (other.subject_kind, other.subject_id) != (row.subject_kind, row.subject_id)
        and (distance := hamming(row.perceptual_hash, other.perceptual_hash)) <= distance_max
    ]
    found.sort(key=lambda other: other.id, reverse=True)
    return tuple(sorted(found, key=lambda other: other.distance))


def _candidates(session: Session, perceptual_hash: int) -> dict[UUID, EvidenceFile]:
    candidates = {}
    bands = bands_of(perceptual_hash)
    for number in range(BAND_COUNT):
        column = getattr(EvidenceFile, f"hash_band_{number}")
        newest = (
            select(EvidenceFile)
            .where(column == bands[number], EvidenceFile.subject_id.is_not(None))
            .order_by(EvidenceFile.id.desc())
            .limit(CANDIDATES_A_BAND)
        )
        candidates.update({row.id: row for row in session.scalars(newest)})
    return candidates


def lock_files(session: Session, file_ids: Sequence[UUID]) -> dict[UUID, EvidenceFile]:
    """Lock and return the rows with these ids, in order of id, so that two callers cannot wait for each other."""
    rows = session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.id.in_(file_ids))
        .order_by(EvidenceFile.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def lock_unbound_before(session: Session, received_before: datetime, *, limit: int) -> Sequence[EvidenceFile]:
    """Lock and return old files that prove nothing, oldest first; those that somebody is binding are passed over."""
    return session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.subject_id.is_(None), EvidenceFile.received_at < received_before)
        .order_by(EvidenceFile.received_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def strays_due(session: Session, now: datetime, *, limit: int) -> Sequence[str]:
    """Return keys of stored bytes that nobody owns and whose time is over, oldest first."""
    return session.scalars(
        select(EvidenceStray.store_key)
        .where(EvidenceStray.delete_after <= now)
        .order_by(EvidenceStray.delete_after)
        .limit(limit)
    ).all()


def is_stray(session: Session, store_key: str) -> bool:
    """Return whether stored bytes belong to no file."""
    return session.get(EvidenceStray, store_key) is not None


def forget_strays(session: Session, store_keys: Sequence[str]) -> int:
    """Delete the notes about stored bytes; return how many there were."""
    return rows_written(session, delete(EvidenceStray).where(EvidenceStray.store_key.in_(store_keys)))


def stored_file(row: EvidenceFile) -> StoredFile:
    """Return a row in the form in which it leaves the room."""
    position = None
    if row.exif_lat_e7 is not None and row.exif_lon_e7 is not None:
        position = Position(row.exif_lat_e7, row.exif_lon_e7)
    return StoredFile(
        id=row.id,
        owner_id=row.owner_id,
        purpose=row.purpose,
        state=row.state,
        media_type=row.media_type,
        byte_count=row.byte_count,
        width_px=row.width_px,
        height_px=row.height_px,
        sha256=row.sha256,
        perceptual_hash=row.perceptual_hash,
        exif_position=position,
        exif_captured_at=row.exif_captured_at,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        received_at=row.received_at,
    )
