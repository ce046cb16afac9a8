"""Status lists: bit 0 is the left-most, the same bits give the same text, and nothing that is too long is unpacked."""

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certificates.bitstring import ListUnreadable, encoded_list, set_bits
from app.certificates.rules import LIST_LENGTH
from tests.certificates import independent

INDEXES = st.sets(st.integers(0, LIST_LENGTH - 1), max_size=50)


def encoded(raw: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(raw)).rstrip(b"=").decode()


@given(INDEXES)
def test_a_list_says_just_the_bits_that_were_set(indexes):
    text = encoded_list(indexes)

    assert set_bits(text) == indexes
    assert encoded_list(sorted(indexes, reverse=True)) == text


def test_published_software_counts_from_the_left():
    listed = {"credentialSubject": {"encodedList": encoded_list([0, 9, LIST_LENGTH - 1])}}

    assert independent.bits_of(listed) == {0, 9, LIST_LENGTH - 1}
    raw = gzip.decompress(base64.urlsafe_b64decode(listed["credentialSubject"]["encodedList"][1:] + "=="))
    assert (raw[0], raw[1], raw[-1]) == (0b1000_0000, 0b0100_0000, 0b0000_0001)


def test_an_empty_list_is_short():
    assert len(encoded_list([])) < 100


@pytest.mark.parametrize("index", [-1, LIST_LENGTH])
def test_there_is_no_bit_beyond_the_list(index):
    with pytest.raises(IndexError):
        encoded_list([index])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z" + encoded_list([])[1:],
        "u",
        "u!!!",
        encoded_list([]) + "=",
        encoded_list([])[:-4],
        encoded(bytes(LIST_LENGTH // 8 - 1)),
        encoded(bytes(LIST_LENGTH // 8 + 1)),
        encoded(bytes(64 * 1024 * 1024)),
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes(LIST_LENGTH // 8)) + b"more").rstrip(b"=").decode(),
    ],
    ids=["nothing", "base58", "empty", "alphabet", "padded", "cut", "short", "long", "bomb", "more behind"],
)
def test_what_is_no_list_of_this_length_is_not_read(text):
    with pytest.raises(ListUnreadable):
        set_bits(text)
