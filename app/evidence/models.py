"""Tables of evidence: the files, and the stored bytes that belong to no file."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.evidence.rules.containers import MediaType
from app.foundation.data import Base


class FileState(StrEnum):
    """Whether a file already proves something."""

    RECEIVED = "received"
    BOUND = "bound"


_BOUND = text("subject_id IS NOT NULL")
_RECEIVED = text("subject_id IS NULL")


class EvidenceFile(Base):
    """One photo as it is kept, and what was read from it. Triggers let it be bound once and never to something else.

    The subject stands higher in the house, so the row keeps its kind and id and no foreign key.
    """

    __tablename__ = "evidence_file"
    __table_args__ = (
        CheckConstraint(
            "(state = 'bound') = (subject_id IS NOT NULL) AND (subject_kind IS NULL) = (subject_id IS NULL)"
            " AND (bound_at IS NULL) = (subject_id IS NULL)",
            name="evidence_file_bound_is_whole",
        ),
        CheckConstraint(
            "(exif_lat_e7 IS NULL) = (exif_lon_e7 IS NULL)"
            " AND (exif_lat_e7 IS NULL OR exif_lat_e7 BETWEEN -900000000 AND 900000000)"
            " AND (exif_lon_e7 IS NULL OR exif_lon_e7 BETWEEN -1800000000 AND 1800000000)",
            name="evidence_file_exif_on_earth",
        ),
        CheckConstraint("byte_count > 0 AND width_px > 0 AND height_px > 0", name="evidence_file_sizes_positive"),
        CheckConstraint("length(sha256) = 64 AND length(original_sha256) = 64", name="evidence_file_hashes_whole"),
        CheckConstraint(
            "hash_band_0 BETWEEN 0 AND 65535 AND hash_band_1 BETWEEN 0 AND 65535"
            " AND hash_band_2 BETWEEN 0 AND 65535 AND hash_band_3 BETWEEN 0 AND 65535",
            name="evidence_file_bands_16_bits",
        ),
        Index("evidence_file_subject_idx", "subject_kind", "subject_id", postgresql_where=_BOUND, sqlite_where=_BOUND),
        Index("evidence_file_expiry_idx", "received_at", postgresql_where=_RECEIVED, sqlite_where=_RECEIVED),
        Index("evidence_file_unused_idx", "owner_id", "byte_count", postgresql_where=_RECEIVED, sqlite_where=_RECEIVED),
        # One look-up a band, newest first (ids are in order of time); only bound files are compared with.
        *(
            Index(f"evidence_file_{band}_idx", band, "id", postgresql_where=_BOUND, sqlite_where=_BOUND)
            for band in ("hash_band_0", "hash_band_1", "hash_band_2", "hash_band_3")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    purpose: Mapped[str]  # What the sender said it is for, such as `planting`.
    state: Mapped[FileState]
    media_type: Mapped[MediaType]
    byte_count: Mapped[int]
    width_px: Mapped[int]
    height_px: Mapped[int]
    sha256: Mapped[str]  # Of the stored bytes, in hex.
    original_sha256: Mapped[str]  # Of the bytes as they were sent, in hex.
    perceptual_hash: Mapped[int]  # 64 bits, signed.
    hash_band_0: Mapped[int]  # The same bits in four parts of 16, highest first.
    hash_band_1: Mapped[int]
    hash_band_2: Mapped[int]
    hash_band_3: Mapped[int]
    exif_lat_e7: Mapped[int | None]  # WGS-84, 1e-7 degree; exact for verifiers alone.
    exif_lon_e7: Mapped[int | None]
    exif_captured_at: Mapped[datetime | None]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    bound_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    store_key: Mapped[str] = mapped_column(unique=True)  # Random, and shown to nobody.


class EvidenceStray(Base):
    """Stored bytes that no file row owns: not yet, while an upload is under way, or not any more.

    The row is committed before the bytes are written, or together with the end of the file row. Whenever the process
    dies, what lies in the store is known to a file row or to one of these.
    """

    __tablename__ = "evidence_stray"

    store_key: Mapped[str] = mapped_column(primary_key=True)
    delete_after: Mapped[datetime] = mapped_column(index=True)
