"""Whether two photos show the same picture: a 64-bit difference hash and the number of bits in which two differ."""

from PIL import Image

BITS = 64
BAND_COUNT = 4
BAND_BITS = BITS // BAND_COUNT
# Four bands, three changed bits: one band at least is unchanged, so a look-up by equal bands misses nothing.
DISTANCE_MAX = BAND_COUNT - 1

_SIGN = 1 << (BITS - 1)
_ALL = (1 << BITS) - 1
_COLUMNS, _ROWS = 8, 8


def difference_hash(image: Image.Image) -> int:
    """Return which of 64 spots of a picture are darker than their right neighbour, as a signed 64-bit integer.

    It survives scaling and renewed compression, not cropping, turning or mirroring. A picture without contrast hashes
    to 0 or to noise, so equal hashes ask for a look and prove nothing. Signed, because BIGINT is.

    Source: dHash, Krawetz, "Kind of Like That", hackerfactor.com, 2013-01-21.
    """
    # The mean over each spot, before the colours go: it reads the large picture once and makes no large copy of it.
    grey = image.resize((_COLUMNS + 1, _ROWS), Image.Resampling.BOX).convert("L").tobytes()
    bits = 0
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            at = row * (_COLUMNS + 1) + column
            bits = bits << 1 | (grey[at] < grey[at + 1])
    return bits - (1 << BITS) if bits & _SIGN else bits


def hamming(one: int, other: int) -> int:
    """Return in how many of 64 bits two hashes differ.

    >>> hamming(-1, 0)
    64
    """
    return ((one ^ other) & _ALL).bit_count()


def bands_of(perceptual_hash: int) -> tuple[int, int, int, int]:
    """Return the four 16-bit parts of a hash, highest first.

    >>> bands_of(-1)
    (65535, 65535, 65535, 65535)
    """
    bits = perceptual_hash & _ALL
    mask = (1 << BAND_BITS) - 1
    return bits >> 48, bits >> 32 & mask, bits >> 16 & mask, bits & mask
