"""Bitstring status lists (W3C Bitstring Status List 1.0): bit 0 is the left-most, gzip, base64url, multibase `u`."""

import gzip
import zlib
from collections.abc import Iterable

from app.certificates.rules import LIST_LENGTH
from app.transparency import base64url, parse_base64url

BYTES = LIST_LENGTH // 8
_GZIP = 16 + zlib.MAX_WBITS


class ListUnreadable(ValueError):
    """The text is no status list of this length."""


def encoded_list(indexes: Iterable[int]) -> str:
    """Return the list in which just these bits are set. The same bits always give the same text.

    Raises:
        IndexError: an index is beyond the list.
    """
    bits = bytearray(BYTES)
    for index in indexes:
        if not 0 <= index < LIST_LENGTH:
            raise IndexError(index)
        bits[index >> 3] |= 0x80 >> (index & 7)
    return "u" + base64url(gzip.compress(bytes(bits), compresslevel=9, mtime=0))


def set_bits(encoded: str) -> frozenset[int]:
    """Return the indexes of the bits that are set in a list.

    Raises:
        ListUnreadable: another base, not gzip, or not exactly as long as our lists; nothing longer is unpacked.
    """
    if not encoded.startswith("u"):
        raise ListUnreadable("not base64url")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        bits = unpacker.decompress(parse_base64url(encoded[1:]), BYTES + 1)
    except (ValueError, zlib.error) as error:
        raise ListUnreadable(str(error)) from None
    if len(bits) != BYTES or not unpacker.eof or unpacker.unused_data:
        raise ListUnreadable("another length")
    return frozenset(
        byte << 3 | place for byte, value in enumerate(bits) if value for place in range(8) if value & 0x80 >> place
    )
