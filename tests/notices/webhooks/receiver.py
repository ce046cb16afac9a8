"""A receiver of messages on this machine, with a certificate of its own authority."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "hooks.receiver.cn"
PUBLIC = "93.184.215.14"
BIG_BYTES = 5_000_000


@dataclass
class Receiver:
    """What came in, and whom to trust and call to reach it."""

    port: int
    trust: ssl.SSLContext
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    sent_bytes: int = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.taken.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        with suppress(OSError):
            getattr(self, f"_{self.path[1:].partition('?')[0].partition('/')[0]}")()

    def _ok(self) -> None:
        self._answer(200, b"thanks")

    def _status(self) -> None:
        self._answer(int(self.path.rpartition("/")[2]), b"")

    def _redirect(self) -> None:
        self._answer(302, b"", Location="https://127.0.0.1/admin")

    def _hang(self) -> None:
        time.sleep(3)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(0.05)

    def _headers(self) -> None:
        """Headers without an end, each short enough; some of them of interim answers."""
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        for _ in range(BIG_BYTES // 10_000):
            self.wfile.write(b"HTTP/1.1 100 Continue\r\nx: " + b"x" * 9_971 + b"\r\n\r\n")
            receiver.sent_bytes += 10_000

    def _trailers(self) -> None:
        """A body of one byte, and lines without an end behind it."""
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
        for _ in range(BIG_BYTES // 10_000):
            self.wfile.write(b"x: " + b"x" * 9_995 + b"\r\n")
            receiver.sent_bytes += 10_000

    def _big(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(BIG_BYTES))
        self.end_headers()
        for _ in range(BIG_BYTES // 10_000):
            self.wfile.write(b"x" * 10_000)
            receiver.sent_bytes += 10_000

    def _garbage(self) -> None:
        self.wfile.write(b"\x16\x03 not HTTP\r\n\r\n")
        self.close_connection = True

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:  # A caller that hangs up, or does not trust us, is what tests are about.
        return


@contextmanager
def listening(folder: Path, *, name: str = HOST) -> Iterator[Receiver]:
    """Listen on a port of this machine until the block ends."""
    authority = _certificates(folder, name)
    trust = ssl.create_default_context(cadata=authority)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(folder / "own.pem")
    server = _Server(("127.0.0.1", 0), _Handler)
    server.socket = own.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver = Receiver(server.server_address[1], trust)
    server.receiver = receiver  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certificates(folder: Path, name: str) -> str:
    """Write a key with a certificate for `name`, and return the certificate of the authority that signed it."""
    authority_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
    authority = (
        _builder(authority_name, authority_name, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    own = (
        _builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), authority_name, own_key)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    key = own_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "own.pem").write_bytes(key + own.public_bytes(serialization.Encoding.PEM))
    return authority.public_bytes(serialization.Encoding.PEM).decode()


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )
