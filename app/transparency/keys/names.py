"""How issuers and keys are named outside. Pure."""

import ipaddress
import re
from urllib.parse import urlsplit

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SLUG_MAX = 40


def is_slug(text: str) -> bool:
    """Return whether a text can stand in a DID and in an address."""
    return len(text) <= _SLUG_MAX and _SLUG.fullmatch(text) is not None


def did_web(public_url: str, slug: str) -> str:
    """Return the DID whose document the product serves under `/issuers/<slug>/did.json`.

    Source: did:web method specification, section 3; the colon before a port is spelled %3A.
    >>> did_web("http://localhost:8000", "lishui-ecology")
    'did:web:localhost%3A8000:issuers:lishui-ecology'
    """
    place = urlsplit(public_url)
    parts = [part for part in place.path.split("/") if part]
    return ":".join(["did", "web", place.netloc.lower().replace(":", "%3A"), *parts, "issuers", slug])


def is_ip_address(public_url: str) -> bool:
    """Return whether the host is a number: no DID may name one (did:web, section 3.1)."""
    try:
        ipaddress.ip_address(urlsplit(public_url).hostname or "")
    except ValueError:
        return False
    return True


def key_name(year: int, number: int) -> str:
    """Return the name of an issuer's key as a Multikey, such as `key-2026-1`."""
    return f"key-{year}-{number}"


def jwk_name(year: int, number: int) -> str:
    """Return the name of the same key as a JsonWebKey."""
    return f"jwk-{year}-{number}"
