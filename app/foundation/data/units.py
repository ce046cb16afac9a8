"""Integer units: points, kilograms and grams of CO2e, fen. No float ever holds one of them."""

# JSON numbers are exact up to here (RFC 8259, section 6), so no amount that leaves the product may be larger.
JSON_INTEGER_MAX = 2**53 - 1

POINTS_MAX = JSON_INTEGER_MAX
KG_MAX = JSON_INTEGER_MAX
GRAMS_MAX = JSON_INTEGER_MAX
FEN_MAX = JSON_INTEGER_MAX

GRAMS_IN_KG = 1_000


def ceil_kg(grams: int) -> int:
    """Return the whole kilograms that cover an amount in grams: the one bridge from footprints to credits.

    >>> [ceil_kg(grams) for grams in (0, 1, 1_000, 1_001)]
    [0, 1, 1, 2]

    Raises:
        ValueError: the amount is negative; an emission is never less than nothing.
    """
    if grams < 0:
        raise ValueError(f"negative emission: {grams} g")
    return -(-grams // GRAMS_IN_KG)
