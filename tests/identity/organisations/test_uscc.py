"""The unified social credit code tells when it was written wrongly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.organisations.rules.uscc import ALPHABET, LENGTH, check_character, is_uscc, normal_uscc

# As these companies publish them on their pages: Alibaba (China), Tencent, Huawei.
PUBLISHED = ("91330100799655058B", "9144030071526726XG", "914403001922038216")

codes = st.builds(
    lambda head, tail: head + tail + check_character(head + tail),
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["11", "12", "51", "52", "53", "91", "92", "93", "Y1", "N2"]),
            st.sampled_from(["331102", "330000", "100000", "820000"]),
        ),
    ),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_codes(code):
    assert is_uscc(code)


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_found(code, place, other):
    wrong = code[:place] + other + code[place + 1 :]

    assert is_uscc(wrong) == (wrong == code)


@given(codes, st.integers(0, LENGTH - 2))
def test_any_swap_of_two_neighbours_is_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_uscc(swapped) == (swapped == code)


@given(codes)
def test_paper_spellings_are_forgiven(code):
    assert normal_uscc(f" {code[:8]}-{code[8:].lower()}\n") == code


@pytest.mark.parametrize(
    "first_17",
    [
        "01331102EXAMPLE01",  # no registration department
        "94331102EXAMPLE01",  # market regulation registers nothing of category 4
        "Y2331102EXAMPLE01",
        "91991102EXAMPLE01",  # no province
        "9133110AEXAMPLE01",  # a division has digits
    ],
)
def test_a_right_check_character_does_not_make_up_for_the_rest(first_17):
    assert not is_uscc(first_17 + check_character(first_17))


@pytest.mark.parametrize(
    "text",
    ["", "91331102EXAMPLE01", "91331102EXAMPLE01N1", "9133110IEXAMPLE01N", "91331102example01n", "９1331102EXAMPLE01N"],
)
def test_what_has_not_the_form_is_no_code(text):
    assert not is_uscc(text)
