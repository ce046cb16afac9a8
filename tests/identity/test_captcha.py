"""The captcha adapter, against an endpoint that knows one good answer."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from app.identity.entrance.captcha import SiteVerify, chosen_captcha


@pytest.fixture
def endpoint() -> Iterator[ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if form["response"] == ["garbage"]:
                body = b"[not json"
            else:
                body = json.dumps({"success": form == {"secret": ["s"], "response": ["a person & friends"]}}).encode()
            self.send_response(500 if form["response"] == ["broken"] else 200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("secret", "proof", "solved"),
    [
        ("s", "a person & friends", True),
        ("s", "a machine", False),
        ("wrong", "a person & friends", False),
        ("s", "garbage", False),
        ("s", "broken", False),
    ],
)
def test_only_the_judges_yes_counts(endpoint, secret, proof, solved):
    assert SiteVerify(f"http://127.0.0.1:{endpoint.server_port}/siteverify", secret).is_solved(proof) is solved


def test_a_judge_that_cannot_be_asked_says_no():
    assert SiteVerify("http://127.0.0.1:9/siteverify", "s").is_solved("a person & friends") is False


def test_without_an_address_there_is_no_judge():
    assert chosen_captcha({"LINTAN_CAPTCHA_URL": "", "LINTAN_CAPTCHA_SECRET": ""}) is None
    assert isinstance(
        chosen_captcha({"LINTAN_CAPTCHA_URL": "https://judge.example", "LINTAN_CAPTCHA_SECRET": "s"}), SiteVerify
    )
