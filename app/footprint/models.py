"""The table of footprints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import AppendOnly, Base

OWNER = "resident"
COLLECTION = "footprints"


class FootprintRow(AppendOnly, Base):
    """One calculation, kept as it was made: what was reported, the factors that counted, the arithmetic, the grams.

    A correction is another calculation. Kilograms are not here: they are what buying would take, not what was emitted.
    """

    __tablename__ = "footprint_calculation"
    __table_args__ = (
        CheckConstraint("method_version >= 1", name="footprint_calculation_method_numbered"),
        CheckConstraint("co2_g >= 0 AND co2e_g >= 0 AND life_cycle_g >= 0", name="footprint_calculation_not_negative"),
        CheckConstraint("total_g = co2_g + co2e_g + life_cycle_g", name="footprint_calculation_adds_up"),
        Index("footprint_calculation_owner_idx", "owner_kind", "owner_id", "calculated_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_kind: Mapped[str]  # `resident`; as in the ledger, so that a household or an event can own one.
    owner_id: Mapped[UUID]
    method: Mapped[str]  # `person_year`
    method_version: Mapped[int]
    year: Mapped[int]  # The year of the activities.
    county: Mapped[str]
    inputs: Mapped[list[Any]]  # What was reported (keeping.reported_json).
    lines: Mapped[list[Any]]  # With the factors as they were (keeping.line_json).
    co2_g: Mapped[int]
    co2e_g: Mapped[int]
    life_cycle_g: Mapped[int]
    total_g: Mapped[int]
    calculated_at: Mapped[datetime]
