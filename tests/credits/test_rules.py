"""Which serials go first, what kilograms cost, and how a serial is spelled."""

from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.credits.rules import (
    BeneficiaryKind,
    Block,
    SerialRange,
    SerialsOutOfStep,
    is_boundary_cell,
    joined,
    kg_for,
    parse_serial,
    price_fen,
    printed_serial,
    shown_name,
    take_lowest,
)
from tests.credits.people import CELL

BLOCKS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5)), min_size=1, max_size=8)


def blocks_from(lengths_and_gaps):
    blocks, first = [], 1
    for length, gap in lengths_and_gaps:
        blocks.append(Block(SerialRange(first, first + length - 1), uuid4()))
        first += length + gap
    return blocks


def numbers(ranges):
    return [number for each in ranges for number in range(each.first, each.last + 1)]


@given(parts=BLOCKS, data=st.data())
def test_exactly_the_lowest_serials_go_each_out_of_its_own_block(parts, data):
    blocks = blocks_from(parts)
    held = numbers(block.range for block in blocks)
    kg = data.draw(st.integers(1, len(held)))

    takes = take_lowest(blocks, kg)

    assert numbers(take.range for take in takes) == held[:kg]
    assert all(set(numbers([take.range])) <= set(numbers([take.block.range])) for take in takes)


@given(parts=BLOCKS)
def test_taking_more_than_the_blocks_hold_never_passes_quietly(parts):
    blocks = blocks_from(parts)

    with pytest.raises(SerialsOutOfStep):
        take_lowest(blocks, sum(block.range.kg for block in blocks) + 1)


@given(parts=BLOCKS)
def test_joining_ranges_loses_and_invents_no_serial(parts):
    ranges = [block.range for block in blocks_from(parts)]

    whole = joined(reversed(ranges))

    assert numbers(whole) == numbers(ranges)
    assert all(later.first > former.last + 1 for former, later in pairwise(whole))


@given(kg=st.integers(1, 10**9), price=st.integers(1, 10**8))
def test_kilograms_cost_their_share_of_a_tonne_and_never_a_whole_fen_more(kg, price):
    fen = price_fen(kg, price_fen_per_t=price)

    assert (fen - 1) * 1_000 < kg * price <= fen * 1_000


@given(amount=st.integers(0, 10**11), price=st.integers(1, 10**8))
def test_amount_buys_as_much_as_it_pays_for_and_one_kilogram_more_would_be_too_dear(amount, price):
    kg = kg_for(amount, price_fen_per_t=price)

    assert price_fen(kg, price_fen_per_t=price) <= amount < price_fen(kg + 1, price_fen_per_t=price)


@given(number=st.integers(1, 2**53 - 1))
def test_printed_serial_is_read_back(number):
    assert parse_serial(printed_serial("LS33-F-0007-2024B", number)) == ("LS33-F-0007-2024B", number)


@pytest.mark.parametrize(
    "text",
    [
        "LS33-F-0007-2024",
        "LS33-F-0007-2024-0",
        "LS33-F-0007-2024-007",
        "LS33-F-0007-2024--7",
        "ls33-f-0007-2024-7",
        "LS33-F-0007-2024-7 ",
        "LS33-F-0007-2024-٧",
        "LS33-F-0007-2024-9007199254740992",
        "LS33-F-0007-2024-99999999999999999999",
        "7",
        "",
    ],
)
def test_serial_has_one_spelling(text):
    assert parse_serial(text) is None


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        (BeneficiaryKind.RESIDENT, "张小明", "张**"),
        (BeneficiaryKind.HOUSEHOLD, "欧阳修", "欧阳*"),
        (BeneficiaryKind.ORGANISATION, "示例体育发展有限公司", "示例体育发展有限公司"),
        (BeneficiaryKind.AGENCY, "莲都区林业局", "莲都区林业局"),
        (BeneficiaryKind.RESIDENT, None, None),
    ],
)
def test_people_and_families_are_masked_and_offices_are_not(kind, name, shown):
    assert shown_name(kind, name) == shown


@pytest.mark.parametrize(
    "cell",
    [CELL[:-1], CELL.upper(), "8b41948b0b08fff", "8541948bfffffff", "8a41948b0b0fff0", "8a4194ffffff0ff", "zz", ""],
)
def test_boundary_takes_no_cell_of_another_size_or_spelling(cell):
    assert is_boundary_cell(CELL)
    assert not is_boundary_cell(cell)
