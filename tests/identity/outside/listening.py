"""A provider's address on this machine: what the fakes of WeChat and 浙里办 share."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Listening:
    """Listens on a free port until it is closed, and hands each request to `answer`."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self.asked = 0
        self.broken: tuple[int, bytes] | None = None  # Status and body instead of an answer.
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
    ) -> tuple[int, dict[str, Any]]:
        raise AssertionError("a fake answers")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply("GET", None)

            def do_POST(self) -> None:
                self._reply("POST", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _reply(self, method: str, sent: Any) -> None:
                fake.asked += 1
                time.sleep(fake.delay_s)
                parts = urlsplit(self.path)
                lower = {name.lower(): value for name, value in self.headers.items()}
                if fake.broken is not None:
                    status, body = fake.broken
                else:
                    status, told = fake.answer(method, parts.path, dict(parse_qsl(parts.query)), lower, sent)
                    body = json.dumps(told).encode()
                self.send_response(status)
                if status in {301, 302, 307}:
                    self.send_header("Location", f"{fake.url}/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
