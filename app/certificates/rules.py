"""What a certificate is called, which kinds there are, what state one is in, and how its number is read back from paper."""

import re
import unicodedata
from datetime import timedelta
from enum import StrEnum

from app.foundation.render import can_print

SOURCE = "certificates"  # Under which the room hands documents over to be signed.
CERTIFICATE = "certificates.certificate"  # The kind of subject, in the log and in audit rows.
NUMBER_PATTERN = r"^LS[AEHOPRVW]-[0-9A-HJKMNP-TV-Z]{16}$"
_NUMBER = re.compile(NUMBER_PATTERN)
_LOOKED_UP_LENGTH_MAX = 60  # Nobody spaces a number of 19 characters out to more than this.

# What people write for the digits: Crockford's alphabet has no letters O, I and L, so that they can be forgiven.
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1"})
_IGNORED = re.compile(r"[\s\-‐-―−－_]+")

LIST_LENGTH = (
    131_072  # Bits of a status list (W3C Bitstring Status List 1.0): 16 KiB, so that one holder hides among many.
)
LIST_FULL_AT = 98_304  # Three quarters: a free place is found by a few random tries, and the next list begins.
LIST_VALID_FOR = timedelta(hours=24)
LIST_SIGNED_EVERY = timedelta(hours=1)
LIST_TTL_MS = 300_000  # How long a verifier may use its copy.


class CertificateKind(StrEnum):
    """The eight kinds, by the letters their numbers begin with."""

    EVENT = "LSE"
    HOUSEHOLD = "LSH"
    OFFICE = "LSO"
    PLACE = "LSV"
    RETIREMENT = "LSR"
    ADOPTION = "LSA"
    PLANTING = "LSP"
    RESCUE = "LSW"


class CertificateState(StrEnum):
    """What has become of a certificate. How it stands today is a verdict, which is worked out on every view."""

    ISSUING = "issuing"
    VALID = "valid"
    REFUSED = "refused"  # It was never signed, and will not be.
    REVOKED = "revoked"


class HolderKind(StrEnum):
    """Whose a certificate is."""

    RESIDENT = "resident"
    ORGANISATION = "organisation"
    AGENCY = "agency"


class Visibility(StrEnum):
    """Who is shown what: found in lists, only with the number, or the verdict alone."""

    LISTED = "listed"
    LINK = "link"
    OFF = "off"


class PersonalVisibility(StrEnum):
    """What a resident may choose; nobody's own certificate stands in a public list."""

    LINK = "link"
    OFF = "off"


class HeldReason(StrEnum):
    """Why a certificate waits for its signature. It goes on by itself once the reason is gone."""

    NO_MANDATE = "no_mandate"
    MANDATE_ENDED = "mandate_ended"
    MANDATE_NOT_OWN = "mandate_not_own"  # The two people behind it do not belong to the issuer's agency.
    MANDATE_OTHER_RULE = "mandate_other_rule"  # It was given for another version of the rule.
    NO_ISSUER = "no_issuer"
    NO_KEY = "no_key"
    DAILY_LIMIT = "daily_limit"


class RefusedReason(StrEnum):
    """Why a certificate was not signed and will not be."""

    SCHEMA = "schema"
    REGISTER = "register"  # The draft does not say what the register says.
    QUANTITY = "quantity"
    NOT_LOGGED = "not_logged"
    CLAIM = "claim"
    SIGNING = "signing"


class RevocationReason(StrEnum):
    """Why a certificate was revoked: the closed list that also stands in the log."""

    ERROR = "error"
    FRAUD = "fraud"
    SUPERSEDED = "superseded"
    KEY_COMPROMISE = "key-compromise"
    HOLDER_REQUEST = "holder-request"
    PAYMENT_REVERSED = "payment-reversed"


class Verdict(StrEnum):
    """What is said of a certificate first, before all else."""

    VALID = "valid"
    ISSUING = "issuing"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REVOKED = "revoked"
    CHECK_FAILED = "check_failed"
    CANNOT_CHECK = "cannot_check"
    UNKNOWN = "unknown"


class CheckName(StrEnum):
    """What is checked on every view, in this order."""

    DOCUMENT = "document"  # The stored bytes are the ones that were signed, and tell what the register tells.
    SCHEMA = "schema"
    PROOF = "proof"
    STATUS = "status"
    LOG = "log"
    CLAIM = "claim"  # Retired before, and for this certificate alone.
    WITNESS = "witness"


class CheckResult(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_YET = "not_yet"  # Expected to pass soon; nothing is wrong.
    NOT_DONE = "not_done"  # Something that it needs is not there.


def forgiven_number(text: str) -> str | None:
    """Return the number that somebody has typed, or None when it is none.

    Spaces, hyphens and case do not matter, and O is read as 0, I and L as 1.

    >>> forgiven_number("lsr 7k3m 9qwd x4tb 2n8r"), forgiven_number("LSR-OIL0000000000000")
    ('LSR-7K3M9QWDX4TB2N8R', 'LSR-0110000000000000')
    """
    if len(text) > _LOOKED_UP_LENGTH_MAX:
        return None
    plain = _IGNORED.sub("", text)
    if not plain.isascii():
        return None
    plain = plain.upper()
    number = f"{plain[:3]}-{plain[3:].translate(_FORGIVEN)}"
    return number if _NUMBER.fullmatch(number) else None


def printable_name(text: str) -> bool:
    """Return whether a name can stand on paper as it is written."""
    return can_print(unicodedata.normalize("NFC", text))
