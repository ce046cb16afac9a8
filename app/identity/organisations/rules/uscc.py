"""The unified social credit code of an organisation: 18 characters with a check character.

Source: GB 32100-2015, the coding rule for unified social credit identifiers of legal persons and other organisations, and its
first amendment for the departments after 1, 5 and 9. Both recalled, not read in the original; the check character agrees with
codes that companies publish.
"""

import re

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters: no I, O, S, V, Z.
LENGTH = 18
_MODULUS = len(ALPHABET)
_VALUE_OF = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, _MODULUS) for place in range(LENGTH - 1))

# Who registered it, and what it may be there: 1 staffing offices, 5 civil affairs, 9 market regulation, Y others; the
# departments of the amendment divide theirs by rules of their own.
_CATEGORIES = {"1": "1239", "5": "1239", "9": "123", "Y": "1"}
_OTHER_DEPARTMENTS = frozenset("234678AN")
_DIGITS = "123456789"
# The first two digits of GB/T 2260; 10 stands for registrations with the central authorities (100000).
_PROVINCES = frozenset(
    map(str, (*range(10, 16), 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82))
)
_DIVISION = re.compile(r"[0-9]{6}")
_FILLERS = re.compile(r"[\s\-]+")


def normal_uscc(text: str) -> str:
    """Return a code as it is stored: capitals, without the spaces and hyphens of paper.

    >>> normal_uscc(" 91331102 example0 1-n ")
    '91331102EXAMPLE01N'
    """
    return _FILLERS.sub("", text).upper()


def check_character(first_17: str) -> str:
    """Return the check character of the first seventeen: 31 minus the sum of value times 3^i, modulo 31.

    >>> check_character("91330100799655058"), check_character("9144030071526726X")
    ('B', 'G')

    Raises:
        KeyError: a character outside the alphabet.
    """
    total = sum(_VALUE_OF[character] * weight for character, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[-total % _MODULUS]


def is_uscc(code: str) -> bool:
    """Return whether a text, as `normal_uscc` writes it, is a unified social credit code.

    31 is a prime, no weight is a multiple of it, and the weights of neighbours differ: so any one wrong character is found, and
    so is any swap of two neighbours, the check character included.

    >>> is_uscc("91330100799655058B"), is_uscc("91330100799655085B"), is_uscc("91990100799655058B")
    (True, False, False)
    """
    if len(code) != LENGTH or any(character not in _VALUE_OF for character in code):
        return False
    department, category, division = code[0], code[1], code[2:8]
    if department in _OTHER_DEPARTMENTS:
        categories = _DIGITS
    else:
        categories = _CATEGORIES.get(department, "")
    if category not in categories or _DIVISION.fullmatch(division) is None or division[:2] not in _PROVINCES:
        return False
    return check_character(code[:-1]) == code[-1]
