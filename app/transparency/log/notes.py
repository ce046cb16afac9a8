"""Signed notes and checkpoints as C2SP defines them (signed-note, tlog-checkpoint), Ed25519, signature type 1.

Pure text and arithmetic; the private key is behind `sign`, which whoever calls has.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"  # Signature type of plain Ed25519 signatures; cosignatures of witnesses are type 4.
SIGNATURES_MAX = 64
_DASH = "\u2014 "
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteInvalid(Exception):
    """The text is no signed note, or no known key has signed it; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under the name that stands in its signature lines."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name, 0x0A, type, public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key in one line: `name+key id in hex+base64 of type and key`, as Go's note package reads and prints it."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(ED25519 + self.public)}"

    def verifies(self, text: str, signature: bytes) -> bool:
        """Return whether the signature is this key's over the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: whose log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def signed_note(text: str, verifier: Verifier, sign: Callable[[bytes], bytes]) -> str:
    """Return a text with the one signature line of its key.

    Raises:
        NoteInvalid: the text cannot be a note, the name cannot be a key's, or the signature is not the key's own: it is
            checked before anybody sees it.
    """
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise NoteInvalid("the text of a note ends in a newline and has no other control characters")
    if not _NAME.fullmatch(verifier.name):
        raise NoteInvalid("the name of a key has no spaces and no plus")
    signature = sign(text.encode())
    if not verifier.verifies(text, signature):
        raise NoteInvalid(f"what the key of {verifier.name} has just signed does not verify")
    return f"{text}\n{_DASH}{verifier.name} {_base64(verifier.key_id + signature)}\n"


def read_note(note: str, verifiers: Iterable[Verifier]) -> tuple[str, list[Verifier]]:
    """Return the text of a signed note and which of the known keys have signed it, at least one.

    Signatures of unknown keys are passed over, as the standard demands: that is how keys are changed and witnesses added.

    Raises:
        NoteInvalid: not a note, no known key has signed, or a known key's signature is wrong.
    """
    head, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n") or any(each < " " and each != "\n" for each in note):
        raise NoteInvalid("a note is a text, an empty line and signatures")
    text, known = head + "\n", {(each.name, each.key_id): each for each in verifiers}
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise NoteInvalid(f"a note has {SIGNATURES_MAX} signatures at most here")
    found = []
    for line in lines:
        name, key_id, signature = _signature(line)
        verifier = known.get((name, key_id))
        if verifier is None or verifier in found:
            continue
        if not verifier.verifies(text, signature):
            raise NoteInvalid(f"the signature of {name} does not verify")
        found.append(verifier)
    if not found:
        raise NoteInvalid("no known key has signed this note")
    return text, found


def read_checkpoint(note: str, verifiers: Iterable[Verifier]) -> Head:
    """Return what a checkpoint says, once a known key's signature is verified.

    Raises:
        NoteInvalid: as `read_note`, or the text is not a checkpoint's.
    """
    text, _ = read_note(note, verifiers)
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NoteInvalid("a checkpoint is origin, size and root")
    root = _bytes_of(lines[2])
    if len(root) != hashlib.sha256().digest_size:
        raise NoteInvalid("the root of a checkpoint has 32 bytes")
    return Head(lines[0], int(lines[1]), root)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, separator, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not separator or not _NAME.fullmatch(name):
        raise NoteInvalid("a signature line is a dash, a name and base64")
    raw = _bytes_of(encoded)
    if len(raw) < 5:
        raise NoteInvalid("a signature has a key id and at least a byte")
    return name, raw[:4], raw[4:]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes_of(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteInvalid("not base64") from None
