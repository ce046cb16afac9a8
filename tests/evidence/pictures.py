"""Pictures for tests, drawn here: nobody's photo is in the repository."""

import io
import random
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image, PngImagePlugin

GPS_IFD, EXIF_IFD = 0x8825, 0x8769
# 28.4517 N, 119.9219 E: a hillside in Liandu.
LIANDU_GPS = {1: "N", 2: (28.0, 27.0, 6.12), 3: "E", 4: (119.0, 55.0, 18.84)}


def scene(width: int = 320, height: int = 240, *, seed: int = 1, mode: str = "RGB") -> Image.Image:
    """A soft landscape of random patches, different for each seed."""
    source = random.Random(seed)
    patches = Image.new("RGB", (12, 9))
    patches.putdata([tuple(source.randrange(256) for _ in range(3)) for _ in range(12 * 9)])
    return patches.resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def camera_exif(
    *,
    gps: dict[int, Any] | None = LIANDU_GPS,
    taken: str | None = "2026:03:12 09:30:00",
    offset: str | None = None,
    orientation: int | None = None,
) -> bytes:
    """Exif as a phone writes it."""
    exif = Image.Exif()
    exif[0x010F] = "A phone maker"
    if orientation is not None:
        exif[0x0112] = orientation
    if gps is not None:
        exif[GPS_IFD] = gps
    times = {}
    if taken is not None:
        times[0x9003] = taken
    if offset is not None:
        times[0x9011] = offset
    if times:
        exif[EXIF_IFD] = times
    return exif.tobytes()


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as bytes of a format that Pillow writes."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(*, seed: int = 1, **options: Any) -> bytes:
    """A JPEG photo."""
    return encoded(scene(seed=seed), "JPEG", **{"quality": 92, **options})


def png(*, seed: int = 1, **options: Any) -> bytes:
    """A PNG picture."""
    return encoded(scene(seed=seed), "PNG", **options)


def webp(*, seed: int = 1, **options: Any) -> bytes:
    """A WebP picture."""
    return encoded(scene(seed=seed), "WEBP", **options)


def png_with_texts(text: str) -> bytes:
    """A PNG with a comment."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text)
    return png(pnginfo=info)


@cache
def black_png(width: int, height: int, *, bands: int = 1, exif: bytes = b"") -> bytes:
    """A valid PNG of any size, packed row by row: 30,000 x 30,000 pixels take 4 MB, and 900 once unpacked."""
    row = b"\x00" * (width * bands + 1)
    packer = zlib.compressobj(1)
    packed = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[bands], 0, 0, 0)
    parts = [(b"IHDR", header), (b"eXIf", exif.removeprefix(b"Exif\x00\x00")), (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in parts if body or kind == b"IEND")


def chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
