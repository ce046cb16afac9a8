"""What a camera wrote beside the picture: place, time and which way is up (Exif 2.32, CIPA DC-008, section 4.6).

It is somebody's claim, not a measurement of ours. What cannot be read is absent, which is normal and no fault of the
file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from app.foundation.data import clock
from app.places import Crs, Position, PositionOutOfRange, position_from

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_ORIENTATION, _TIME_ORIGINAL, _OFFSET_ORIGINAL = 0x0112, 0x9003, 0x9011
_LAT_REF, _LAT, _LON_REF, _LON = 1, 2, 3, 4
# Exif is of 1995; an earlier year is a camera whose clock was never set.
_FIRST_YEAR = 1995

# What a reader of hostile metadata can meet in Pillow: wrong types, lengths, counts and denominators.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class CameraNotes:
    """Place (WGS-84), instant (UTC) and orientation (1 to 8, 1 is upright); None where the camera says nothing."""

    position: Position | None = None
    captured_at: datetime | None = None
    orientation: int = 1


def camera_notes(image: Image.Image) -> CameraNotes:
    """Return what the camera noted; unreadable parts count as absent, each for itself."""
    try:
        exif = image.getexif()
    except UNREADABLE:
        return CameraNotes()
    return CameraNotes(
        position=_position(_directory(exif, _GPS_IFD)),
        captured_at=_captured_at(_directory(exif, _EXIF_IFD)),
        orientation=_orientation(exif),
    )


def _directory(exif: Image.Exif, tag: int) -> Mapping[int, Any]:
    try:
        return exif.get_ifd(tag)
    except UNREADABLE:
        return {}


def _orientation(exif: Image.Exif) -> int:
    try:
        orientation = int(exif.get(_ORIENTATION, 1))
    except UNREADABLE:
        return 1
    return orientation if 1 <= orientation <= 8 else 1


def _position(gps: Mapping[int, Any]) -> Position | None:
    try:
        lat = _degrees(gps[_LAT], negative=str(gps[_LAT_REF]).startswith("S"))
        lon = _degrees(gps[_LON], negative=str(gps[_LON_REF]).startswith("W"))
        # Exif gives the datum as a text that nobody writes; receivers deliver WGS-84.
        position = position_from(lat, lon, Crs.WGS84)
    except (*UNREADABLE, PositionOutOfRange):
        return None
    # Receivers without a fix write zeros; that point lies in the Gulf of Guinea.
    return None if (position.lat_e7, position.lon_e7) == (0, 0) else position


def _degrees(parts: Any, *, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3_600
    return -value if negative else value


def _captured_at(exif: Mapping[int, Any]) -> datetime | None:
    """Return the instant of the shot; a time without an offset, as most cameras write it, is taken as Beijing's."""
    try:
        time = _text(exif[_TIME_ORIGINAL])
        offset = _text(exif.get(_OFFSET_ORIGINAL, ""))
        if offset:
            instant = datetime.strptime(f"{time} {offset}", "%Y:%m:%d %H:%M:%S %z")
        else:
            instant = datetime.strptime(time, "%Y:%m:%d %H:%M:%S").replace(tzinfo=clock.CITY_ZONE)
        if instant.year < _FIRST_YEAR:
            return None
        return instant.astimezone(UTC)
    except UNREADABLE:
        return None


def _text(value: Any) -> str:
    text = value.decode("ascii") if isinstance(value, bytes) else str(value)
    return text.strip("\x00 ")
