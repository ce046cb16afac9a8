"""The product under a real gunicorn, in a process of its own, spoken to over bare sockets. Used by test_server.py."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_S = 60
ANSWER_S = 60


@dataclass
class Answer:
    """What came back over a socket."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Served:
    """A gunicorn that answers."""

    port: int
    log_path: Path

    def connect(self, *, buffer: int | None = None) -> socket.socket:
        made = socket.socket()
        if buffer is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        made.settimeout(ANSWER_S)
        try:
            made.connect(("127.0.0.1", self.port))
        except OSError:
            made.close()
            raise
        return made

    def send(self, raw: bytes) -> Answer:
        """Send bytes over a connection of their own and return the answer."""
        started = time.monotonic()
        with self.connect() as made:
            made.sendall(raw)
            return answer_from(made, started)

    def get(self, path: str, *headers: str) -> Answer:
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
        return self.send("\r\n".join(lines).encode())

    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8")


def answer_from(made: socket.socket, started: float | None = None) -> Answer:
    """Read one answer with a Content-Length."""
    return answers_from(made, 1, started)[0]


def answers_from(made: socket.socket, count: int, started: float | None = None) -> list[Answer]:
    """Read so many answers, however they are cut into pieces on the way."""
    started = time.monotonic() if started is None else started
    answers: list[Answer] = []
    raw = b""
    while len(answers) < count:
        head, end, rest = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        if end and len(rest) >= length:
            answers.append(Answer(int(first.split()[1]), headers, rest[:length], time.monotonic() - started))
            raw = rest[length:]
            continue
        more = made.recv(65_536)
        if not more:
            raise ConnectionError(f"closed after {raw!r}")
        raw += more
    return answers


@contextmanager
def serve(home: Path, url: str, *, patience: str = "", **more: str) -> Iterator[Served]:
    """Run gunicorn with the product's own configuration until the test is over.

    Args:
        patience: lines of Python that change the bounds of the server, so that a test need not wait for the real ones.
    """
    port = _free_port()
    environment = {
        **os.environ,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LINTAN_ENV": "test",
        "LINTAN_HOME": str(home),
        "LINTAN_DATABASE_URL": url,
        "LINTAN_PUBLIC_URL": "http://localhost:8000",
        "LINTAN_RATE_LIMIT": "100000 per minute",
        "LINTAN_TEST_PATIENCE": patience,
        **more,
    }
    log_path = home / f"gunicorn-{port}.log"
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "tests.foundation.gunicorn_app:app"]
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    served = Served(port, log_path)
    try:
        _wait_until_it_answers(served, process)
        yield served
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(served: Served, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if served.get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"gunicorn does not answer:\n{served.log()}")


def _free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])
