"""One POST to an address that somebody else chose: checked, pinned, verified, bounded. The address that was checked is called.

There is no pool, no proxy and no redirect here on purpose: each of them would call something that nobody checked.
"""

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse

from app.notices.webhooks.guard import PORT, AddressRefused, require_public, target_of

TOTAL_S = 5.0
HEAD_BYTES_MAX = 64 * 1024  # Status line and headers; interim answers (1xx) and their headers count too.
ANSWER_BYTES_MAX = 64 * 1024
_ADDRESSES_TRIED_MAX = 4

Resolve = Callable[[str], list[str]]
Connect = Callable[[str, int, float], socket.socket]


class NotReached(Exception):
    """Nobody answered as they should: no name, no connection, no good certificate, too slow, or no HTTP."""

    def __init__(self, reason: str) -> None:
        """Name the kind of failure, without address or text."""
        super().__init__(reason)
        self.reason = reason


def resolved(host: str) -> list[str]:
    """Return all addresses of a name, by the machine's resolver."""
    found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def connected(address: str, port: int, timeout_s: float) -> socket.socket:
    """Return a connection to an address."""
    return socket.create_connection((address, port), timeout=timeout_s)


def trusted() -> ssl.SSLContext:
    """Return what checks certificates and names as browsers do, from TLS 1.2 on."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass(frozen=True, slots=True)
class Outbound:
    """Who sends. Resolver, connection and trust can be replaced, so that a test has a receiver of its own."""

    resolve: Resolve = resolved
    connect: Connect = connected
    context: ssl.SSLContext = field(default_factory=trusted)
    total_s: float = TOTAL_S

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send a body and return the status of the answer: 64 KiB of headers and of body are read at most, and none is kept.

        Raises:
            AddressRefused: the address, or one that its name stands for, must not be called.
            NotReached: nobody answered as they should within 5 seconds.
        """
        target = target_of(url)
        deadline = _Deadline(self.total_s)
        addresses = require_public(_resolved_within(self.resolve, target.host, deadline))
        head = _request_head(target.host, target.path, len(body), headers)
        try:
            with self._secured(target.host, addresses, deadline) as connection:
                connection.settimeout(deadline.left())
                connection.sendall(head + body)
                return _status(connection, deadline)
        except ssl.SSLError as error:
            raise NotReached("certificate" if isinstance(error, ssl.SSLCertVerificationError) else "tls") from None
        except TimeoutError:
            raise NotReached("too_slow") from None
        except (OSError, HTTPException, ValueError):
            raise NotReached("unreachable") from None

    def _secured(self, host: str, addresses: list[str], deadline: "_Deadline") -> ssl.SSLSocket:
        failure: OSError = TimeoutError()
        for address in addresses[:_ADDRESSES_TRIED_MAX]:
            try:
                plain = self.connect(address, PORT, deadline.left())
            except OSError as error:
                failure = error
                continue
            try:
                plain.settimeout(deadline.left())
                return self.context.wrap_socket(plain, server_hostname=host)
            except BaseException:
                plain.close()
                raise
        raise failure


class _Deadline:
    """When all of it must be over, name and certificate included."""

    def __init__(self, total_s: float) -> None:
        self._ends_at = time.monotonic() + total_s

    def left(self) -> float:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _TooMuch(HTTPException):
    """More has come than is read."""


class _Reader(io.RawIOBase):
    """What comes over a connection, each piece within what is left of time and size: neither ends by itself."""

    def __init__(self, connection: socket.socket, deadline: _Deadline) -> None:
        self._connection, self._deadline = connection, deadline
        self.bytes_left = HEAD_BYTES_MAX

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.bytes_left <= 0:
            raise _TooMuch
        self._connection.settimeout(self._deadline.left())
        count = self._connection.recv_into(buffer[: self.bytes_left])
        self.bytes_left -= count
        return count


class _Incoming:
    """The side of a socket that HTTPResponse asks for."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader)


def _status(connection: socket.socket, deadline: _Deadline) -> int:
    reader = _Reader(connection, deadline)
    answer = HTTPResponse(_Incoming(reader), method="POST")  # type: ignore[arg-type]
    with answer:
        answer.begin()
        reader.bytes_left = ANSWER_BYTES_MAX
        with suppress(_TooMuch):  # What frames the pieces of a body, and what follows them, counts too.
            answer.read(ANSWER_BYTES_MAX)
        return answer.status


def _request_head(host: str, path: str, length: int, headers: Mapping[str, str]) -> bytes:
    lines = {
        "Host": host,
        "User-Agent": "Lintan-Webhooks/1",
        "Content-Type": "application/json",
        "Content-Length": str(length),
        "Connection": "close",
        **headers,
    }
    return "\r\n".join(
        [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", ""]
    ).encode("ascii")


def _resolved_within(resolve: Resolve, host: str, deadline: _Deadline) -> list[str]:
    """Ask for the addresses of a name once. The machine's resolver takes as long as it likes, so it is asked in a thread."""
    found: list[str] = []
    done = threading.Event()

    def ask() -> None:
        try:
            found.extend(resolve(host))
        except (OSError, UnicodeError):
            pass
        finally:
            done.set()

    threading.Thread(target=ask, name="webhook name", daemon=True).start()
    if not done.wait(deadline.left()):
        raise NotReached("too_slow")
    if not found:
        raise NotReached("no_such_name")
    return list(found)


__all__ = [
    "ANSWER_BYTES_MAX",
    "HEAD_BYTES_MAX",
    "TOTAL_S",
    "AddressRefused",
    "NotReached",
    "Outbound",
    "connected",
    "resolved",
    "trusted",
]
