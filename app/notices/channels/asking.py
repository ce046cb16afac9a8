"""One question to a provider over HTTP: JSON out, bounded in time and size, and no redirect is followed."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from app.notices.channels.port import ChannelAway

TIMEOUT_S = 5
ANSWER_BYTES_MAX = 65_536


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry a token and a signature to an address that nobody set."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def post(url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON object of an answer, an empty one where the answer has none.

    Raises:
        ChannelAway: unreachable or too slow. Neither address nor body is in the error: they carry secrets.
    """
    # The address comes from the operator's settings, never from a request.
    request = urllib.request.Request(  # noqa: S310
        url, data=body, headers={"Content-Type": "application/json", **(headers or {})}
    )
    try:
        with _opener.open(request, timeout=TIMEOUT_S) as answer:
            return int(answer.status), _object(answer.read(ANSWER_BYTES_MAX))
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}
    except (urllib.error.URLError, TimeoutError, OSError):
        raise ChannelAway("unreachable") from None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
