"""What every app that vouches for residents can do."""

import enum
from dataclasses import dataclass
from typing import Protocol


class OutsideProvider(enum.StrEnum):
    """The apps through which residents can sign in."""

    WECHAT = "wechat"
    ZHELIBAN = "zheliban"


class OutsideFailed(Exception):
    """The provider could not be reached, or answered what makes no sense. The reason is a word or its code, no personal data."""

    def __init__(self, reason: str) -> None:
        """Keep the reason for the log."""
        super().__init__(reason)
        self.reason = reason


class OutsideRefusal(Exception):
    """The provider does not accept the proof: it is wrong, used or too old. The reason is a word or its code."""

    def __init__(self, reason: str) -> None:
        """Keep the reason for the log."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True, repr=False)
class OutsideIdentity:
    """Who somebody is at the provider. It has no `repr`, so that no log can show it."""

    subject: str  # The provider's own id of the account.
    phone: str | None = None  # As the provider writes it, when it told one without being asked further.


class OutsideDoor(Protocol):
    """Asks one provider. Every call goes out at once and comes back within seconds; none is made inside a transaction."""

    provider: OutsideProvider

    def identify(self, proof: str) -> OutsideIdentity:
        """Return whose proof this is.

        Raises:
            OutsideRefusal: the proof is not good.
            OutsideFailed: the provider could not say.
        """
        ...

    def phone_of(self, proof: str) -> str | None:
        """Return the number behind a second proof, which the app got for the number alone; None when there is no usable one.

        Raises:
            OutsideRefusal: the proof is not good.
            OutsideFailed: the provider could not say.
        """
        ...
