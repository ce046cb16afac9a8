"""gunicorn's threaded worker, with no caller holding a thread, or the loop that accepts others, for longer than a bound.

gunicorn 27 gives a thread to a connection that has sent nothing yet, reads heads and bodies for as long as they take, and
waits in its accepting loop, two seconds each, for callers to close their end. It has no setting for any of these, so that
methods are replaced here; each says what gunicorn does in its place.
"""

import errno
import selectors
import socket
import time
from collections import deque
from functools import partial
from typing import Any

from flask import Response
from gunicorn import util
from gunicorn.http.errors import (
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.foundation.http import (
    AddressTooLong,
    DomainError,
    HeadersTooLarge,
    MalformedRequest,
    RequestTimeout,
    ServerFault,
    problem_outside_request,
)
from app.foundation.proof import logger
from app.foundation.server.sockets import HEAD_BYTES_SEEN, HEAD_S, PatientSocket

# How long the caller may take to close their end after the last answer, and how much of theirs is thrown away meanwhile:
# closing at once would destroy an answer that is still under way (RFC 9112, section 9.6).
PARTING_S = 2.0
PARTING_BYTES_MAX = 64 * 1024

_HEAD_END = b"\r\n\r\n"
_NOBODY_THERE = frozenset({errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK})

log = logger(__name__)


class _Connection(TConn):
    """A connection whose farewell is the worker's business."""

    seen = 0  # Bytes of a head that is not whole yet.
    drained = 0

    def __init__(self, worker: "PatientWorker", sock: PatientSocket, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, sock, client, server)
        self.worker = worker

    def close(self, graceful: bool = False) -> None:
        """Close; gracefully, wait for the caller in the loop and not in front of it, as gunicorn does."""
        if graceful:
            self.worker.part_from(self)
        else:
            util.close(self.sock)


class PatientWorker(ThreadWorker):
    """Threads are for requests whose head has arrived; everybody else waits in the loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Prepare."""
        super().__init__(*args, **kwargs)
        self.parting: deque[_Connection] = deque()

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuse TLS, which would put another socket in place of ours; it ends at the proxy."""
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise RuntimeError("TLS ends at the proxy in front, not here (docs/deploy.md)")

    def accept(self, listener: Any) -> None:
        """Let a caller in, to wait in the loop; gunicorn gives them a thread for five seconds."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in _NOBODY_THERE:
                raise
            return
        self.nr_conns += 1
        sock = PatientSocket(fileno=client.detach())
        self._wait_for_head(_Connection(self, sock, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: _Connection, client: Any) -> None:
        """Begin with the next request of a connection, as with the first one."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        if self._has_head(conn):
            self._give_thread(conn)
        else:
            self._wait_for_head(conn)

    def on_pending_socket_readable(self, conn: _Connection, client: Any) -> None:
        """Give a thread to a caller whose head is whole; gunicorn does at the first byte."""
        if self._has_head(conn):
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self._give_thread(conn)

    def part_from(self, conn: _Connection) -> None:
        """Send the end of our side, and wait in the loop for the end of theirs."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            util.close(conn.sock)
            return
        self.nr_conns += 1  # It is given back in `_parted`; so a stopping worker waits for these too.
        conn.timeout = time.monotonic() + PARTING_S
        self.parting.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))

    def murder_pending(self) -> None:
        """Close connections that wait for a head that does not come, and those whose caller does not close."""
        super().murder_pending()
        while self.parting and self.parting[0].timeout <= time.monotonic():
            self._parted(self.parting[0])

    def handle(self, conn: _Connection) -> Any:
        """Take one request, in a thread."""
        conn.sock.begin_head()
        return super().handle(conn)

    def handle_request(self, req: Any, conn: _Connection) -> Any:
        """Read the body and answer; what is left of the body then is no reason to wait."""
        conn.sock.begin_body()
        try:
            return super().handle_request(req, conn)
        finally:
            conn.sock.begin_rest()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what never became a request, or broke outside the application, with a problem.

        gunicorn answers HTML, and writes the line or the header that it cannot read into its log.
        """
        kind = _refusal_of(exc)
        if kind is ServerFault:
            at = exc.__traceback__
            while at is not None and at.tb_next is not None:
                at = at.tb_next
            place = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at is not None else None
            log.error("foundation.server.failed", error=type(exc).__name__, place=place)
        else:
            log.info("foundation.server.refused", error=type(exc).__name__, status=kind.status)
        try:
            client.sendall(_on_the_wire(problem_outside_request(self.app.callable, kind)))
        except OSError:
            log.info("foundation.server.unheard", status=kind.status)

    def _wait_for_head(self, conn: _Connection) -> None:
        conn.timeout = time.monotonic() + HEAD_S
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _has_head(self, conn: _Connection) -> bool:
        """Return whether a thread would not have to wait for the head: it is whole, too long, or never comes."""
        try:
            arrived = conn.sock.peek()
        except OSError:
            return True
        if arrived is None:
            return False
        # No more than last time: here the kernel does not wait for more, or the caller has ended their side.
        if _HEAD_END in arrived or len(arrived) >= HEAD_BYTES_SEEN or len(arrived) <= conn.seen:
            return True
        conn.seen = len(arrived)
        # The loop wakes up again only when more has come than it has seen.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, conn.seen + 1)
        return False

    def _give_thread(self, conn: _Connection) -> None:
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        conn.seen = 0
        conn.data_ready = True
        self.enqueue_req(conn)

    def _drain(self, conn: _Connection, _: Any) -> None:
        try:
            data = socket.socket.recv(conn.sock, 4096)
        except OSError:
            data = b""
        conn.drained += len(data)
        if not data or conn.drained > PARTING_BYTES_MAX:
            self._parted(conn)

    def _parted(self, conn: _Connection) -> None:
        self.parting.remove(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        util.close(conn.sock)


def _refusal_of(error: Exception) -> type[DomainError]:
    if isinstance(error, RequestTimeout):
        return RequestTimeout
    if isinstance(error, LimitRequestLine):
        return AddressTooLong
    if isinstance(error, LimitRequestHeaders):
        return HeadersTooLarge
    of_ours = isinstance(error, InvalidResponseHeader | InvalidResponseHeaderName)
    return MalformedRequest if isinstance(error, ParseException) and not of_ours else ServerFault


def _on_the_wire(answer: Response) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    return f"HTTP/1.1 {answer.status}\r\n{head}Connection: close\r\n\r\n".encode("latin-1") + answer.get_data()
