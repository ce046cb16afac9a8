"""HTTP as an app speaks it, for the journey: JSON in and out, a photo as a form, files out, over the standard library."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body, and the version of what was asked for, if it has one."""

    status: int
    content: bytes
    etag: str | None = None

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content or b"null")


class Unreachable(Exception):
    """No server answers."""


class Caller(Protocol):
    """Whatever sends requests: the network, or a test client."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        photo: bytes | None = None,
        token: str | None = None,
        if_match: str | None = None,
    ) -> Answer:
        """Send a request; every POST with an Idempotency-Key of its own."""
        ...


class Wire:
    """Sends requests to a server."""

    def __init__(self, base_url: str) -> None:
        """Speak to `base_url`, which must be http or https."""
        if not base_url.startswith(("http://", "https://")):
            raise ValueError(f"not an address: {base_url}")
        self._base_url = base_url.rstrip("/")

    def __call__(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        photo: bytes | None = None,
        token: str | None = None,
        if_match: str | None = None,
    ) -> Answer:
        """Send a request and return the answer, whatever its status."""
        headers = {"Accept": "application/json", "Accept-Language": "zh-CN"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if if_match is not None:
            headers["If-Match"] = if_match
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid4())
        data = None
        if photo is not None:
            headers["Content-Type"], data = form_of(photo)
        elif body is not None:
            headers["Content-Type"], data = "application/json", json.dumps(body).encode()
        request = urllib.request.Request(self._base_url + path, data, headers, method=method)  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  # nosec B310 - checked above
                return Answer(answer.status, answer.read(), answer.headers["ETag"])
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.read())
        except urllib.error.URLError as error:
            raise Unreachable(f"nothing answers at {self._base_url}: start it with `make run`") from error


def form_of(photo: bytes) -> tuple[str, bytes]:
    """Return the content type and the body of a form with a photo (RFC 7578)."""
    boundary = uuid4().hex
    purpose = 'Content-Disposition: form-data; name="purpose"\r\n\r\nplanting'
    file = 'Content-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    head = f"--{boundary}\r\n{purpose}\r\n--{boundary}\r\n{file}"
    return f"multipart/form-data; boundary={boundary}", head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
