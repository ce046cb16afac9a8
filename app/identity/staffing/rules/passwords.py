"""Which passwords staff may choose: length and a list, no recipe of capitals and signs (NIST SP 800-63B, 5.1.1.2)."""

import enum
from collections.abc import Collection

LENGTH_MIN = 12
LENGTH_MAX = 256  # A bound on what argon2 is made to read.
_DISTINCT_MIN = 5
_USERNAME_MIN = 4  # A shorter name is found in too many good passwords.


class Weakness(enum.StrEnum):
    """What is wrong with a password."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_UNIFORM = "too_uniform"
    COMMON = "common"
    HOLDS_USERNAME = "holds_username"


def weakness_of(password: str, *, username: str, common: Collection[str]) -> Weakness | None:
    """Return why a password is refused, or None when it will do.

    Args:
        common: passwords that many people use, in lower case.
    """
    lower = password.casefold()
    if len(password) < LENGTH_MIN:
        return Weakness.TOO_SHORT
    if len(password) > LENGTH_MAX:
        return Weakness.TOO_LONG
    if len(set(lower)) < _DISTINCT_MIN:
        return Weakness.TOO_UNIFORM
    if lower in common:
        return Weakness.COMMON
    if len(username) >= _USERNAME_MIN and username.casefold() in lower:
        return Weakness.HOLDS_USERNAME
    return None
