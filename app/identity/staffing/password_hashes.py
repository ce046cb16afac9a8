"""Argon2id hashes of staff passwords (OWASP Password Storage Cheat Sheet)."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.identity.settings import number


def hash_of(password: str) -> str:
    """Return the hash of a password, with its parameters in it."""
    return _hasher().hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Return whether a password belongs to a hash.

    Without a hash it works just as long and says no, so that the time does not tell which names exist.
    """
    try:
        return _hasher().verify(stored or _nobodys_hash(*_cost()), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with other parameters than the present ones."""
    return _hasher().check_needs_rehash(stored)


def warm_up() -> None:
    """Make the hash that unknown names are checked against, so that the first of them does not take twice as long."""
    _nobodys_hash(*_cost())


def _cost() -> tuple[int, int]:
    return number("LINTAN_ARGON2_MEMORY_KIB"), number("LINTAN_ARGON2_TIME")


def _hasher() -> PasswordHasher:
    return _hasher_of(*_cost())


@cache
def _hasher_of(memory_kib: int, passes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)


@cache
def _nobodys_hash(memory_kib: int, passes: int) -> str:
    return _hasher_of(memory_kib, passes).hash(secrets.token_urlsafe(32))
