"""Canonical JSON and the strict parser: one spelling for a value, and none for what two parsers could read differently."""

import hashlib
import json
import time
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.transparency import JsonRefused, canonical_json, parse_strictly
from tests.transparency import example

INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
# Hypothesis leaves halves of surrogate pairs out when it is told to make what UTF-8 can spell.
TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=30,
)


def nested(levels):
    value = "deep"
    for level in range(levels):
        value = [value] if level % 2 else {"inside": value}
    return value


@given(VALUES)
def test_spelling_is_the_one_of_an_independent_implementation(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_spelled_is_read_back_the_same(value):
    assert parse_strictly(canonical_json(value)) == value


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_other_spellings_of_the_same_value_come_back_to_the_one(value):
    spread = json.dumps(dict(reversed(value.items())), indent=2).encode()

    assert canonical_json(parse_strictly(spread)) == canonical_json(value)


def test_members_stand_in_the_order_of_utf_16_code_units():
    # RFC 8785, section 3.2.3. By code points the emoji would come last.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]

    spelled = canonical_json(dict.fromkeys(names, True))

    assert list(json.loads(spelled)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_strings_are_escaped_as_little_as_the_standard_says():
    # RFC 8785, section 3.2.2.2.
    assert canonical_json('€$\x0f\nA\'B"\\\\"/\x7f\u2028') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f\u2028"'.encode()


def test_an_enumeration_is_spelled_as_its_value():
    class Colour(StrEnum):
        RED = "red"

    assert canonical_json({Colour.RED: Colour.RED}) == b'{"red":"red"}'


def test_known_certificate_has_the_known_bytes():
    spelled = canonical_json(example.document())

    assert len(spelled) == example.CANONICAL_BYTES
    assert hashlib.sha256(spelled).hexdigest() == example.CANONICAL_SHA256


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"a":1,"a":1}', "a name stands twice"),
        (b'{"b":{"a":1,"\\u0061":2}}', "a name stands twice"),
        (b'{"a":1.0}', "a float"),
        (b'{"a":1e3}', "a float"),
        (b'{"a":-0.0}', "a float"),
        (b'{"a":-0}', "minus nothing"),
        (b'{"a":NaN}', "NaN is not JSON"),
        (b'{"a":-Infinity}', "-Infinity is not JSON"),
        (b'{"a":9007199254740992}', "beyond"),
        (b'{"a":-9007199254740992}', "beyond"),
        (b'{"a":"\\ud800"}', "half a surrogate pair"),
        (b'{"\\udc00":1}', "half a surrogate pair"),
        (b'{"a":"\\ude00\\ud83d"}', "half a surrogate pair"),
        (b'{"a":"\xed\xa0\x80"}', "not UTF-8"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b'\xef\xbb\xbf{"a":1}', "not JSON"),
        (b'{"a":1}x', "not JSON"),
        (b'{"a":1}{"a":1}', "not JSON"),
        (b'{"a":1}\x00', "not JSON"),
        (b'{"a":1,}', "not JSON"),
        (b'{"a":01}', "not JSON"),
        (b'{"a":"\n"}', "not JSON"),
        (b"", "not JSON"),
        (b"[1]", "not an object"),
        (b'"a"', "not an object"),
    ],
)
def test_text_that_could_be_read_otherwise_is_refused(text, reason):
    with pytest.raises(JsonRefused, match=reason):
        parse_strictly(text)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.0, "float"),
        (float("nan"), "float"),
        (2**53, "beyond"),
        (-(2**53), "beyond"),
        ("\ud800", "half a surrogate pair"),
        ({"\udfff": 1}, "half a surrogate pair"),
        ({1: 2}, "no text"),
        (b"bytes", "bytes"),
        ({"a": {1, 2}}, "set"),
    ],
)
def test_value_without_a_canonical_form_is_refused(value, reason):
    with pytest.raises(JsonRefused, match=reason):
        canonical_json(value)


def test_bounds_of_whole_numbers_belong_to_what_is_read():
    spelled = b'{"a":9007199254740991,"b":-9007199254740991}'

    assert canonical_json(parse_strictly(spelled)) == spelled


def test_32_levels_are_read_and_33_are_not():
    deepest = {"a": nested(31)}

    assert parse_strictly(json.dumps(deepest).encode()) == deepest
    for refused in (lambda: parse_strictly(json.dumps({"a": nested(32)}).encode()), lambda: canonical_json(nested(33))):
        with pytest.raises(JsonRefused, match="deeper than 32"):
            refused()


@pytest.mark.parametrize(
    "bomb",
    [
        b'{"a":' * 100_000,
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' + b"9" * 1_000_000 + b"}",
        b'{"a":-' + b"9" * 1_000_000 + b"}",
    ],
    ids=["objects", "arrays", "digits", "digits below zero"],
)
def test_bomb_is_refused_before_it_costs_anything(bomb):
    started = time.perf_counter()

    with pytest.raises(JsonRefused):
        parse_strictly(bomb)

    assert time.perf_counter() - started < 1
