"""Amounts that make up a whole, drawn as one bar by the server."""

from collections.abc import Sequence
from dataclasses import dataclass

BAR_LENGTH, BAR_GAP = 1_000, 2
# A part that is there can be seen, however small its share; its share in words stands below the bar.
BAR_PART_MIN = 4


@dataclass(frozen=True, slots=True)
class BarPart:
    """One amount on the bar, in units of the drawing. `place` is its place among the amounts."""

    place: int
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Share:
    """An amount of a whole, rounded to thousandths such that all shares of the whole come to 1,000."""

    amount: int
    whole: int
    thousandths: int


def shares_of(amounts: Sequence[int]) -> list[Share]:
    """Return the share of each amount in their sum, rounded down, what is left to the largest remainders.

    Raises:
        ZeroDivisionError: the amounts come to nothing, and there is no share of nothing.

    >>> [share.thousandths for share in shares_of([3_110, 16_890, 0])]
    [156, 844, 0]
    """
    whole = sum(amounts)
    down = [divmod(amount * 1_000, whole) for amount in amounts]
    left = 1_000 - sum(share for share, _ in down)
    rounded_up = sorted(range(len(amounts)), key=lambda place: -down[place][1])[:left]
    return [
        Share(amount, whole, share + (place in rounded_up))
        for place, (amount, (share, _)) in enumerate(zip(amounts, down, strict=True))
    ]


def bar_of(amounts: Sequence[int]) -> list[BarPart]:
    """Return the parts of a bar in the order of the amounts; an amount of 0 has none.

    Each is as wide as its share, at least `BAR_PART_MIN`; what that adds and what rounding leaves, the largest part takes.

    >>> bar_of([81, 819, 100])
    [BarPart(place=0, x=0, width=80), BarPart(place=1, x=82, width=817), BarPart(place=2, x=901, width=99)]
    """
    there = [place for place, amount in enumerate(amounts) if amount > 0]
    if not there:
        return []
    length = BAR_LENGTH - BAR_GAP * (len(there) - 1)
    whole = sum(amounts[place] for place in there)
    widths = {place: max(BAR_PART_MIN, amounts[place] * length // whole) for place in there}
    largest = max(there, key=lambda place: amounts[place])
    widths[largest] += length - sum(widths.values())
    parts, x = [], 0
    for place in there:
        parts.append(BarPart(place, x, widths[place]))
        x += widths[place] + BAR_GAP
    return parts
