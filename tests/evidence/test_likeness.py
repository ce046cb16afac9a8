"""Perceptual hashes."""

import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.evidence.rules.likeness import DISTANCE_MAX, bands_of, difference_hash, hamming
from tests.evidence.pictures import encoded, scene

hashes = st.integers(-(2**63), 2**63 - 1)


def sent_again(image: Image.Image, *, width: int, quality: int) -> Image.Image:
    smaller = image.resize((width, width * image.height // image.width))
    return Image.open(io.BytesIO(encoded(smaller, "JPEG", quality=quality)))


def test_the_same_picture_smaller_and_harder_compressed_is_near():
    for seed in range(20):
        image = scene(1_600, 1_200, seed=seed)
        again = sent_again(image, width=800, quality=40)

        assert hamming(difference_hash(image), difference_hash(again)) <= DISTANCE_MAX


def test_different_pictures_are_far_apart():
    marks = [difference_hash(scene(seed=seed)) for seed in range(30)]

    assert min(hamming(one, other) for at, one in enumerate(marks) for other in marks[:at]) > 3 * DISTANCE_MAX


def test_a_known_picture_has_the_hash_worked_out_by_hand():
    # Brightness rises from left to right in the upper half and falls in the lower: 32 ones, then 32 zeros.
    rising = [*range(0, 90, 10)]
    image = Image.new("L", (9, 8))
    image.putdata([*rising * 4, *rising[::-1] * 4])

    assert difference_hash(image) == 0xFFFFFFFF_00000000 - 2**64


def test_a_picture_without_contrast_has_no_bit_set():
    assert difference_hash(Image.new("RGB", (64, 48), (90, 120, 60))) == 0


@given(one=hashes, other=hashes, third=hashes)
def test_hamming_is_a_distance(one, other, third):
    assert hamming(one, one) == 0
    assert hamming(one, other) == hamming(other, one)
    assert (hamming(one, other) == 0) == (one == other)
    assert hamming(one, third) <= hamming(one, other) + hamming(other, third)


@given(one=hashes, flips=st.sets(st.integers(0, 63), max_size=DISTANCE_MAX))
def test_hashes_within_the_limit_share_a_band(one, flips):
    bits = one & (2**64 - 1)
    for at in flips:
        bits ^= 1 << at
    other = bits - 2**64 if bits >> 63 else bits

    assert hamming(one, other) == len(flips)
    assert any(a == b for a, b in zip(bands_of(one), bands_of(other), strict=True))


@given(one=hashes)
def test_bands_put_together_are_the_hash(one):
    first, second, third, fourth = bands_of(one)

    assert (first << 48 | second << 32 | third << 16 | fourth) == one & (2**64 - 1)
