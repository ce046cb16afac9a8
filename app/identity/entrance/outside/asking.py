"""One question to a provider over HTTP: JSON out, JSON back, bounded in time and size, and no redirect is followed."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from app.identity.entrance.outside.port import OutsideFailed

TIMEOUT_S = 5
_ANSWER_BYTES_MAX = 65_536


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry secrets and signatures to an address that nobody set."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def ask(url: str, *, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object that the provider answers: to a GET, or with a body to a POST.

    What the provider wrote stays in the answer: addresses and bodies carry secrets, so neither is in the error.

    Raises:
        OutsideFailed: unreachable, too slow, another status than 200, or no JSON object.
    """
    data = None if body is None else json.dumps(body).encode()
    sent = {**(headers or {}), **({"Content-Type": "application/json"} if data is not None else {})}
    # The address comes from the operator's settings, never from a request.
    request = urllib.request.Request(url, data=data, headers=sent)  # noqa: S310
    try:
        with _opener.open(request, timeout=TIMEOUT_S) as answer:
            told = json.loads(answer.read(_ANSWER_BYTES_MAX))
    except urllib.error.HTTPError as error:
        error.close()
        raise OutsideFailed(f"http_{error.code}") from None
    except (urllib.error.URLError, TimeoutError, OSError):
        raise OutsideFailed("unreachable") from None
    except ValueError:
        raise OutsideFailed("not_json") from None
    if not isinstance(told, dict):
        raise OutsideFailed("not_an_object")
    return told


def text_of(told: Mapping[str, Any], name: str) -> str | None:
    """Return a member that is a text with something in it, or None."""
    value = told.get(name)
    return value if isinstance(value, str) and value else None


def object_of(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a member that is an object; an empty one when it is not there.

    Raises:
        OutsideFailed: it is something else.
    """
    value = told.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise OutsideFailed("not_an_object")
    return value
