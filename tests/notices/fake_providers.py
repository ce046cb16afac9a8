"""A push gateway and WeChat on this machine, which check what they get as the real ones would."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "a secret that only the gateway and we know"
APP_ID, APP_SECRET, OPENID = "wxTEST", "wechat secret", "openid-7"


class FakeProvider:
    """Listens on a free port until it is closed; `answer` gets path, headers and body."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        return 404, {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer: Callable[..., tuple[int, Any]] = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, told = answer(self.path, headers, body)
                raw = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class FakeGateway(FakeProvider):
    """A city's push gateway: it refuses what is not signed with the shared secret (Standard Webhooks 1.0.0)."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.verdict: tuple[int, Any] = (200, {"ref": "gw-1"})
        super().__init__()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        made = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
        if not hmac.compare_digest(f"v1,{made}", headers["webhook-signature"]):
            return 401, {}
        told = json.loads(body)
        assert told["id"] == headers["webhook-id"]
        self.got.append({**told, "timestamp": int(headers["webhook-timestamp"])})
        return self.verdict


class FakeWechat(FakeProvider):
    """The three addresses of WeChat that are asked, with one mini program and one user."""

    def __init__(self) -> None:
        self.tokens_given = 0
        self.good_token = "token-1"
        self.code_errcode = 0
        self.sent: list[dict[str, Any]] = []
        self.errcode = 0
        super().__init__()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/cgi-bin/stable_token":
            asked = json.loads(body)
            if (asked["grant_type"], asked["appid"], asked["secret"]) != ("client_credential", APP_ID, APP_SECRET):
                return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.tokens_given += 1
            return 200, {"access_token": self.good_token, "expires_in": 7200}
        if parts.path == "/sns/jscode2session":
            if self.code_errcode or (query["appid"], query["secret"]) != (APP_ID, APP_SECRET):
                return 200, {"errcode": self.code_errcode or 40125}
            return 200, {"openid": OPENID, "session_key": "kept by nobody"}
        assert parts.path == "/cgi-bin/message/subscribe/send"
        if query["access_token"] != self.good_token:
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        if self.errcode:
            return 200, {"errcode": self.errcode, "errmsg": f"about {OPENID}"}
        self.sent.append(json.loads(body))
        return 200, {"errcode": 0, "errmsg": "ok", "msgid": 314159}
