"""Addresses that somebody else chose: which are called, and which never."""

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notices.webhooks.guard import AddressRefused, Refusal, Target, is_public, require_public, target_of

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - nothing listens
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
    "127.1",
    "2130706433",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_address_that_is_nobodys_on_the_internet_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "223.5.5.5", "2606:4700:4700::1111", "240e:1::1"])
def test_address_of_somebody_on_the_internet_is_public(address):
    assert is_public(address)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_nothing_public_is_private_by_the_registries(address):
    if is_public(str(address)):
        assert address.is_global
        for kind in ("private", "loopback", "link_local", "multicast", "reserved"):
            assert not getattr(address, f"is_{kind}")


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_public_in_the_clothes_of_ipv6(address):
    number = int(address)
    compatible, mapped, translated, nat64 = 0, 0xFFFF << 32, 0xFFFF << 48, 0x64_FF9B << 96
    for above in (compatible, mapped, translated, nat64):
        assert not is_public(str(IPv6Address(above | number)))
    assert not is_public(str(IPv6Address(0x2002 << 112 | number << 80)))


def test_one_private_address_among_public_ones_makes_the_name_suspect():
    assert require_public(["93.184.215.14"]) == ["93.184.215.14"]
    for addresses in ([], ["93.184.215.14", "10.0.0.1"], ["::1", "93.184.215.14"]):
        with pytest.raises(AddressRefused):
            require_public(addresses)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.receiver.cn", Target("hooks.receiver.cn", "/")),
        ("https://hooks.receiver.cn:443/", Target("hooks.receiver.cn", "/")),
        ("HTTPS://Hooks.Receiver.CN/a/b?c=d%20e", Target("hooks.receiver.cn", "/a/b?c=d%20e")),
        ("https://hooks.receiver.cn?token=1", Target("hooks.receiver.cn", "/?token=1")),
        ("https://xn--fiqs8s.xn--55qx5d/x", Target("xn--fiqs8s.xn--55qx5d", "/x")),
    ],
)
def test_address_with_a_public_name_is_taken(url, target):
    assert target_of(url) == target


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hooks.receiver.cn/", Refusal.NOT_HTTPS),
        ("ftp://hooks.receiver.cn/", Refusal.NOT_HTTPS),
        ("//hooks.receiver.cn/", Refusal.NOT_HTTPS),
        ("", Refusal.NOT_HTTPS),
        ("https://hooks.receiver.cn:8443/", Refusal.MALFORMED),
        ("https://hooks.receiver.cn:80/", Refusal.MALFORMED),
        ("https://hooks.receiver.cn:/", Refusal.MALFORMED),
        ("https://user@hooks.receiver.cn/", Refusal.MALFORMED),
        ("https://hooks.receiver.cn@127.0.0.1/", Refusal.MALFORMED),
        ("https://hooks.receiver.cn\\@127.0.0.1/", Refusal.MALFORMED),
        ("https://hooks.receiver.cn/#part", Refusal.MALFORMED),
        ("https://hooks.receiver.cn/a b", Refusal.MALFORMED),
        ("https://hooks.receiver.cn/\r\nHost: other", Refusal.MALFORMED),
        ("https://hooks.receiver.cn/\n", Refusal.MALFORMED),
        ("https://中国.cn/", Refusal.MALFORMED),
        ("https://[::1]/", Refusal.MALFORMED),
        ("https://[::ffff:127.0.0.1]/", Refusal.MALFORMED),
        ("https:///x", Refusal.MALFORMED),
        (f"https://hooks.receiver.cn/{'a' * 500}", Refusal.MALFORMED),
        ("https://127.0.0.1/", Refusal.NOT_A_NAME),
        ("https://93.184.215.14/", Refusal.NOT_A_NAME),
        ("https://2130706433/", Refusal.NOT_A_NAME),
        ("https://0x7f000001/", Refusal.NOT_A_NAME),
        ("https://0x7f.1/", Refusal.NOT_A_NAME),
        ("https://0177.0.0.1/", Refusal.NOT_A_NAME),
        ("https://127.1/", Refusal.NOT_A_NAME),
        ("https://receiver.cn./", Refusal.NOT_A_NAME),
        ("https://receiver..cn/", Refusal.NOT_A_NAME),
        ("https://-receiver.cn/", Refusal.NOT_A_NAME),
        ("https://localhost/", Refusal.NOT_A_NAME),
        ("https://receiver/", Refusal.NOT_A_NAME),
        ("https://a.localhost/", Refusal.NOT_PUBLIC),
        ("https://printer.local/", Refusal.NOT_PUBLIC),
        ("https://metadata.google.internal/", Refusal.NOT_PUBLIC),
        ("https://1.0.0.127.in-addr.arpa/", Refusal.NOT_PUBLIC),
        ("https://nas.home.arpa/", Refusal.NOT_PUBLIC),
        ("https://kubernetes.default.svc/", Refusal.NOT_PUBLIC),
        ("https://db.svc.cluster.local/", Refusal.NOT_PUBLIC),
        ("https://db.cluster/", Refusal.NOT_PUBLIC),
        ("https://db.private/", Refusal.NOT_PUBLIC),
        ("https://host.docker/", Refusal.NOT_PUBLIC),
        ("https://machine.localdomain/", Refusal.NOT_PUBLIC),
        ("https://router.lan/", Refusal.NOT_PUBLIC),
        ("https://wiki.intranet/", Refusal.NOT_PUBLIC),
    ],
)
def test_address_that_could_mean_something_else_is_refused(url, reason):
    with pytest.raises(AddressRefused) as caught:
        target_of(url)
    assert caught.value.reason is reason
