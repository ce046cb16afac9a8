"""Whether what a resident declares fits what the camera wrote: shown to the reviewer, no reason to refuse by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.places import Position, distance_m

# Product choice: the error of a phone under trees and on slopes is some tens of metres, a planting site a few hundred
# wide. A camera that writes GCJ-02 into Exif is 520 m off or more and shows as differing.
PLACE_TOLERANCE_M = 300
# Product choice: photo and record belong to one outing; a wrong time zone shows as differing by whole hours.
TIME_TOLERANCE_MINUTES = 120


class Agreement(StrEnum):
    """How a declared fact stands to the camera's note. Absent is normal: many apps strip what cameras write."""

    AGREES = "agrees"
    DIFFERS = "differs"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class ExifComparison:
    """Place and time, each with the measure that decided; None where the camera said nothing."""

    place: Agreement
    apart_m: int | None
    time: Agreement
    apart_minutes: int | None


def compare_exif(
    *,
    declared_position: Position,
    declared_at: datetime,
    exif_position: Position | None,
    exif_captured_at: datetime | None,
) -> ExifComparison:
    """Return how a declared place and time stand to the camera's: metres apart, and minutes apart, rounded up."""
    apart_m = None if exif_position is None else distance_m(declared_position, exif_position)
    apart_minutes = None
    if exif_captured_at is not None:
        apart_minutes = -(-abs(declared_at - exif_captured_at) // timedelta(minutes=1))
    return ExifComparison(
        place=_agreement(apart_m, PLACE_TOLERANCE_M),
        apart_m=apart_m,
        time=_agreement(apart_minutes, TIME_TOLERANCE_MINUTES),
        apart_minutes=apart_minutes,
    )


def _agreement(apart: int | None, tolerance: int) -> Agreement:
    if apart is None:
        return Agreement.ABSENT
    return Agreement.AGREES if apart <= tolerance else Agreement.DIFFERS
