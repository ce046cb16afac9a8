"""One photo in, one clean picture out: checked from outside, read, turned upright, encoded anew without metadata."""

import io
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256

from PIL import Image, ImageChops, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from app.evidence.errors import DecodingQueued, ImageBroken
from app.evidence.rules.containers import Container, MediaType, checked_container
from app.evidence.rules.exif import UNREADABLE, CameraNotes, camera_notes
from app.evidence.rules.likeness import difference_hash

# At the limit of 40 million pixels a JPEG or PNG takes about 270 MiB at its peak and a WebP, whose decoder keeps several
# copies, 610 MiB. Two at once keep two cores busy, and one WebP among them; the others wait here with 10 MiB at most, and
# not for ever, because each holds one of the threads that serve.
_turn = threading.BoundedSemaphore(2)
_webp_turn = threading.BoundedSemaphore(1)
TURN_S = 10

# Chosen by type, never guessed: guessing would also offer the bytes to forty other decoders, and reads a JPEG with a
# preview behind it as a film.
_READERS: dict[MediaType, Callable[[io.BytesIO], Image.Image]] = {
    MediaType.JPEG: JpegImagePlugin.JpegImageFile,
    MediaType.PNG: PngImagePlugin.PngImageFile,
    MediaType.WEBP: WebPImagePlugin.WebPImageFile,
}
# Quality 90 leaves bark and leaf edges as they were to the eye. Compression is chosen for speed: a clerk waits for it.
_ENCODING: dict[MediaType, dict[str, int | str]] = {
    MediaType.JPEG: {"format": "JPEG", "quality": 90},
    MediaType.PNG: {"format": "PNG", "compress_level": 3},
    MediaType.WEBP: {"format": "WEBP", "quality": 90, "method": 2},
}

# How the picture must be turned so that it stands upright, by Exif orientation (Exif 2.32, 4.6.4, tag 274).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PLAIN_MODES = frozenset({"L", "RGB"})
_LAYERED_MODES = frozenset({"LA", "RGBA"})
_WHITE = (255, 255, 255, 255)


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A picture as it is kept, and what was learnt from the original on the way."""

    media_type: MediaType
    content: bytes
    width_px: int
    height_px: int
    sha256: str
    original_sha256: str
    perceptual_hash: int
    notes: CameraNotes


def clean_image(original: bytes) -> CleanImage:
    """Return a photo without its metadata, upright, with its hashes and its camera's notes.

    The type stays what it was. Transparent parts become white. Colour profiles go too, so wide-gamut photos look a
    little paler.

    Raises:
        FileEmpty, MediaTypeNotSupported, ImageBroken, ImageAnimated, TooManyPixels, TooManyScans, ImageDisguised: as
            `checked_container` says; ImageBroken also when the pixels cannot be decoded.
        DecodingQueued: others are being decoded, and its turn did not come in time.
    """
    container = checked_container(original)
    with _turn_of(container.media_type):
        try:
            picture, notes = _read(original, container)
        except (*UNREADABLE, zlib.error) as error:
            raise ImageBroken from error
        perceptual_hash = difference_hash(picture)
        content = _encode(picture, container.media_type)
    return CleanImage(
        media_type=container.media_type,
        content=content,
        width_px=picture.width,
        height_px=picture.height,
        sha256=sha256(content).hexdigest(),
        original_sha256=sha256(original).hexdigest(),
        perceptual_hash=perceptual_hash,
        notes=notes,
    )


@contextmanager
def _turn_of(media_type: MediaType) -> Iterator[None]:
    with ExitStack() as held:
        for turn in (_webp_turn, _turn) if media_type is MediaType.WEBP else (_turn,):
            if not turn.acquire(timeout=TURN_S):
                raise DecodingQueued(retry_after_s=TURN_S)
            held.callback(turn.release)
        yield


def _read(original: bytes, container: Container) -> tuple[Image.Image, CameraNotes]:
    image = _READERS[container.media_type](io.BytesIO(original))
    if image.size != (container.width_px, container.height_px):
        # What was measured and what would be decoded are two things: the limit on pixels would mean nothing.
        raise ImageBroken
    notes = camera_notes(image)
    image.load()
    picture = _plain(image)
    turn = _UPRIGHT.get(notes.orientation)
    return (picture if turn is None else _in_bands(picture, turn=turn)), notes


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture in grey or in red, green and blue, which is all that the three encoders share."""
    if image.has_transparency_data:
        layered = image if image.mode in _LAYERED_MODES else _converted(image, "RGBA")
        layered.paste(_WHITE[: len(layered.getbands())], mask=ImageChops.invert(layered.getchannel("A")))
        return _in_bands(layered)
    if image.mode == "I;16":
        # The upper byte of each pixel: a plain conversion would cut 16 bits off at 255 instead of scaling them.
        return Image.frombytes("L", image.size, image.tobytes()[1::2])
    if image.mode in _PLAIN_MODES:
        return image
    return _converted(image, "L" if image.mode == "1" else "RGB")


def _converted(image: Image.Image, mode: str) -> Image.Image:
    converted = image.convert(mode)
    image.close()
    return converted


def _in_bands(image: Image.Image, *, turn: Image.Transpose | None = None) -> Image.Image:
    """Return the colours of a picture, turned, and give up the picture.

    Band by band, because the whole picture twice is what would take the most memory of all.
    """
    bands = [image.getchannel(name) for name in image.getbands() if name != "A"]
    image.close()
    if turn is not None:
        for at in range(len(bands)):
            bands[at] = bands[at].transpose(turn)
    return bands[0] if len(bands) == 1 else Image.merge("RGB", bands)


def _encode(picture: Image.Image, media_type: MediaType) -> bytes:
    # The encoders write profile, comment and Exif from here if they find any.
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, **_ENCODING[media_type])  # type: ignore[arg-type]  # The options differ by format.
    return out.getvalue()
