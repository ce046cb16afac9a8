"""What a refresh token that somebody presents is worth; a copied one ends its session (RFC 9700, 4.14)."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

RETRY_WINDOW = timedelta(seconds=10)


class Verdict(enum.Enum):
    """What to do with a refresh token."""

    ROTATE = enum.auto()  # It is the newest one: hand out its successor.
    REPEAT = enum.auto()  # The answer was lost on the way: hand out the same successor once more.
    REFUSE = enum.auto()  # The session or the token has ended.
    END_SESSION = enum.auto()  # Somebody else has it: end the whole family.


@dataclass(frozen=True, kw_only=True)
class Presented:
    """A genuine refresh token as it stands in its session, and who presents it."""

    number: int  # Of the token.
    newest_number: int  # Of the session's newest token.
    newest_issued_at: datetime
    newest_expires_at: datetime
    session_is_open: bool
    is_same_device: bool


def verdict_on(token: Presented, now: datetime) -> Verdict:
    """Return what becomes of the token.

    A token that comes from another device has been copied, and so has one that was used before, with one exception: a telephone
    that lost the answer asks again at once, before anybody has used the successor.
    """
    if not token.session_is_open or now >= token.newest_expires_at:
        return Verdict.REFUSE
    if not token.is_same_device:
        return Verdict.END_SESSION
    if token.number == token.newest_number:
        return Verdict.ROTATE
    if token.number == token.newest_number - 1 and now - token.newest_issued_at <= RETRY_WINDOW:
        return Verdict.REPEAT
    return Verdict.END_SESSION
