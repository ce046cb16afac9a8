"""The issuer's signed list of revoked certificates (W3C Bitstring Status List 1.0)."""

import zlib
from datetime import datetime
from typing import Any

from verifier.answers import Refused
from verifier.canonical import CLOCKS_APART_MAX, base64url, instant, instant_text, read_strictly
from verifier.issuer import Issuer
from verifier.proof import check_proof

LIST_BYTES_MAX = 1_000_000
LIST_BITS_MIN = 131_072
GZIP = 16 + zlib.MAX_WBITS


def check_status(document: dict[str, Any], list_bytes: bytes, issuer: Issuer, at: datetime) -> datetime:
    """Return the time of a list that says: not revoked.

    Raises:
        Refused: the list is another one, by another issuer, does not speak for the time `at`, or says revoked.
    """
    entry, listed = document.get("credentialStatus"), read_strictly(list_bytes)
    subject = listed.get("credentialSubject")
    if not isinstance(entry, dict) or not isinstance(subject, dict) or not _is_its_list(entry, listed, subject, issuer):
        raise Refused("status.other_list", "the status list is not this certificate's", "状态列表不是本证书的列表")
    try:
        check_proof(listed, issuer)
    except Refused as refused:
        raise Refused(
            "status.signature",
            f"the status list is not the issuer's: {refused.en}",
            f"状态列表并非该机构所签：{refused.zh}",
        ) from refused
    made, ends = instant(listed.get("validFrom")), instant(listed.get("validUntil"))
    if made - at > CLOCKS_APART_MAX or at > ends:
        raise Refused(
            "status.stale",
            f"the status list speaks for {instant_text(made)} to {instant_text(ends)}, not for {instant_text(at)}: "
            "bring a newer one (--status), or ask about that time (--at)",
            f"状态列表只对 {instant_text(made)} 至 {instant_text(ends)} 有效：请用 --status 提供新列表，或用 --at 询问该时间",
        )
    if _bit(subject.get("encodedList"), entry.get("statusListIndex")):
        raise Refused("status.revoked", "the issuer has revoked this certificate", "签发机构已撤销本证书")
    return made


def _is_its_list(entry: dict[str, Any], listed: dict[str, Any], subject: dict[str, Any], issuer: Issuer) -> bool:
    address, by, types = entry.get("statusListCredential"), listed.get("issuer"), listed.get("type")
    return (
        isinstance(types, list)
        and "BitstringStatusListCredential" in types
        and (by["id"] if isinstance(by, dict) and "id" in by else by) == issuer.did
        and isinstance(address, str)
        and address.startswith(f"{issuer.address}/status/")
        and listed.get("id") == address
        and entry.get("statusPurpose") == subject.get("statusPurpose") == "revocation"
    )


def _bit(encoded: Any, index: Any) -> bool:
    """Return the bit at an index; bit 0 is the left-most of the first byte.

    Raises:
        Refused: the list or the index is malformed.
    """
    unpacker = zlib.decompressobj(GZIP)
    try:
        if not isinstance(encoded, str) or not encoded.startswith("u"):
            raise ValueError("not multibase base64url")
        bits = unpacker.decompress(base64url(encoded[1:]), LIST_BYTES_MAX)
        number = int(index) if isinstance(index, str) and index.isascii() and index.isdigit() else -1
        if unpacker.unconsumed_tail or not unpacker.eof or len(bits) * 8 < LIST_BITS_MIN or number < 0:
            raise ValueError("malformed")
        return bool(bits[number // 8] >> (7 - number % 8) & 1)
    except (ValueError, IndexError, zlib.error, Refused) as error:
        raise Refused("status.unreadable", "the status list cannot be read", "状态列表无法读取") from error
