"""A real gunicorn and bare sockets: slow callers hold up nobody, and what is refused is told in our form."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.engines import SqliteServer, shared_folder, worker_name
from tests.foundation.gunicorn_served import Served, answer_from, answers_from, serve

THREADS = 8
BODY_S, HEAD_S, ANSWER_S = 3, 3, 3
TOKEN = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0"
BODY_HEAD = (
    b"POST /v1/footprint-estimates HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100000\r\n\r\n"
)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One gunicorn for this file, on SQLite: what is asked here never gets as far as the database."""
    database = SqliteServer(shared_folder() / f"gunicorn-{worker_name()}")
    database.renew()
    patience = f"BODY_GRACE_S={BODY_S} HEAD_S={HEAD_S} ANSWER_S={ANSWER_S}"
    with serve(database.home, f"sqlite:///{database.home}/lintan.db", patience=patience) as running:
        yield running
    database.stop()


@contextlib.contextmanager
def trickling(served: Served, first: bytes, *, count: int = THREADS) -> Iterator[list[socket.socket]]:
    """Callers who send a beginning and then a byte now and then."""
    callers = [served.connect() for _ in range(count)]
    over = threading.Event()

    def trickle() -> None:
        for caller in callers:
            with contextlib.suppress(OSError):
                caller.sendall(first)
        while not over.wait(0.2):
            for caller in callers:
                with contextlib.suppress(OSError):
                    caller.sendall(b"a")

    thread = threading.Thread(target=trickle)
    thread.start()
    time.sleep(0.5)
    try:
        yield callers
    finally:
        over.set()
        thread.join()
        for caller in callers:
            caller.close()


def test_eight_slow_bodies_hold_up_a_ninth_request_for_no_longer_than_the_bound(served):
    with trickling(served, BODY_HEAD) as slow:
        ninth = served.get("/healthz")
        told = answer_from(slow[0])

    assert ninth.status == 200
    assert ninth.seconds < BODY_S + 2
    assert (told.status, told.headers["content-type"]) == (408, "application/problem+json")
    assert told.json["code"] == "request.timeout"


def test_a_body_that_keeps_coming_is_read_however_long_it_takes(served):
    body = json.dumps({"items": []}).encode()
    with served.connect() as caller:
        caller.sendall(BODY_HEAD.replace(b"100000", str(len(body) + 60_000).encode()))
        for _ in range(10):  # Longer than the bound for those who send nothing.
            caller.sendall(b" " * 6_000)
            time.sleep(BODY_S / 8)
        caller.sendall(body)
        told = answer_from(caller)

    assert (told.status, told.json["code"]) == (422, "request.invalid")


@pytest.mark.parametrize("first", [b"", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_callers_without_a_whole_head_hold_up_nobody_and_are_let_go(served, first):
    with trickling(served, first, count=3 * THREADS) if first else silent(served) as slow:
        ninth = served.get("/healthz")
        slow[0].settimeout(HEAD_S + 3)
        with contextlib.suppress(ConnectionResetError):
            assert slow[0].recv(100) == b""

    assert ninth.status == 200
    assert ninth.seconds < 2


@contextlib.contextmanager
def silent(served: Served) -> Iterator[list[socket.socket]]:
    callers = [served.connect() for _ in range(3 * THREADS)]
    time.sleep(0.5)
    try:
        yield callers
    finally:
        for caller in callers:
            caller.close()


def test_a_head_in_pieces_is_a_request_like_any_other(served):
    with served.connect() as caller:
        for piece in (b"GET /heal", b"thz HTTP/1.1\r\nHo", b"st: localhost\r\n", b"\r", b"\n"):
            caller.sendall(piece)
            time.sleep(0.1)
        first = answer_from(caller)
        caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
        time.sleep(0.1)
        caller.sendall(b"alhost\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        second, third = answers_from(caller, 2)

    assert [each.status for each in (first, second, third)] == [200, 200, 200]


def test_callers_who_do_not_take_their_answer_hold_up_nobody_for_longer_than_the_bound(served):
    deaf = [served.connect(buffer=4_096) for _ in range(THREADS)]
    for caller in deaf:
        caller.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 12)
    time.sleep(2)  # Until eight threads are at it.

    ninth = served.get("/healthz")

    assert ninth.status == 200
    assert ninth.seconds < ANSWER_S + 5
    for caller in deaf:
        caller.close()


def test_callers_who_do_not_close_their_end_hold_up_nobody(served):
    staying = [served.connect() for _ in range(5)]
    for caller in staying:
        caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert [answer_from(caller).status for caller in staying] == [200] * 5

    ninth = served.get("/healthz")

    assert ninth.seconds < 2
    time.sleep(3.5)  # The farewell is over; the bound itself stands in worker.py.
    for caller in staying:
        assert caller.recv(10) == b""
        assert is_closed(caller)
        caller.close()


def is_closed(caller: socket.socket) -> bool:
    """Whether the other side no longer takes anything: the first bytes go out, and bring the answer that it is gone."""
    try:
        for _ in range(3):
            caller.sendall(b"still here")
            time.sleep(0.1)
    except OSError:
        return True
    return False


REFUSED = {
    "a header without a colon": (b"GET / HTTP/1.1\r\nAuthorization Bearer %s\r\n\r\n", 400, "request.malformed"),
    "a control character": (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: a=\x01%s\r\n\r\n", 400, "request.malformed"),
    "a method that is none": (b"geT%s / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "request.malformed"),
    "another version": (b"GET /?t=%s HTTP/9.9\r\nHost: x\r\n\r\n", 400, "request.malformed"),
    "an address too long": (
        b"GET /?t=%s" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        414,
        "request.address_too_long",
    ),
    "a header too long": (
        b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: %s" + b"a" * 9_000 + b"\r\n\r\n",
        431,
        "request.headers_too_large",
    ),
    "two lengths": (
        b"POST /v1/echo?t=%s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        400,
        "request.malformed",
    ),
    "a coding that is none": (
        b"POST /v1/echo?t=%s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: %s\r\n\r\n",
        400,
        "request.malformed",
    ),
    "a chunk that is none": (
        (
            b"POST /v1/footprint-estimates HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n%s\r\n"
        ),
        400,
        "request.malformed",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_request_is_a_problem_and_stays_out_of_the_log(served, what):
    raw, status, code = REFUSED[what]

    told = served.send(raw.replace(b"%s", TOKEN.encode()))

    assert (told.status, told.headers["content-type"]) == (status, "application/problem+json")
    assert (told.json["code"], told.json["status"]) == (code, status)
    assert told.json["request_id"] == told.headers["x-request-id"]
    assert told.headers["x-content-type-options"] == "nosniff"
    assert TOKEN.encode() not in told.body
    assert TOKEN not in served.log()


@pytest.mark.parametrize("path", ["//v1/me", "/v1//me", "//evil.example/v1/me"])
def test_an_address_with_two_slashes_is_no_redirect(served, path):
    told = served.get(path)

    assert (told.status, told.headers["content-type"]) == (404, "application/problem+json")
    assert "location" not in told.headers


def test_what_callers_write_about_themselves_is_not_believed(served):
    told = served.get("/v1/nowhere", "X-Forwarded-Proto: https", "X-Forwarded-Ssl: off", "X-Forwarded-For: 9.9.9.9")

    assert told.status == 404


def test_every_line_of_the_log_is_json_and_none_holds_an_address(served):
    served.send(b"GET / HTTP/1.1\r\nno colon\r\n\r\n")
    served.get("/healthz", f"X-Forwarded-For: {TOKEN}")

    lines = [json.loads(line) for line in served.log().splitlines()]

    assert {"gunicorn.error", "app.foundation.server.worker"} <= {line["logger"] for line in lines}
    refused = [line for line in lines if line["event"] == "foundation.server.refused"]
    assert {"error": "InvalidHeader", "status": 400}.items() <= refused[-1].items()
    assert not any("127.0.0.1" in json.dumps(line) for line in lines if not line["event"].startswith("Listening at"))
