"""Tencent Cloud's SMS endpoint on this machine. It checks the TC3-HMAC-SHA256 signature as the real one does.

Source of the signature: Tencent Cloud API 3.0, "Signature v3" (TC3-HMAC-SHA256): canonical request, string to sign, a key derived
from date and service.
"""

import hashlib
import hmac
import json
import re
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET_ID, SECRET_KEY = "AKIDtest", "the key of the test"
_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/sms/tc3_request, SignedHeaders=([a-z;-]+), Signature=([0-9a-f]{64})"
)


class FakeTencent:
    """Listens on a free port until it is closed."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.verdict = "Ok"
        self.status = 200
        self.delay_s = 0.0
        self.body: bytes | None = None
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

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                payload = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(fake.delay_s)
                body = (
                    fake.body or json.dumps({"Response": fake.answer(self.path, dict(self.headers), payload)}).encode()
                )
                self.send_response(fake.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def answer(self, path: str, headers: dict[str, str], payload: bytes) -> dict[str, Any]:
        lower = {name.lower(): value for name, value in headers.items()}
        error = signature_error(path, lower, payload)
        if error is not None:
            return {"Error": {"Code": error, "Message": "refused"}, "RequestId": "r"}
        self.requests.append({**json.loads(payload), "action": lower["x-tc-action"], "version": lower["x-tc-version"]})
        phone = self.requests[-1]["PhoneNumberSet"][0]
        status = {
            "SerialNo": "1",
            "PhoneNumber": phone,
            "Fee": 1,
            "SessionContext": "",
            "Code": self.verdict,
            "Message": phone,
            "IsoCode": "CN",
        }
        return {"SendStatusSet": [status], "RequestId": "r"}


def signature_error(path: str, headers: dict[str, str], payload: bytes) -> str | None:
    match = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if match is None:
        return "AuthFailure.SignatureFailure"
    secret_id, date, signed_headers, signature = match.groups()
    timestamp = int(headers["x-tc-timestamp"])
    if secret_id != SECRET_ID:
        return "AuthFailure.SecretIdNotFound"
    if abs(time.time() - timestamp) > 300 or datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d") != date:
        return "AuthFailure.SignatureExpire"
    canonical_headers = "".join(f"{name}:{headers[name]}\n" for name in signed_headers.split(";"))
    canonical = "\n".join(["POST", path, "", canonical_headers, signed_headers, hashlib.sha256(payload).hexdigest()])
    scope = f"{date}/sms/tc3_request"
    to_sign = "\n".join(["TC3-HMAC-SHA256", str(timestamp), scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signing_key = ("TC3" + SECRET_KEY).encode()
    for word in (date, "sms", "tc3_request"):
        signing_key = hmac.digest(signing_key, word.encode(), "sha256")
    made = hmac.new(signing_key, to_sign.encode(), "sha256").hexdigest()
    return None if hmac.compare_digest(made, signature) else "AuthFailure.SignatureFailure"
