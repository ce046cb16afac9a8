"""The public log: a Merkle tree of entries, whose operator signs its size and root.

Sources: C2SP tlog-proof, tlog-checkpoint and signed-note; RFC 6962, 2.1 (hashes) and RFC 9162, 2.1.3.2 (the walk up the tree).
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from verifier.answers import Refused
from verifier.canonical import canonical, instant, instant_text
from verifier.issuer import Issuer, is_signed

PROOF_VERSION = "c2sp.org/tlog-proof@v1"
ED25519 = b"\x01"
HASHES_MAX = 63
# Further apart than this, the date of a document was not the time at which it was logged.
MINUTES_APART_MAX = 10
NUMBER = re.compile(r"0|[1-9]\d{0,18}")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key of the log or a witness: `name+id+key`."""

    name: str
    key_id: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry stands at an index below a checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Logged:
    """What the log knows of a document."""

    index: int
    size: int
    at: datetime


def read_vkeys(text: str) -> list[VerifierKey]:
    """Return the Ed25519 keys that sign notes; keys of other kinds, such as a witness's, are passed over.

    Raises:
        Refused: a line is no key, or there is none.
    """
    keys = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        name, key_id, key = ([*line.split("+", 2), "", ""])[:3]
        raw = _base64(key)
        if not re.fullmatch("[0-9a-f]{8}", key_id) or not name or not raw:
            raise Refused("log.vkeys", f"no verifier key: {line[:80]}", "不是日志公钥")
        if raw[:1] == ED25519 and len(raw) == 33 and _key_id(name, raw) == bytes.fromhex(key_id):
            keys.append(VerifierKey(name, bytes.fromhex(key_id), raw[1:]))
    if not keys:
        raise Refused("log.vkeys", "no Ed25519 key of a log", "没有日志的 Ed25519 公钥")
    return keys


def check_logged(
    document: dict[str, Any], document_bytes: bytes, proof_text: str, issuer: Issuer, vkeys: list[VerifierKey]
) -> Logged:
    """Return where and when the log took in the issue of a document.

    The entry is made anew from the document, so that it need not be believed. Its time is the only thing the document does not
    tell; it must lie within ten minutes of the document's own, and those few hundred seconds are tried one after the other.

    Raises:
        Refused: the checkpoint is not the log's, or the entry is not below it.
    """
    proof = read_proof(proof_text)
    size, root = open_checkpoint(proof.checkpoint, f"{issuer.host}/log", vkeys)
    created = instant(document.get("validFrom"))
    for at in _nearest_first(created):
        leaf = sha256(b"\x00" + issue_entry(document_bytes, issuer.did, at)).digest()
        if root_above(leaf, proof.index, size, proof.hashes) == root:
            return Logged(proof.index, size, at)
    raise Refused(
        "log.other_entry",
        f"the proof is not of this document's issue within {MINUTES_APART_MAX} minutes of {instant_text(created)}",
        f"日志证明并不对应本文件在 {instant_text(created)} 前后 {MINUTES_APART_MAX} 分钟内的签发",
    )


def issue_entry(document_bytes: bytes, did: str, at: datetime) -> bytes:
    """Return the log's entry for the issue of a document at a time."""
    digest = base64.b64encode(sha256(document_bytes).digest()).decode()
    return canonical({"digest": f"sha256-{digest}", "issuer": did, "kind": "issue", "time": instant_text(at)})


def read_proof(text: str) -> Proof:
    """Return a proof of inclusion.

    Raises:
        Refused: it is malformed.
    """
    head, _, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if len(lines) > 1 and lines[1].startswith("extra "):
        del lines[1]  # Whatever it says, nobody signed it.
    index = lines[1].removeprefix("index ") if len(lines) > 1 and lines[1].startswith("index ") else ""
    hashes = tuple(_base64(line) for line in lines[2:])
    if lines[0] != PROOF_VERSION or not NUMBER.fullmatch(index) or any(len(each) != 32 for each in hashes):
        raise Refused("log.unreadable", "the log's proof cannot be read", "日志证明无法读取")
    if len(hashes) > HASHES_MAX:
        raise Refused("log.unreadable", "the log's proof is too long", "日志证明过长")
    return Proof(int(index), hashes, checkpoint)


def open_checkpoint(note: str, origin: str, vkeys: list[VerifierKey]) -> tuple[int, bytes]:
    """Return the size and the root that the log of this origin signed.

    Raises:
        Refused: it is malformed, of another log, or not signed by a key that was brought along.
    """
    text, found, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    root = _base64(lines[2]) if len(lines) > 3 else b""
    if not found or not NUMBER.fullmatch(lines[1] if len(lines) > 1 else "") or len(root) != 32:
        raise Refused("log.unreadable", "the log's checkpoint cannot be read", "日志检查点无法读取")
    if lines[0] != origin:
        raise Refused("log.other_log", f"the checkpoint is of another log: {lines[0][:80]}", "检查点属于另一个日志")
    known = [key for key in vkeys if key.name == origin]
    seen = [(key, signature) for key in known for signature in _signatures(signatures, key)]
    if not seen or not all(is_signed(key.key, signature, text.encode()) for key, signature in seen):
        raise Refused(
            "log.other_key",
            "the checkpoint is not signed by the log's key that you brought",
            "检查点并非由您所持的日志公钥签名",
        )
    return int(lines[1]), root


def root_above(leaf: bytes, index: int, size: int, hashes: tuple[bytes, ...]) -> bytes | None:
    """Return the root of a tree of `size` leaves that has this leaf hash at `index`, None if the path does not fit."""
    if not 0 <= index < size:
        return None
    node, last, reached = index, size - 1, leaf
    for sibling in hashes:
        if not last:
            return None
        if node % 2 or node == last:
            reached = _above(sibling, reached)
            while not node % 2 and node:
                node, last = node >> 1, last >> 1
        else:
            reached = _above(reached, sibling)
        node, last = node >> 1, last >> 1
    return None if last else reached


def _above(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _nearest_first(created: datetime) -> Iterator[datetime]:
    first, last = (end.replace(tzinfo=UTC) for end in (datetime.min, datetime.max))  # noqa: DTZ901 - it has one now.
    yield created
    for seconds in range(1, MINUTES_APART_MAX * 60 + 1):
        apart = timedelta(seconds=seconds)
        if last - created >= apart:
            yield created + apart
        if created - first >= apart:
            yield created - apart


def _signatures(lines: str, key: VerifierKey) -> Iterator[bytes]:
    for line in lines.split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, signature = rest.partition(" ")
        raw = _base64(signature)
        if (dash, name, raw[:4]) == ("\u2014", key.name, key.key_id):
            yield raw[4:]


def _key_id(name: str, typed_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + typed_key).digest()[:4]


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""
