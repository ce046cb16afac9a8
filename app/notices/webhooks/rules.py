"""What organisations can be told, how often a message is tried, and when an endpoint is switched off."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

# Product choices.
ENDPOINTS_MAX = 5
SECRET_OVERLAP = timedelta(hours=24)
DISABLED_AFTER = timedelta(days=3)
KEPT = timedelta(days=30)

# Between one try and the next. Seven waits, eight tries, the last one 24 hours after the first.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=1, minutes=30),
    timedelta(hours=4),
    timedelta(hours=7),
    timedelta(hours=10, minutes=54),
)
TRIES_MAX = len(WAITS) + 1
GONE = 410  # The receiver says that nobody is there any more, and never will be (RFC 9110, section 15.5.11).


class WebhookTopic(StrEnum):
    """What an endpoint can be told of."""

    ORGANISATION_CHECKED = "organisation.checked"
    ORDER_PAID = "order.paid"
    ORDER_RETIRED = "order.retired"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_REVOKED = "certificate.revoked"


# Sent by hand alone; nobody subscribes to it.
TEST = "webhook.test"


class WebhookState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"  # After the last try, or because the endpoint was switched off.


class DisabledBecause(StrEnum):
    """Why an endpoint gets nothing."""

    OWNER = "owner"
    FAILING = "failing"
    GONE = "gone"
    LEFT = "left"  # Somebody who had set it up owns the organisation no more.


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait after the n-th failed try, None after the last.

    >>> wait_after(1), wait_after(8)
    (datetime.timedelta(seconds=60), None)
    """
    return WAITS[tries - 1] if tries < TRIES_MAX else None


def is_failing(*, enabled_at: datetime, delivered_at: datetime | None, now: datetime) -> bool:
    """Return whether nothing has reached an endpoint for so long that it is switched off. Its days begin with its enabling."""
    return now - max(enabled_at, delivered_at or enabled_at) >= DISABLED_AFTER


def is_accepted(status: int) -> bool:
    """Return whether a receiver has taken a message. A redirect is no taking: nobody follows it."""
    return 200 <= status <= 299


def message_body(topic: str, at: str, data: Mapping[str, str]) -> dict[str, object]:
    """Return what is sent: the kind, the instant and ids; the facts are read through the API by who may."""
    return {"type": topic, "timestamp": at, "data": dict(data)}
