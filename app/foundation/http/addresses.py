"""Addresses: the one that somebody calls from, behind whatever proxies stand in front, and how the one called is spelled."""

import ipaddress

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

# A household or a mobile line is given a /64 at least (RFC 6177): whoever has one has all its addresses.
_IPV6_PREFIX = 64


def register_addresses(app: Flask) -> None:
    """Believe as many entries of X-Forwarded-For and -Proto, counted from the right, as we have proxies; with none, none.

    A caller can write into these headers what they like; what a proxy of ours appended stands to the right of it.
    """
    count = app.config["LINTAN_TRUSTED_PROXIES"]
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]


def register_spelling(app: Flask) -> None:
    """Give each address one spelling, and refuse NUL, which PostgreSQL stores nowhere; call it when limits have counted."""
    # Else the router answers `/v1//me` with a redirect, in HTML.
    app.url_map.merge_slashes = False

    @app.before_request
    def refuse_other_spellings() -> None:
        if request.environ["PATH_INFO"].startswith("//"):  # The router does not see how many there are.
            abort(404)
        if "\x00" in request.path or "\x00" in request.query_string.decode("latin-1") or "%00" in request.full_path:
            abort(400)


def caller_address() -> str:
    """Return the address that limits and delays count by; of IPv6 the network that one line has, `2001:db8:1:2::/64`."""
    given = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(given.partition("%")[0])
    except ValueError:
        return given
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
