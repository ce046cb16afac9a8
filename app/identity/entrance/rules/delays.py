"""How long a sign-in that keeps failing has to wait: longer each time, never for ever: a lock would let anybody shut others out."""

from datetime import datetime, timedelta

DELAY_MAX = timedelta(seconds=300)
# After a day without a try the count starts again.
FORGOTTEN_AFTER = timedelta(days=1)
_DOUBLINGS_MAX = 9  # 2**9 s is past DELAY_MAX; a larger exponent would only make a larger number.


def failures_still_counted(failures: int, last_failed_at: datetime, now: datetime) -> int:
    """Return how many earlier failures still weigh."""
    return 0 if now - last_failed_at >= FORGOTTEN_AFTER else failures


def delay_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: 1, 2, 4 ... 300 s.

    >>> [delay_after(count).seconds for count in (1, 2, 3, 9, 10, 10_000)]
    [1, 2, 4, 256, 300, 300]
    """
    if failures <= 0:
        return timedelta(0)
    return min(DELAY_MAX, timedelta(seconds=2 ** min(failures - 1, _DOUBLINGS_MAX)))
