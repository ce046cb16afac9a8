"""What a resident can agree to, one by one (PIPL, arts. 14, 29 and 39: separate consents), and what follows from the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.rulebook import Document

TEXT_KIND = "identity.consent_text"
RENEWAL_NEEDED = "renewal_needed"


class Purpose(StrEnum):
    """Each has a text of its name in the rulebook, and is given and withdrawn alone."""

    LOCATION = "location"
    PHOTOS = "photos"
    PUBLIC_NAME = "public_name"
    CROSS_BORDER_PAYMENT = "cross_border_payment"


class Standing(StrEnum):
    """What the record says of a person and a purpose."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Renewal:
    """Whether a newer text is there, and whether the older agreement still counts without it."""

    is_offered: bool
    is_needed: bool


def renewal(given_to: UUID, versions: Sequence[Document]) -> Renewal:
    """Return what became of the text somebody agreed to.

    A later version whose kinds of data or uses differ says `renewal_needed`, and then an older agreement covers nothing any
    more (PIPL, art. 14: consent is obtained anew); a better wording does not.

    Args:
        versions: all versions of the text in force by now, oldest first, the one agreed to among them.
    """
    places = [place for place, version in enumerate(versions) if version.id == given_to]
    if not places:
        # The text starts later than today: only a clock that was set back gets here.
        return Renewal(is_offered=False, is_needed=False)
    later = versions[places[0] + 1 :]
    return Renewal(is_offered=bool(later), is_needed=any(version.content[RENEWAL_NEEDED] for version in later))
