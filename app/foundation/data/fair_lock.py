"""A lock that serves threads in the order in which they came."""

import threading
from collections import deque


class FairLock:
    """First come, first served. SQLite's own waiting is a lottery, so a busy writer can starve the others."""

    def __init__(self) -> None:
        """Start free."""
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, timeout: float) -> bool:
        """Wait for one's turn, at most `timeout` seconds; return whether it came."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._queue.append(turn)
        if turn.wait(timeout):
            return True
        with self._guard:
            if turn.is_set():  # The turn came between the time-out and here: it is ours, and must be used or passed on.
                return True
            self._queue.remove(turn)
            return False

    def release(self) -> None:
        """Hand the lock to the one who has waited longest."""
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False
