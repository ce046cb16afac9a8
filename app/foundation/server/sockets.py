"""The connection of one caller, whose reading and writing come to an end.

gunicorn's threads read and write without a bound of time. A proxy in front takes slow callers upon itself (docs/deploy.md);
where there is none, or it does not buffer, these bounds keep a few of them from holding every thread.
"""

import errno
import socket
import time
from typing import Any

from app.foundation.http import RequestTimeout

# The request line and the headers, from their first byte.
HEAD_S = 10.0
# Heads up to this size are waited for without a thread; ours are of one or two KiB.
HEAD_BYTES_SEEN = 64 * 1024
# A body: so long in any case, then as long as it comes at this rate, and no longer than that in all. A photo of 5 MiB
# comes within the minute over 0.7 Mbit/s.
BODY_GRACE_S = 10.0
BODY_BYTES_A_SECOND = 16 * 1024
BODY_S_MAX = 60.0
# An answer, from its first byte to its last.
ANSWER_S = 60.0
# What is left of a body that nobody wanted to read, before the next request of the connection.
REST_S = 1.0


class PatientSocket(socket.socket):
    """A socket that knows which part of a request comes over it, and gives up when it comes too slowly.

    The stage is set by the worker: `begin_head`, `begin_body`, `begin_rest`, in this order for each request.
    """

    _send_until: float | None

    def begin_head(self) -> None:
        """Expect the head of a request."""
        self._begin(grace_s=HEAD_S, most_s=HEAD_S)

    def begin_body(self) -> None:
        """Expect a body, and after it one answer."""
        self._begin(grace_s=BODY_GRACE_S, most_s=BODY_S_MAX)

    def begin_rest(self) -> None:
        """Expect what is left of a body that was not read; gunicorn closes the connection at a TimeoutError."""
        self._begin(grace_s=REST_S, most_s=REST_S, late=TimeoutError)

    def peek(self) -> bytes | None:
        """Return what has arrived and leave it there: no bytes when the caller has hung up, None when nothing has come."""
        self.setblocking(False)
        try:
            return super().recv(HEAD_BYTES_SEEN, socket.MSG_PEEK)
        except BlockingIOError:
            return None

    def recv(self, *args: Any) -> bytes:
        """Return the next bytes.

        What has arrived is taken even late: then it was this side that took its time.

        Raises:
            RequestTimeout: they came too slowly; TimeoutError in place of it for the rest of a body.
        """
        self.settimeout(max(0.0, self._read_until() - time.monotonic()))
        try:
            data = super().recv(*args)
        except (TimeoutError, BlockingIOError):
            raise self._late() from None
        self._received += len(data)
        return data

    def sendall(self, *args: Any) -> None:
        """Send all of it.

        Raises:
            BrokenPipeError: the caller takes the answer too slowly; to gunicorn it is as if they had hung up.
        """
        if self._send_until is None:
            self._send_until = time.monotonic() + ANSWER_S
        self.settimeout(max(0.0, self._send_until - time.monotonic()))
        try:
            super().sendall(*args)
        except (TimeoutError, BlockingIOError):
            raise BrokenPipeError(errno.EPIPE, "the answer was taken too slowly") from None

    def _begin(self, *, grace_s: float, most_s: float, late: type[Exception] = RequestTimeout) -> None:
        self._began = time.monotonic()
        self._received = 0
        self._grace_s, self._most_s = grace_s, most_s
        self._late = late
        self._send_until = None

    def _read_until(self) -> float:
        return self._began + min(self._grace_s + self._received / BODY_BYTES_A_SECOND, self._most_s)
