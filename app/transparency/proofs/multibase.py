"""Multibase: base58btc for keys and signatures (`z`), base64url for status lists (`u`); and Multikey, a key in it."""

import base64
import re

from app.transparency.signer import PUBLIC_BYTES

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE_OF = {character: value for value, character in enumerate(_ALPHABET)}
# Reading base 58 takes quadratic time, and nothing here is longer than a signature.
_BASE58_MAX = 128
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
# The varint 0xed of the multicodec table: an Ed25519 public key follows.
_ED25519_PUBLIC = b"\xed\x01"


class MultibaseInvalid(ValueError):
    """The text is not the one spelling of any bytes."""


def base58btc(data: bytes) -> str:
    """Return bytes as multibase base58btc.

    >>> base58btc(b"\\x00\\x01")
    'z12'
    """
    number = int.from_bytes(data, "big")
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = _ALPHABET[digit] + digits
    zeros = len(data) - len(data.lstrip(b"\x00"))
    return "z" + "1" * zeros + digits


def parse_base58btc(text: str) -> bytes:
    """Return the bytes behind multibase base58btc.

    Raises:
        MultibaseInvalid: another base, a character outside the alphabet, more than 128 characters.
    """
    digits = text[1:]
    if not text.startswith("z") or len(digits) > _BASE58_MAX:
        raise MultibaseInvalid("not base58btc")
    number = 0
    for character in digits:
        if character not in _VALUE_OF:
            raise MultibaseInvalid("not base58btc")
        number = number * 58 + _VALUE_OF[character]
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\x00" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url(data: bytes) -> str:
    """Return bytes in the URL-safe alphabet without padding (RFC 4648, section 5); in multibase a `u` goes before it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def parse_base64url(text: str) -> bytes:
    """Return the bytes behind base64url without padding.

    Raises:
        MultibaseInvalid: padding, another alphabet, or bits left over that another text would spell too.
    """
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise MultibaseInvalid("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(data) != text:
        raise MultibaseInvalid("not base64url")
    return data


def multikey(public: bytes) -> str:
    """Return an Ed25519 public key as `publicKeyMultibase` of a Multikey; it begins with z6Mk."""
    return base58btc(_ED25519_PUBLIC + public)


def parse_multikey(text: str) -> bytes:
    """Return the 32 bytes of an Ed25519 public key.

    Raises:
        MultibaseInvalid: not base58btc, or a key of another kind.
    """
    data = parse_base58btc(text)
    if not data.startswith(_ED25519_PUBLIC) or len(data) != len(_ED25519_PUBLIC) + PUBLIC_BYTES:
        raise MultibaseInvalid("not an Ed25519 public key")
    return data.removeprefix(_ED25519_PUBLIC)
