"""When a notice may leave, on which channel, and how often it is tried. Knows neither database nor clock."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from app.foundation.data import clock


class NoticeGroup(StrEnum):
    """What a person switches on and off together."""

    SECURITY = "security"
    ACCOUNT = "account"
    HOUSEHOLD = "household"
    ORGANISATION = "organisation"
    RECORDS = "records"
    POINTS = "points"
    OFFSETS = "offsets"
    CERTIFICATES = "certificates"
    HELP = "help"
    WORK = "work"


class Channel(StrEnum):
    """A way to a person."""

    INBOX = "inbox"
    PUSH = "push"
    WECHAT = "wechat"
    SMS = "sms"


class DeliveryState(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # The provider will never take it.
    GIVEN_UP = "given_up"  # It was tried often enough.
    DROPPED = "dropped"  # It was not needed any more, or there was nowhere to send it.


# Product choice: a night's rest: what is not urgent waits for the morning.
QUIET_FROM, QUIET_UNTIL = time(22, 0), time(7, 0)
# Who took over a number, a device or an account must not be able to hide it from its owner.
LOCKED = {NoticeGroup.SECURITY: frozenset({Channel.INBOX})}
UNDISTURBED_BY_QUIET = {NoticeGroup.SECURITY: frozenset({Channel.SMS})}

READ_KEPT, UNREAD_KEPT = timedelta(days=180), timedelta(days=400)
UNREAD_COUNTED_MAX = 99

# Failures, not leases: 1, 5 and 30 minutes, then 2, 6 and 12 hours; the seventh failure is the last.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
TRIES_MAX = len(WAITS) + 1
# After an outage of ours nobody wants last week's messages; they stand in the inbox.
STALE_AFTER = timedelta(days=2)

# A code of ours, a day, or a small number: no name, no place, no telephone number (they have eleven digits).
_CODE = re.compile(r"[a-z][a-z0-9_.]{0,59}|\d{4}-\d\d-\d\d")
_NUMBER_MAX = 9_999_999_999
# What parts the times at which a fact may come again: a code, a day, a small number, or the id of what happened.
_STEP = re.compile(
    r"([a-z][a-z0-9_.]{0,59}|\d{4}-\d\d-\d\d|\d{1,9}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d{1,9})?)?"
)


class ParamNotPlain(ValueError):
    """A notice was given something that could be personal data."""


def check_params(params: Mapping[str, Any]) -> None:
    """Pass if every value is a whole number, a day, or a code of the product's own.

    Raises:
        ParamNotPlain: names the member, never its value.

    >>> check_params({"points": 50, "act": "planting.tree", "on": "2026-03-12"})
    """
    for name, value in params.items():
        is_number = type(value) is int and -_NUMBER_MAX <= value <= _NUMBER_MAX
        is_code = isinstance(value, str) and _CODE.fullmatch(value) is not None
        if not (is_number or is_code):
            raise ParamNotPlain(name)


def step_of(params: Mapping[str, Any]) -> str:
    """Return what parts this time of a fact from others of the same thing; empty where it happens once.

    Raises:
        ParamNotPlain: it could be personal data.
    """
    step = str(params.get("step", ""))
    if _STEP.fullmatch(step) is None:
        raise ParamNotPlain("step")
    return step


def is_on(group: NoticeGroup, channel: Channel, switched: Mapping[str, Mapping[str, bool]]) -> bool:
    """Return whether a group comes over a channel; what nobody has switched is on.

    Args:
        switched: group -> channel -> on or off, as the person chose.
    """
    if channel in LOCKED.get(group, ()):
        return True
    return switched.get(group, {}).get(channel, True)


def free_at(now: datetime, *, quiet_from: time, quiet_until: time) -> datetime:
    """Return the first instant from `now` on that lies outside the quiet hours of Lishui's clock; equal ends mean none.

    >>> from datetime import UTC
    >>> free_at(datetime(2026, 3, 12, 15, 0, tzinfo=UTC), quiet_from=QUIET_FROM, quiet_until=QUIET_UNTIL)
    datetime.datetime(2026, 3, 12, 23, 0, tzinfo=datetime.timezone.utc)
    """
    here = now.astimezone(clock.CITY_ZONE)
    at = here.time()
    over_midnight = quiet_from > quiet_until
    is_quiet = at >= quiet_from or at < quiet_until if over_midnight else quiet_from <= at < quiet_until
    if not is_quiet:
        return now
    end = here.replace(hour=quiet_until.hour, minute=quiet_until.minute, second=0, microsecond=0)
    return clock.as_utc(end if end > here else end + timedelta(days=1))


def digest_at(now: datetime, *, hour: int) -> datetime:
    """Return the next full `hour` of Lishui's clock after `now`: when today's digest, or tomorrow's, leaves.

    >>> from datetime import UTC
    >>> digest_at(datetime(2026, 3, 12, 0, 0, tzinfo=UTC), hour=8)
    datetime.datetime(2026, 3, 13, 0, 0, tzinfo=datetime.timezone.utc)
    """
    here = now.astimezone(clock.CITY_ZONE)
    at = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    return clock.as_utc(at if at > here else at + timedelta(days=1))


def digest_window(due_at: datetime) -> tuple[datetime, datetime]:
    """Return from when (included) until when (excluded) a digest tells: the day before it."""
    return due_at - timedelta(days=1), due_at


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait after the n-th failure, or None when it was the last try."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def expires_at(created_at: datetime, *, is_read: bool) -> datetime:
    """Return from when on a notice is swept."""
    return created_at + (READ_KEPT if is_read else UNREAD_KEPT)
