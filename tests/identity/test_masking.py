"""Names and numbers that strangers see tell a surname and four digits, no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity import masked_name, masked_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小明", "张**"),
        ("欧阳修", "欧阳*"),
        ("张王小明", "张**"),  # Two stars at most.
        ("司馬相如", "司馬**"),
        ("欧阳", "欧*"),  # Two characters: a plain surname and a given name.
        ("东方朔", "东方*"),
        ("张", "*"),
        ("𠮷田", "𠮷*"),
        ("阿迪力·吐尔逊", "阿***·吐***"),
        ("John Smith", "J*** S***"),
        ("  John   Smith ", "J*** S***"),
        ("Zoë", "Z***"),
        ("Åsa", "Å***"),
        ("x̌y", "x̌***"),
        ("Q", "*"),
        ("小林Bob", "小***"),
        ("", ""),
        ("   ", ""),
        (None, ""),
    ],
)
def test_a_masked_name_keeps_the_surname_or_first_letters(name, shown):
    assert masked_name(name) == shown


@given(name=st.text(min_size=2, max_size=40))
def test_a_masked_name_shows_at_most_the_first_letter_of_each_part_or_a_compound_surname(name):
    shown = masked_name(name)

    letters = [character for character in shown if character.isalnum()]
    parts = max(1, len(name.split()), *(name.count(dot) + 1 for dot in "·•・‧"))
    assert len(letters) <= max(2, parts)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+8613812341234", "138****1234"),
        ("+85251234567", "+85****67"),
        ("+1234567", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_masked_number_hides_the_middle(phone, shown):
    assert masked_phone(phone) == shown
