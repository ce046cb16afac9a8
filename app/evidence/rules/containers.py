"""What a file is, read from its own bytes before any pixel is decoded: type, size in pixels, completeness, stowaways.

Only the outer structure is walked: segments of JPEG (ITU-T T.81, annex B), chunks of PNG (W3C PNG, third edition,
section 5) and of WebP (RFC 9649). Declared names and media types are not believed, and are not even asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.evidence.errors import (
    FileEmpty,
    ImageAnimated,
    ImageBroken,
    ImageDisguised,
    MediaTypeNotSupported,
    TooManyPixels,
    TooManyScans,
)

PIXELS_MAX = 40_000_000  # SECURITY C1
# A camera writes some dozens of parts, a PNG of 10 MiB in the common 8 KiB parts some 1,300.
PARTS_MAX = 20_000
# Encoders of progressive JPEG write about ten scans. A scan of a few bytes can cover the whole picture, so that thousands
# of them in a small file would keep the decoder busy for minutes (libjpeg-turbo, "Two Issues with the JPEG Standard").
SCANS_MAX = 100
# Each scan may walk through all pixels: a hundred over 40 million took 3 s, so many as here half a second. It is 15 scans
# at the most pixels, and 50 at those of a usual phone.
PIXELS_SCANNED_MAX = 600_000_000

_JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff])")
# Inside a scan 0xFF is followed by 0x00 or a restart marker; whatever else follows it ends the scan (T.81, B.1.1.5).
_JPEG_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JPEG_EOI, _JPEG_SOS = 0xD9, 0xDA
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0-15 without DHT, JPG and DAC.
_JPEG_TEXTS = frozenset({*range(0xE0, 0xF0), 0xFE})  # APP0-15 and COM.

_WEBP_HAS_ANIMATION = 0x02
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES, _ZIP_COMMENT_BYTES_MAX = 22, 65_535
# Words long enough not to turn up by chance in compressed data: `<svg` alone would in one large photo of some
# thousands.
_MARKUP = re.compile(rb"<script|<!doctype html|<html[\s>]|<\?php\s", re.IGNORECASE)


class MediaType(StrEnum):
    """The kinds of image that are taken in."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


@dataclass(frozen=True, slots=True)
class Container:
    """The outside of an image file. `beside` is what is no picture: texts, metadata, and whatever follows the end."""

    media_type: MediaType
    width_px: int
    height_px: int
    is_animated: bool
    beside: bytes


def checked_container(data: bytes) -> Container:
    """Return what a file is, once it is known to be one still image of a taken kind and a size that may be decoded.

    Raises:
        FileEmpty: there are no bytes.
        MediaTypeNotSupported: it does not begin as JPEG, PNG or WebP.
        ImageBroken: the structure is damaged or ends early.
        ImageAnimated: it holds several frames.
        TooManyPixels: the header declares more than 40 million pixels.
        TooManyScans: a JPEG walks through its pixels too often.
        ImageDisguised: it is also a web page, a program, an archive or a PDF.
    """
    if not data:
        raise FileEmpty
    container = _WALKERS[media_type_of(data)](data)
    if container.width_px * container.height_px > PIXELS_MAX:
        raise TooManyPixels(width_px=container.width_px, height_px=container.height_px, pixels_max=PIXELS_MAX)
    if container.is_animated:
        raise ImageAnimated
    if is_also_something_else(data, beside=container.beside):
        raise ImageDisguised
    return container


def media_type_of(data: bytes) -> MediaType:
    """Return the kind of image that the first bytes announce.

    Raises:
        MediaTypeNotSupported: none of the three.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return MediaType.WEBP
    raise MediaTypeNotSupported


def is_also_something_else(data: bytes, *, beside: bytes) -> bool:
    """Return whether other software would take the image for a PDF, a ZIP archive (so also a JAR) or a page with script.

    What follows a picture is dropped when it is encoded anew, so photos with a clip behind them, as many phones make,
    pass.
    """
    if b"%PDF-" in data[:1_024]:  # Readers look for it that far: ISO 32000-1, annex H.3, note 13.
        return True
    tail = data[-(_ZIP_END_BYTES + _ZIP_COMMENT_BYTES_MAX) :]
    end = tail.rfind(_ZIP_END)
    if end >= 0 and end + _ZIP_END_BYTES + int.from_bytes(tail[end + 20 : end + 22], "little") == len(tail):
        return True
    return _MARKUP.search(beside) is not None


def _walk_jpeg(data: bytes) -> Container:
    size: tuple[int, int] | None = None
    beside: list[bytes] = []
    at, scan_count = 2, 0
    for _ in range(PARTS_MAX):
        marker = _JPEG_MARKER.match(data, at)
        if marker is None:
            raise ImageBroken
        kind, at = marker[1][0], marker.end()
        if kind == _JPEG_EOI:
            break
        body, at = _jpeg_segment(data, at)
        if kind in _JPEG_FRAMES:
            if size is not None or len(body) < 6:
                raise ImageBroken
            size = _positive(int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
        elif kind in _JPEG_TEXTS:
            beside.append(body)
        elif kind == _JPEG_SOS:
            scan_count += 1
            at = _jpeg_scan_end(data, at)
    else:
        raise ImageBroken
    if size is None:
        raise ImageBroken
    if scan_count > SCANS_MAX or scan_count * size[0] * size[1] > PIXELS_SCANNED_MAX:
        raise TooManyScans(scan_count=scan_count)
    return Container(MediaType.JPEG, *size, is_animated=False, beside=b"".join([*beside, data[at:]]))


def _jpeg_segment(data: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + 2], "big")
    body = data[at + 2 : at + length]
    if length < 2 or len(body) != length - 2:
        raise ImageBroken
    return body, at + length


def _jpeg_scan_end(data: bytes, at: int) -> int:
    end = _JPEG_SCAN_END.search(data, at)
    if end is None:
        raise ImageBroken
    return end.start()


def _walk_png(data: bytes) -> Container:
    if data[12:16] != b"IHDR":
        raise ImageBroken
    size = _positive(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    is_animated = False
    beside: list[bytes] = []
    at = 8
    for _ in range(PARTS_MAX):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body_at, at = at + 8, at + 12 + length
        if len(kind) != 4 or at > len(data):
            raise ImageBroken
        if kind == b"IEND":
            return Container(MediaType.PNG, *size, is_animated, beside=b"".join([*beside, data[at:]]))
        is_animated = is_animated or kind == b"acTL"
        if kind != b"IDAT":
            beside.append(data[body_at : body_at + length])
    raise ImageBroken


def _walk_webp(data: bytes) -> Container:
    sizes: set[tuple[int, int]] = set()
    is_animated = False
    beside = []
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise ImageBroken
    for kind, body in _webp_chunks(data, end):
        if kind in _WEBP_SIZES:
            sizes.add(_positive(*_WEBP_SIZES[kind](body)))
        else:
            beside.append(body)
        is_animated = is_animated or kind == b"ANMF" or (kind == b"VP8X" and bool(body[0] & _WEBP_HAS_ANIMATION))
    # An animation keeps its pictures inside ANMF; a still image declares one size, in one or two places.
    if len(sizes) != 1:
        raise ImageBroken
    return Container(MediaType.WEBP, *sizes.pop(), is_animated, beside=b"".join([*beside, data[end:]]))


def _webp_chunks(data: bytes, end: int) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    for _ in range(PARTS_MAX):
        if at >= end:
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            raise ImageBroken
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise ImageBroken


def _vp8x_size(body: bytes) -> tuple[int, int]:
    if len(body) < 10:
        raise ImageBroken
    return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")


def _vp8_size(body: bytes) -> tuple[int, int]:
    if body[3:6] != b"\x9d\x01\x2a" or len(body) < 10:
        raise ImageBroken
    # The two upper bits of each are a scaling hint (RFC 6386, section 9.1).
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _vp8l_size(body: bytes) -> tuple[int, int]:
    if body[:1] != b"\x2f" or len(body) < 5:
        raise ImageBroken
    packed = int.from_bytes(body[1:5], "little")
    return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)


def _positive(width_px: int, height_px: int) -> tuple[int, int]:
    if width_px < 1 or height_px < 1:
        raise ImageBroken
    return width_px, height_px


_WEBP_SIZES = {b"VP8X": _vp8x_size, b"VP8 ": _vp8_size, b"VP8L": _vp8l_size}
_WALKERS = {MediaType.JPEG: _walk_jpeg, MediaType.PNG: _walk_png, MediaType.WEBP: _walk_webp}
