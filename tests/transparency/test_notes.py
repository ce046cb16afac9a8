"""Signed notes: the published example verifies, ours verify, and nothing that was bent does."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.transparency.log.notes import Head, NoteInvalid, Verifier, read_checkpoint, read_note, signed_note

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
LOG = Verifier("carbon.example.cn/log", KEY.public_key().public_bytes_raw())
WITNESS = Verifier("forestry.example.cn/witness", OTHER.public_key().public_bytes_raw())
HEAD = Head("carbon.example.cn/log", 7, bytes(range(100, 132)))

# From the documentation of golang.org/x/mod/sumdb/note, whose note package defined the format.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def verifier_of(vkey: str) -> Verifier:
    name, _, key = vkey.split("+", 2)
    return Verifier(name, base64.b64decode(key)[1:])


def note() -> str:
    return signed_note(HEAD.text(), LOG, KEY.sign)


def with_witness(text: str) -> str:
    body = text.partition("\n\n")[0] + "\n"
    return text + signed_note(body, WITNESS, OTHER.sign).rpartition("\n\n")[2]


def test_the_published_example_verifies_and_its_key_prints_as_published():
    peter = verifier_of(PETER)

    text, signers = read_note(PETER_NOTE, [peter])

    assert text.startswith("If you think")
    assert signers == [peter]
    assert peter.vkey == PETER


def test_a_checkpoint_is_three_lines_and_a_signature_line():
    lines = note().split("\n")

    assert lines[:4] == ["carbon.example.cn/log", "7", base64.b64encode(HEAD.root).decode(), ""]
    assert lines[4].startswith("— carbon.example.cn/log ")
    assert lines[5:] == [""]
    assert base64.b64decode(lines[4].split(" ")[2])[:4] == LOG.key_id
    assert read_checkpoint(note(), [LOG]) == HEAD


def test_signatures_of_strangers_are_passed_over():
    both = with_witness(note())

    assert read_checkpoint(both, [LOG]) == HEAD
    assert read_note(both, [LOG, WITNESS])[1] == [LOG, WITNESS]


def test_a_known_key_with_a_wrong_signature_spoils_the_note():
    both = with_witness(note())
    line = both.splitlines()[-1]
    raw = bytearray(base64.b64decode(line.split(" ")[2]))
    raw[-1] ^= 1
    bent = both.replace(line.split(" ")[2], base64.b64encode(raw).decode())

    assert read_checkpoint(bent, [LOG]) == HEAD
    with pytest.raises(NoteInvalid, match="does not verify"):
        read_note(bent, [LOG, WITNESS])


@pytest.mark.parametrize(
    ("bend", "reason"),
    [
        (lambda text: text.replace("\n7\n", "\n8\n"), "does not verify"),
        (lambda text: text.replace("carbon.example.cn/log\n7", "carbon.example.org/log\n7"), "does not verify"),
        (lambda text: text.replace("— carbon.example.cn/log", "— carbon.example.cn/logs"), "no known key"),
        (lambda text: text.replace("— ", "- "), "a dash"),
        (lambda text: text[:-1], "a note is"),
        (lambda text: text.replace("\n\n", "\n"), "a note is"),
        (lambda text: text.replace("cn", "cn\t", 1), "a note is"),
        (lambda text: text + "\n", "a note is|a dash"),
        (lambda text: text.rpartition(" ")[0] + " AAAA\n", "a key id"),
        (lambda text: text.rpartition(" ")[0] + " %%%%\n", "not base64"),
        (lambda text: text + "— x AAAAAAA=\n" * 64, "64 signatures at most"),
    ],
)
def test_a_bent_note_is_refused(bend, reason):
    with pytest.raises(NoteInvalid, match=reason):
        read_checkpoint(bend(note()), [LOG])


def test_another_key_of_the_same_name_is_no_known_key():
    with pytest.raises(NoteInvalid, match="no known key"):
        read_checkpoint(note(), [Verifier(LOG.name, WITNESS.public)])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("carbon.example.cn/log\n07\n" + "A" * 43 + "=\n", "origin, size and root"),
        ("carbon.example.cn/log\n" + "9" * 20 + "\n" + "A" * 43 + "=\n", "origin, size and root"),
        ("carbon.example.cn/log\n7\n", "origin, size and root"),
        ("carbon.example.cn/log\n7\nAAAA\n", "32 bytes"),
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text, reason):
    with pytest.raises(NoteInvalid, match=reason):
        read_checkpoint(signed_note(text, LOG, KEY.sign), [LOG])


def test_a_signature_that_is_not_the_keys_own_never_leaves():
    with pytest.raises(NoteInvalid, match="just signed does not verify"):
        signed_note(HEAD.text(), LOG, OTHER.sign)


@pytest.mark.parametrize("text", ["no newline", "a\x07b\n", "a\r\n"])
def test_what_cannot_be_a_note_is_not_signed(text):
    with pytest.raises(NoteInvalid, match="ends in a newline"):
        signed_note(text, LOG, KEY.sign)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b"])
def test_a_name_that_cannot_be_read_back_is_no_keys(name):
    with pytest.raises(NoteInvalid, match="no spaces and no plus"):
        signed_note(HEAD.text(), Verifier(name, LOG.public), KEY.sign)
