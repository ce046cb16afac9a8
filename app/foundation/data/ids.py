"""Names of things: UUIDv7 inside, a prefix and 26 Crockford characters outside (SECURITY 3)."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.foundation.data import clock

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE_OF = {character: value for value, character in enumerate(CROCKFORD)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LENGTH = 26  # ceil(128 / 5)

# The kinds of things that have a public id. `ret` (16 characters, random) is made by the room credits, not here.
PREFIXES = {
    "per": "person",
    "gin": "invitation to a guardian",
    "rec": "recovery of an account at a desk",
    "hh": "household",
    "mbr": "household membership",
    "inv": "household invitation",
    "org": "organisation",
    "omb": "organisation membership",
    "oiv": "organisation invitation",
    "agy": "agency",
    "stf": "staff member",
    "ses": "session",
    "dev": "device",
    "oac": "linked account of another app",
    "chl": "sign-in challenge",
    "fil": "file",
    "apv": "approval",
    "doc": "rulebook document",
    "plt": "planting claim",
    "cas": "review case",
    "app": "appeal",
    "awd": "award",
    "trf": "ledger transfer",
    "ent": "ledger entry",
    "prj": "project",
    "bat": "credit batch",
    "ret": "retirement",
    "crt": "certificate",
    "fp": "footprint",
    "fac": "emission factor",
    "quo": "offset quote",
    "ord": "offset order",
    "pay": "payment",
    "ref": "refund",
    "pye": "payee",
    "tree": "heritage tree",
    "adp": "adoption",
    "wld": "wildlife report",
    "rwd": "reward",
    "red": "redemption",
    "vch": "voucher",
    "evt": "event",
    "not": "notice",
    "tkt": "help desk ticket",
    "dlv": "delivery of a notice",
    "whe": "webhook endpoint",
    "whd": "webhook delivery",
    "msg": "webhook message",
    "tsk": "staff task",
    "rol": "role of a staff member",
    "dpy": "time as a deputy",
    "exp": "export of one's data",
    "era": "erasure",
}


class MalformedId(ValueError):
    """The text is not the one accepted spelling of an id of this kind."""


def new_id() -> UUID:
    """Return a UUIDv7 that tells the product's clock, not the machine's.

    48 bits of milliseconds, 12 bits of the fraction of the millisecond, 62 random bits. Source: RFC 9562, sections 5.7 and 6.2
    (method 3). The library uuid-utils offers no way to set the time.
    """
    microseconds = (clock.now() - _EPOCH) // timedelta(microseconds=1)
    milliseconds, fraction = divmod(microseconds, 1_000)
    return UUID(
        int=milliseconds << 80 | 0x7 << 76 | (fraction * 4096 // 1_000) << 64 | 0b10 << 62 | secrets.randbits(62)
    )


def public_id(prefix: str, value: UUID) -> str:
    """Return the public spelling of an id.

    >>> public_id("plt", UUID(int=33))
    'plt_00000000000000000000000011'
    """
    if prefix not in PREFIXES:
        raise MalformedId(prefix)
    return f"{prefix}_{crockford(value)}"


def crockford(value: UUID) -> str:
    """Return a UUID in 26 lower-case characters of Crockford's base 32: the order of the texts is the order of the ids."""
    return "".join(CROCKFORD[value.int >> shift & 31] for shift in range((_LENGTH - 1) * 5, -1, -5))


def parse_any_id(text: str) -> UUID:
    """Return the id behind a public spelling of whatever kind, or behind its 26 characters alone.

    Raises:
        MalformedId: it is neither.
    """
    head, separator, _ = text.partition("_")
    if not separator:
        return _value_of(text)
    if head not in PREFIXES:
        raise MalformedId(text)
    return parse_public_id(head, text)


def parse_public_id(prefix: str, text: str) -> UUID:
    """Return the id behind its public spelling.

    Raises:
        MalformedId: another prefix, another length, a capital or a character outside the alphabet, or more than 128 bits.
    """
    head, separator, body = text.partition("_")
    if head != prefix or not separator:
        raise MalformedId(text)
    return _value_of(body)


def _value_of(body: str) -> UUID:
    if len(body) != _LENGTH or any(character not in _VALUE_OF for character in body):
        raise MalformedId(body)
    number = 0
    for character in body:
        number = number * 32 + _VALUE_OF[character]
    if number >> 128:
        raise MalformedId(body)
    return UUID(int=number)
