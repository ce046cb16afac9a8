"""`make bench`: ratios of the product to a baseline, both measured in turn in this run; absolute times are only context."""

import contextlib
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

from app.foundation.data import ddl
from bench import bare, certificates, drive, offsets
from tests.engines import PostgresServer, SqliteServer

ACCOUNTS = 500
MOVES = 400
REQUESTS = 300
ORDERS = 40
CERTIFICATES, AT_ONCE = 210, 100
ROUNDS = 7
START_S = 30

Server = SqliteServer | PostgresServer


def main() -> None:
    """Print every ratio, on both databases."""
    for name, server in _servers():
        server.renew()
        _say(name, "ledger move / bare SQL move", *_ledger(server))
        _certificates(name, server)
        offsets.stock()
        with _serving(server) as (address, token):
            _say(name, "GET /v1/me/account / empty route", *_requests(address, token))
            _say(name, "POST /v1/offset-orders / empty route", *_orders(address, token))
        server.stop()


def _ledger(server: Server) -> tuple[list[float], list[float]]:
    os.environ.update(_environment(server))
    connect, audit = drive.factory(ACCOUNTS)
    transfer = connect()
    if isinstance(server, PostgresServer):
        base = bare.on_postgresql(server.conninfo(ddl.OWNER_ROLE), ACCOUNTS)
    else:
        base = bare.on_sqlite(str(server.home / "bare.db"), ACCOUNTS)
    pairs = [random.sample(range(ACCOUNTS), 2) for _ in range(MOVES)]

    def all_with(move: Callable[[int, int, int], None]) -> None:
        for src, dst in pairs:
            move(src, dst, 1)

    answer = _in_turn(lambda: all_with(transfer), lambda: all_with(base), MOVES)
    findings = {check: count for check, count in audit().items() if check != "transfers" and count}
    if findings:
        raise SystemExit(f"the ledger does not add up: {findings}")
    return answer


def _certificates(name: str, server: Server) -> None:
    """Print how long issuing takes, alone against its bare rows and signatures, and in a batch."""
    if isinstance(server, PostgresServer):
        rows = certificates.rows_on_postgresql(server.conninfo(ddl.OWNER_ROLE))
    else:
        rows = certificates.rows_on_sqlite(str(server.home / "bare-rows.db"))
    product: list[float] = []
    base: list[float] = []
    with certificates.office() as office:
        bare_issue = certificates.bare(rows, office.rows_each())
        for retirement in office.retire(CERTIFICATES):
            product.append(office.certify([retirement]))
            base.append(bare_issue())
        together = office.certify(office.retire(AT_ONCE)) / AT_ONCE
    parts = range(0, CERTIFICATES, CERTIFICATES // ROUNDS)
    means = [
        [statistics.mean(each[part : part + CERTIFICATES // ROUNDS]) for part in parts] for each in (product, base)
    ]
    _say(name, "certificate / bare rows, signatures", *means)
    product.sort()
    sys.stdout.write(
        f"{name:<11} certificate, draft to valid: median {statistics.median(product) * 1e3:.1f} ms,"
        f" p99 {product[CERTIFICATES * 99 // 100] * 1e3:.1f} ms of {CERTIFICATES} one at a time;"
        f" {together * 1e3:.1f} ms each in a batch of {AT_ONCE}\n"
    )


def _requests(address: tuple[str, int], token: str) -> tuple[list[float], list[float]]:
    return _in_turn(
        lambda: _get(address, token, "/v1/me/account", REQUESTS),
        lambda: _get(address, token, "/v1/bench/empty", REQUESTS),
        REQUESTS,
    )


def _get(address: tuple[str, int], token: str, path: str, count: int) -> None:
    connection = http.client.HTTPConnection(*address)
    for _ in range(count):
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}")


def _orders(address: tuple[str, int], token: str) -> tuple[list[float], list[float]]:
    """Measure orders, each with its reservation, its payment and the provider's answer; quotes are made beforehand."""
    offsets.agree(address, token)
    quote_ids = offsets.quotes(address, token, ORDERS * (ROUNDS + 1))
    return _in_turn(
        lambda: offsets.place(address, token, quote_ids, ORDERS),
        lambda: _get(address, token, "/v1/bench/empty", ORDERS),
        ORDERS,
    )


def _in_turn(product: Callable[[], None], base: Callable[[], None], count: int) -> tuple[list[float], list[float]]:
    """Return seconds a piece of both, measured alternately after a round that does not count."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for kept, work in zip(seconds, (product, base), strict=True):
            started = time.perf_counter()
            work()
            if number:
                kept.append((time.perf_counter() - started) / count)
    return seconds


def _say(engine: str, what: str, product: list[float], base: list[float]) -> None:
    ratios = [theirs / ours for ours, theirs in zip(product, base, strict=True)]
    sys.stdout.write(
        f"{engine:<11} {what:<36} {statistics.median(ratios):5.2f} of the baseline's rate"
        f" ({min(ratios):.2f}-{max(ratios):.2f}; {statistics.median(product) * 1e6:,.0f} us against"
        f" {statistics.median(base) * 1e6:,.0f} us)\n"
    )
    sys.stdout.flush()


@contextlib.contextmanager
def _serving(server: Server) -> Iterator[tuple[tuple[str, int], str]]:
    """Serve the benchmark's application with gunicorn as the product is served; yield its address and a resident's token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, **_environment(server), "PORT": str(port)}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "gunicorn.conf.py",
        "--log-level",
        "error",
        "bench.application:app",
    ]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield ("127.0.0.1", port), _sign_in(port)
    finally:
        process.terminate()
        process.wait(20)


def _environment(server: Server) -> dict[str, str]:
    values = {
        "LINTAN_ENV": "demo",
        "LINTAN_PUBLIC_URL": "http://localhost:8000",
        "LINTAN_HOME": str(server.home),
        "LINTAN_RATE_LIMIT": "off",
        "LINTAN_LOG_LEVEL": "ERROR",
    }
    if isinstance(server, PostgresServer):
        values["LINTAN_DATABASE_URL"] = server.url(ddl.APP_ROLE)
        values["LINTAN_OWNER_DATABASE_URL"] = server.url(ddl.OWNER_ROLE)
    else:
        values["LINTAN_DATABASE_URL"] = f"sqlite:///{server.home}/lintan.db"
    return values


def _servers() -> Iterator[tuple[str, Server]]:
    # On the disk and durable, as a city would run it: what a commit costs belongs to both sides of a ratio.
    yield "sqlite", SqliteServer(_folder() / "sqlite")
    folder = _folder()
    yield "postgresql", PostgresServer(folder / "postgresql", folder / "pg", "bench", durable=True)


def _folder() -> Path:
    """Return a new folder for one server, which takes it along when it stops."""
    folder = Path(tempfile.mkdtemp(prefix="lintan-bench-"))
    folder.chmod(0o755)  # The PostgreSQL of the wheel runs as a user of its own.
    return folder


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def _sign_in(port: int) -> str:
    asked = _post(port, "/v1/auth/otp", {"phone": "13800138000", "purpose": "sign_in"})
    body = {
        "challenge_id": asked["challenge_id"],
        "code": asked["sandbox_code"],
        "device": {"id": str(uuid4()), "name": "bench"},
    }
    return str(_post(port, "/v1/auth/token", body)["access_token"])


def _post(port: int, path: str, body: dict[str, object]) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content: dict[str, str] = json.loads(answer.read())
    if answer.status not in {200, 201}:
        raise SystemExit(f"{path} answers {answer.status}: {content}")
    return content


if __name__ == "__main__":
    if not Path("gunicorn.conf.py").exists():
        raise SystemExit("run it from the project's folder: make bench")
    main()
