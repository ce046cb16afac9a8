"""What is taken in, what is refused, and what is kept of a photo."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.evidence.errors import (
    FileEmpty,
    ImageAnimated,
    ImageBroken,
    ImageDisguised,
    MediaTypeNotSupported,
    TooManyPixels,
    TooManyScans,
)
from app.evidence.rules.containers import PIXELS_MAX, SCANS_MAX, MediaType, checked_container
from app.evidence.rules.images import clean_image
from app.foundation.http import DomainError
from tests.evidence.pictures import (
    black_png,
    camera_exif,
    chunk,
    encoded,
    jpeg,
    png,
    png_with_texts,
    scene,
    webp,
)

MIB = 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {
    MediaType.JPEG: jpeg(exif=camera_exif()),
    MediaType.PNG: png(exif=camera_exif()),
    MediaType.WEBP: webp(exif=camera_exif()),
}


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("media_type", list(MediaType))
def test_each_kind_is_kept_in_its_kind_and_size(media_type):
    clean = clean_image(SAMPLES[media_type])

    assert clean.media_type is media_type
    assert (clean.width_px, clean.height_px) == (320, 240)
    kept = opened(clean.content)
    assert (Image.MIME[kept.format], kept.size) == (media_type.value, (320, 240))


@pytest.mark.parametrize(
    "original",
    [
        jpeg(
            exif=camera_exif(),
            comment=b"under the old camphor",
            icc_profile=b"P" * 500,
            xmp=b"<x:xmpmeta>home</x:xmpmeta>",
        ),
        png(exif=camera_exif(), icc_profile=b"P" * 500),
        png_with_texts("under the old camphor"),
        webp(exif=camera_exif(), xmp=b"<x:xmpmeta>home</x:xmpmeta>", icc_profile=b"P" * 500),
    ],
    ids=["jpeg", "png", "png text", "webp"],
)
def test_no_note_of_the_camera_or_its_owner_is_in_the_kept_image(original):
    kept = opened(clean_image(original).content)

    assert dict(kept.getexif()) == {}
    assert not kept.info.keys() & {"exif", "xmp", "icc_profile", "comment", "Comment", "XML:com.adobe.xmp", "dpi"}
    for canary in (b"phone maker", b"camphor", b"xmpmeta", b"PPPP"):
        assert canary not in clean_image(original).content


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_taken_with_the_phone_turned_is_kept_upright(orientation):
    upright = scene(320, 240)
    turned = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    as_stored = upright if turned is None else upright.transpose(turned)

    clean = clean_image(encoded(as_stored, "PNG", exif=camera_exif(orientation=orientation)))

    assert opened(clean.content).tobytes() == upright.tobytes()
    assert (clean.width_px, clean.height_px) == (320, 240)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_pixel_is_understood(mode):
    image = Image.new("I;16", (40, 30), 0x8000) if mode == "I;16" else scene(40, 30, mode=mode)

    kept = opened(clean_image(encoded(image, "PNG")).content)

    assert kept.size == (40, 30)
    assert kept.mode in {"L", "RGB"}
    if mode == "I;16":
        assert kept.getpixel((0, 0)) == 0x80


@pytest.mark.parametrize(
    ("options", "first_part"), [({}, b"VP8 "), ({"lossless": True}, b"VP8L"), ({"exif": camera_exif()}, b"VP8X")]
)
def test_every_way_of_writing_webp_tells_its_size(options, first_part):
    content = webp(**options)

    assert content[12:16] == first_part
    assert (checked_container(content).width_px, checked_container(content).height_px) == (320, 240)


def test_a_cmyk_jpeg_is_understood():
    assert opened(clean_image(encoded(scene(mode="CMYK"), "JPEG")).content).mode == "RGB"


def test_what_is_hidden_under_transparent_pixels_is_gone():
    hidden = Image.new("RGBA", (20, 20), (200, 10, 10, 0))

    assert opened(clean_image(encoded(hidden, "PNG")).content).getcolors() == [(400, (255, 255, 255))]


def test_hashes_tell_the_stored_from_the_sent_bytes():
    original = SAMPLES[MediaType.JPEG]

    once, again = clean_image(original), clean_image(original)

    assert once == again
    assert once.sha256 != once.original_sha256


def test_a_photo_with_a_second_picture_or_a_clip_behind_it_is_taken_without_them():
    # Phones append a preview, a gain map or a film; none of it is evidence.
    film = b"\x00\x00\x00\x18ftypmp42" + b"film" * 1_000
    two_pictures = encoded(scene(seed=1), "MPO", save_all=True, append_images=[scene(seed=2)])

    assert b"film" not in clean_image(jpeg() + film).content
    assert clean_image(two_pictures).media_type is MediaType.JPEG


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileEmpty),
        (b"\xff\xd8\xff", ImageBroken),
        (b"\x89PNG\r\n\x1a\n", ImageBroken),
        (b"RIFF\x00\x00\x00\x00WEBP", ImageBroken),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', MediaTypeNotSupported),
        (b"<?xml version='1.0'?><svg/>", MediaTypeNotSupported),
        (b"%PDF-1.7\n" + SAMPLES[MediaType.JPEG], MediaTypeNotSupported),
        (encoded(scene(), "GIF"), MediaTypeNotSupported),
        (encoded(scene(), "TIFF"), MediaTypeNotSupported),
        (encoded(scene(), "BMP"), MediaTypeNotSupported),
        (b"MZ" + b"\x00" * 100, MediaTypeNotSupported),
        (encoded(scene(seed=1), "PNG", save_all=True, append_images=[scene(seed=2)]), ImageAnimated),
        (encoded(scene(seed=1), "WEBP", save_all=True, append_images=[scene(seed=2)]), ImageAnimated),
    ],
)  # fmt: skip
def test_what_is_no_still_photo_is_refused_by_name(content, error):
    with pytest.raises(error):
        clean_image(content)


@pytest.mark.parametrize("media_type", list(MediaType))
@pytest.mark.parametrize("kept_share", [0.1, 0.5, 0.9, 0.999])
def test_a_photo_whose_upload_broke_off_is_refused(media_type, kept_share):
    whole = SAMPLES[media_type]

    # Known from the outside already: nothing of it is decoded.
    with pytest.raises(ImageBroken):
        checked_container(whole[: int(len(whole) * kept_share)])


def archive_behind(picture: bytes) -> bytes:
    file = io.BytesIO(picture)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("payload.class", "hello")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        archive_behind(jpeg()),
        archive_behind(png()),
        jpeg(comment=b"%PDF-1.4 hello"),
        jpeg(comment=b"<script>alert(document.domain)</script>"),
        jpeg() + b"<!DOCTYPE html><p>hello",
        png_with_texts("<?php system($_GET['c']); ?>"),
        png() + b"<HTML ><body onload=alert(1)>",
        webp(xmp=b"<html><script src=//x></script>"),
    ],
    ids=["jar in jpeg", "zip in png", "pdf", "comment", "page behind", "php in png", "page behind png", "xmp"],
)
def test_a_photo_that_is_also_something_else_is_refused(content):
    Image.open(io.BytesIO(content)).load()  # It does pass for a picture.

    with pytest.raises(ImageDisguised):
        clean_image(content)


def test_a_bomb_is_refused_from_its_header_without_being_unpacked():
    bomb = black_png(30_000, 30_000)
    assert len(bomb) < 10 * MIB
    before = psutil.Process().memory_info().rss

    with pytest.raises(TooManyPixels) as refusal:
        clean_image(bomb)

    assert refusal.value.params == {"width_px": 30_000, "height_px": 30_000, "pixels_max": 40_000_000}
    # Not the 300 MiB that SECURITY C1 allows: nothing of it is decoded at all.
    assert psutil.Process().memory_info().rss - before < 8 * MIB


PEAK_OF_ONE_PHOTO = """
import resource, sys
from pathlib import Path
from app.evidence.rules.images import clean_image
photo = Path(sys.argv[1]).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert clean_image(photo).width_px == 5_000
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("bands", [3, 4])
def test_the_largest_photo_allowed_takes_less_than_300_mebibytes_turned_too(tmp_path, bands):
    photo = tmp_path / "photo"
    photo.write_bytes(black_png(8_000, 5_000, bands=bands, exif=camera_exif(orientation=6)))

    # A process of its own, because a peak is known only for the whole life of one.
    command = [sys.executable, "-c", PEAK_OF_ONE_PHOTO, str(photo)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    assert int(done.stdout) < 300 * 1024


@pytest.mark.parametrize(
    "container",
    [
        b"\xff\xd8\xff\xc0\x00\x11\x08\x75\x30\x75\x30\x03" + b"\x01\x11\x00" * 3 + b"\xff\xd9",
        b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xff\x3f\x00\xff\x3f\x00",
        b"RIFF\x11\x00\x00\x00WEBPVP8L\x05\x00\x00\x00\x2f\xff\xff\xff\x0f",
    ],
    ids=["jpeg", "webp extended", "webp lossless"],
)
def test_the_pixel_limit_is_read_from_every_kind_of_header(container):
    with pytest.raises(TooManyPixels):
        checked_container(container)


@pytest.mark.parametrize(
    ("scan_count", "side_px", "is_taken"),
    [(SCANS_MAX, 256, True), (SCANS_MAX + 1, 256, False), (15, 6_320, True), (16, 6_320, False)],
)
def test_a_jpeg_of_more_steps_than_any_camera_takes_is_refused(scan_count, side_px, is_taken):
    size = side_px.to_bytes(2, "big")
    frame = b"\xff\xc2\x00\x0b\x08" + size + size + b"\x01\x01\x11\x00"
    content = b"\xff\xd8" + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x00\x00\x00" * scan_count + b"\xff\xd9"

    if is_taken:
        assert checked_container(content).width_px == side_px
    else:
        with pytest.raises(TooManyScans):
            checked_container(content)


def test_a_progressive_jpeg_is_taken():
    assert clean_image(jpeg(progressive=True)).width_px == 320


def test_the_pixel_limit_holds_on_both_sides():
    def header_of(width: int, height: int) -> bytes:
        size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + b"\x08\x00\x00\x00\x00") + chunk(b"IEND", b"")

    assert checked_container(header_of(8_000, 5_000)).width_px * 5_000 == PIXELS_MAX
    with pytest.raises(TooManyPixels):
        checked_container(header_of(8_000, 5_001))


def test_a_png_whose_second_header_is_larger_than_its_first_is_refused():
    start, end = png()[:33], png()[33:]
    larger = chunk(b"IHDR", (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00")

    with pytest.raises(ImageBroken):
        clean_image(start + larger + end)


def test_a_webp_that_declares_one_size_and_holds_another_is_refused():
    declared = b"VP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x0f\x00\x00"
    content = declared + webp()[12:]

    with pytest.raises(ImageBroken):
        checked_container(b"RIFF" + (4 + len(content)).to_bytes(4, "little") + b"WEBP" + content)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_photo_is_cleaned_or_refused_and_nothing_else(data):
    whole = bytearray(SAMPLES[data.draw(st.sampled_from(MediaType))])
    for at in data.draw(st.lists(st.integers(0, min(len(whole), 1_500) - 1), min_size=1, max_size=8)):
        whole[at] = data.draw(st.integers(0, 255))

    try:
        clean = clean_image(bytes(whole))
    except (ImageBroken, ImageAnimated, ImageDisguised, MediaTypeNotSupported, TooManyPixels, TooManyScans):
        return
    assert opened(clean.content).size == (clean.width_px, clean.height_px)


@given(
    data=st.binary(max_size=200),
    start=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\x00\x00\x00WEBP"]),
)
def test_noise_behind_a_true_beginning_is_refused(data, start):
    with pytest.raises(DomainError):
        clean_image(start + data)
