"""Pictures for the demo: a hillside with saplings, drawn, no two alike."""

import io
import math
import random
from datetime import datetime

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

from app.foundation.data import clock

WIDTH, HEIGHT = 1200, 900


def hillside(
    seed: int, *, taken_at: datetime | None = None, lat: float | None = None, lon: float | None = None
) -> bytes:
    """Return a JPEG; with `taken_at`, `lat` and `lon` (WGS-84) a camera's EXIF stands in it."""
    dice = random.Random(seed)  # noqa: S311  # nosec B311 - a picture, not a secret
    image = Image.new("RGB", (WIDTH, HEIGHT), (dice.randint(180, 230), dice.randint(200, 235), dice.randint(215, 245)))
    draw = ImageDraw.Draw(image)
    for layer in range(4):
        base, swing, phase = 300 + layer * 140, dice.randint(25, 80), dice.uniform(0, 6)
        green = (40 + layer * 18, 95 + layer * 22 + dice.randint(-8, 8), 60 + layer * 8)
        ridge = [(x, base + swing * math.sin(phase + x / dice.uniform(150, 220))) for x in range(0, WIDTH + 1, 40)]
        draw.polygon([(0, HEIGHT), *ridge, (WIDTH, HEIGHT)], fill=green)
    for _ in range(5):
        x, y, size = dice.randint(80, WIDTH - 80), dice.randint(560, HEIGHT - 60), dice.randint(36, 78)
        draw.line([(x, y), (x, y - size * 2)], fill=(96, 66, 38), width=8)
        draw.ellipse([x - size, y - size * 3, x + size, y - size], fill=(38, dice.randint(90, 140), 52))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, exif=_exif(taken_at, lat, lon))
    return out.getvalue()


def _exif(taken_at: datetime | None, lat: float | None, lon: float | None) -> Image.Exif:
    exif = Image.Exif()
    if taken_at is not None and lat is not None and lon is not None:
        local = taken_at.astimezone(clock.CITY_ZONE).strftime("%Y:%m:%d %H:%M:%S")
        exif[Base.Make] = "Demo"
        exif.get_ifd(IFD.Exif).update({Base.DateTimeOriginal: local, Base.OffsetTimeOriginal: "+08:00"})
        exif.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N",
                GPS.GPSLatitude: _degrees(lat),
                GPS.GPSLongitudeRef: "E",
                GPS.GPSLongitude: _degrees(lon),
            }
        )
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value % 1) * 60
    return float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 4)
