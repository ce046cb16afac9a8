"""How long a code lives, how often it may be tried, and how often one may be sent (NIST SP 800-63B, 5.1.3.2)."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.foundation.data import clock

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
WRONG_TRIES_MAX = 5

SENDS_PER_DAY_MAX = 10
# (sends, within): the day is a civil day and stands apart.
PACES = ((1, timedelta(seconds=60)), (5, timedelta(hours=1)))

# Carriers hand a number to somebody else after it has lain idle; six months, in whole days rounded up.
REASSIGNED_AFTER = timedelta(days=184)


def may_send_at(sent: Sequence[datetime], now: datetime) -> datetime | None:
    """Return the instant from which the next code may go to one number or device, or None when it may go now.

    Args:
        sent: when the earlier codes went out, oldest first; at least the newest SENDS_PER_DAY_MAX of them.
    """
    waits = [sent[-sends] + within for sends, within in PACES if len(sent) >= sends]
    today = clock.civil_day(now)
    if sum(clock.civil_day(each) == today for each in sent) >= SENDS_PER_DAY_MAX:
        waits.append(clock.day_start(today + timedelta(days=1)))
    latest = max(waits, default=now)
    return latest if latest > now else None


def sends_to_remember(sent: Sequence[datetime], now: datetime) -> list[datetime]:
    """Return what `may_send_at` will need next time: the newest sends, this one included, oldest first."""
    return [*sent, now][-SENDS_PER_DAY_MAX:]


def is_reassigned(last_code_at: datetime, *, knows_device: bool, now: datetime) -> bool:
    """Return whether a number must be taken to have a new holder.

    The person who left it behind is then reached only at a desk. A session lives shorter than REASSIGNED_AFTER, so whoever
    signs in by code has proved the number in the meantime and does not lose the account by buying a new telephone. Only a
    code proves a number: who signs in through another app keeps the account there, and must not keep a number that the
    carrier may have given to somebody else, who would else be let into it.
    """
    return not knows_device and now - last_code_at > REASSIGNED_AFTER


def address_group(address: str) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 network of an IPv6 one, which is one household's.

    >>> address_group("2001:db8:1:2:aaaa::1"), address_group("::ffff:192.0.2.7"), address_group("192.0.2.7")
    ('2001:db8:1:2::', '192.0.2.7', '192.0.2.7')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False).network_address)
