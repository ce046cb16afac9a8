"""Tables of planting: claims."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.places import Crs
from app.planting.rules.claims import ClaimState

_WAS_SUBMITTED = text("submitted_at IS NOT NULL")


class PlantingClaim(Base):
    """Trees that a resident says they planted. Made offline under a `client_id`; what was decided stands in its case."""

    __tablename__ = "planting_claim"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id", name="planting_claim_once"),
        CheckConstraint("tree_count > 0", name="planting_claim_trees_positive"),
        CheckConstraint("state <> 'submitted' OR submitted_at IS NOT NULL", name="planting_claim_submitted_at_known"),
        CheckConstraint("length(content_sha256) = 64", name="planting_claim_hash_whole"),
        CheckConstraint(
            "lat_e7 BETWEEN -900000000 AND 900000000 AND lon_e7 BETWEEN -1800000000 AND 1800000000",
            name="planting_claim_on_earth",
        ),
        Index("planting_claim_own_idx", "person_id", "received_at", "id"),
        # What else was planted here around that time.
        Index(
            "planting_claim_cell_idx",
            "cell",
            "captured_at",
            "id",
            postgresql_where=_WAS_SUBMITTED,
            sqlite_where=_WAS_SUBMITTED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    client_id: Mapped[UUID]  # Made by the app, so that sending a draft twice makes one claim.
    species_code: Mapped[str]
    tree_count: Mapped[int]
    duty_form: Mapped[str]
    captured_at: Mapped[datetime]  # By the clock of the device.
    received_at: Mapped[datetime]  # By ours.
    lat_e7: Mapped[int]  # WGS-84, 1e-7 degree; exact for the resident and for verifiers alone.
    lon_e7: Mapped[int]
    crs: Mapped[Crs]  # In which system the app sent the position, and reads it back.
    county: Mapped[str]
    cell: Mapped[str]  # H3, rules.duplicates.CELL_RESOLUTION.
    note: Mapped[str | None]
    state: Mapped[ClaimState]
    submitted_at: Mapped[datetime | None]  # Of the last submission.
    content_sha256: Mapped[str]  # Of the draft as first sent: later changes do not make its repetition a conflict.
    version: Mapped[int]
