"""Which addresses on the internet the product may call because an organisation asked for it, and which never.

Pure: it reads texts and numbers. Without it whoever enters an address would reach what only the city's own machines can reach.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

URL_MAX = 500
HOST_MAX = 253  # RFC 1035, section 2.3.4, less the two length bytes at the ends.
PORT = 443

Address = IPv4Address | IPv6Address

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# A last label that begins with a letter: a host whose last label is a number, `0x7f` or empty is an IPv4 address in one of its
# spellings (WHATWG URL, section 3.5, "ends in a number"), and addresses in figures are refused in every spelling.
_HOST = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
# No user, no fragment, no backslash, nothing outside ASCII: what two readers of an address could read differently.
_URL = re.compile(
    r"(?i:https)://([A-Za-z0-9.-]{1,253})(?::443)?((?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?)"
)
# Names that mean the machine itself, its network or no public place: RFC 6761, RFC 6762, RFC 7686, RFC 8375, ICANN 2024-07-29;
# and those that containers, clusters and home routers give their own, of which none is delegated.
_PRIVATE_NAMES = frozenset(
    {
        "localhost",
        "localdomain",
        "local",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "docker",
        "svc",
        "cluster",
        "arpa",
        "test",
        "example",
        "invalid",
        "onion",
        "alt",
    }
)

# Beside what ipaddress says by IANA's registries, for every Python alike: the anycast address of 6to4 relays (RFC 7526), AS112
# sinks (RFC 7534, RFC 7535) and AMT relays (RFC 7450), which a network answers itself.
_IPV4_REFUSED = tuple(
    IPv4Network(each)
    for each in (
        "192.88.99.0/24",
        "192.0.0.0/24",
        "100.64.0.0/10",
        "198.18.0.0/15",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.175.48.0/24",
    )
)
_IPV6_GLOBAL = IPv6Network(
    "2000::/3"
)  # All that IANA has given out as unicast; mapped, NAT64 and local forms lie outside.
_IPV6_REFUSED = tuple(
    IPv6Network(each)
    # Teredo, benchmarks and ORCHID, documentation, 6to4, documentation, AS112 sinks.
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")
)


class Refusal(StrEnum):
    """Why an address is not called."""

    NOT_HTTPS = "not_https"
    NOT_A_NAME = "not_a_name"
    NOT_PUBLIC = "not_public"
    MALFORMED = "malformed"


class AddressRefused(Exception):
    """The address must not be called."""

    def __init__(self, reason: Refusal) -> None:
        """Say why."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: a name, and a path with its query."""

    host: str
    path: str


def target_of(url: str) -> Target:
    """Return host and path of an address that may be called if its host turns out to be public.

    Raises:
        AddressRefused: not https on port 443, no name, or spelled in a way that could be read twice.

    >>> target_of("https://Hooks.Example.cn/lintan?a=1")
    Target(host='hooks.example.cn', path='/lintan?a=1')
    """
    if not url.lower().startswith("https://"):
        raise AddressRefused(Refusal.NOT_HTTPS)
    match = _URL.fullmatch(url)
    if match is None or len(url) > URL_MAX:
        raise AddressRefused(Refusal.MALFORMED)
    host = match[1].lower()
    if _HOST.fullmatch(host) is None or len(host) > HOST_MAX:
        raise AddressRefused(Refusal.NOT_A_NAME)
    if host.rpartition(".")[2] in _PRIVATE_NAMES:
        raise AddressRefused(Refusal.NOT_PUBLIC)
    path = match[2]
    return Target(host, path if path.startswith("/") else f"/{path}")


def require_public(addresses: list[str]) -> list[str]:
    """Return the addresses of a name, when every one of them is public: one that is not makes the name suspect.

    Raises:
        AddressRefused: there is none, or one is not public.
    """
    if not addresses or not all(is_public(each) for each in addresses):
        raise AddressRefused(Refusal.NOT_PUBLIC)
    return addresses


def is_public(text: str) -> bool:
    """Return whether an IP address belongs to somebody on the public internet.

    >>> is_public("192.168.1.1"), is_public("::ffff:10.0.0.1"), is_public("93.184.215.14")
    (False, False, True)
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in each for each in _IPV4_REFUSED)
    return address in _IPV6_GLOBAL and address.scope_id is None and not any(address in each for each in _IPV6_REFUSED)
