"""Who is calling, behind proxies and without, and what limits count by."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient

from app import foundation
from app.foundation.http import caller_address, limiter
from tests.engines import settings_for

Made = Callable[..., FlaskClient]


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Made]:
    """Make an application that knows of so many proxies, and a client that reaches it through the last of them."""
    calling = []

    def make(proxies: str, **more: str) -> FlaskClient:
        application = Flask("app")
        settings = settings_for(tmp_path, f"sqlite:///{tmp_path}/x.db", LINTAN_TRUSTED_PROXIES=proxies, **more)
        application.config.from_mapping(settings)
        foundation.register(application)
        application.add_url_rule("/who", view_func=lambda: jsonify([caller_address(), request.scheme]))
        limiter.reset()
        calling.append(application.test_client())
        calling[-1].environ_base["REMOTE_ADDR"] = "10.0.0.7"
        return calling[-1]

    yield make
    limiter.reset()


@pytest.mark.parametrize(
    ("proxies", "sent", "address"),
    [
        ("0", None, "10.0.0.7"),
        ("0", "1.1.1.1", "10.0.0.7"),
        ("0", "1.1.1.1, 2.2.2.2", "10.0.0.7"),
        ("1", "2.2.2.2", "2.2.2.2"),
        ("1", "1.1.1.1, 2.2.2.2", "2.2.2.2"),
        ("2", "1.1.1.1, 2.2.2.2, 10.0.0.6", "2.2.2.2"),
        ("1", None, "10.0.0.7"),
        ("2", "2.2.2.2", "10.0.0.7"),
        ("1", "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("1", "2001:db8:1:2:bbbb::7", "2001:db8:1:2::/64"),
        ("1", "::ffff:2.2.2.2", "2.2.2.2"),
        ("1", "unknown", "unknown"),
    ],
)
def test_what_a_caller_writes_into_the_header_is_not_believed(behind, proxies, sent, address):
    headers = {} if sent is None else {"X-Forwarded-For": sent}

    assert behind(proxies).get("/who", headers=headers).json[0] == address


@pytest.mark.parametrize(("proxies", "scheme"), [("0", "http"), ("1", "https")])
def test_the_scheme_is_told_by_our_proxy_alone_and_host_prefix_and_port_by_nobody(behind, proxies, scheme):
    forged = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Port": "1",
        "Forwarded": "for=9.9.9.9;host=evil.example",
    }
    client = behind(proxies)

    answer = client.get("/who", headers=forged)

    assert answer.json == ["10.0.0.7", scheme]
    assert "evil" not in client.get("/problems/request.invalid", headers=forged).text


def statuses(client: FlaskClient, *addresses: str) -> list[int]:
    return [client.get("/who", headers={"X-Forwarded-For": address}).status_code for address in addresses]


def test_behind_a_proxy_each_caller_has_a_limit_of_their_own(behind):
    client = behind("1", LINTAN_RATE_LIMIT="2 per minute")

    assert statuses(client, "1.1.1.1", "1.1.1.1", "1.1.1.1", "2.2.2.2") == [200, 200, 429, 200]


def test_without_a_proxy_a_forged_header_gives_no_fresh_limit(behind):
    client = behind("0", LINTAN_RATE_LIMIT="2 per minute")

    assert statuses(client, "1.1.1.1", "2.2.2.2", "3.3.3.3") == [200, 200, 429]


def test_behind_a_proxy_a_forged_entry_gives_no_fresh_limit(behind):
    client = behind("1", LINTAN_RATE_LIMIT="2 per minute")

    assert statuses(client, "7.7.7.7, 1.1.1.1", "8.8.8.8, 1.1.1.1", "9.9.9.9, 1.1.1.1") == [200, 200, 429]


def test_addresses_that_are_none_are_counted(behind):
    client = behind("0", LINTAN_RATE_LIMIT="3 per minute")

    assert [client.get("/who%00").status_code for _ in range(4)] == [400, 400, 400, 429]
    limiter.reset()
    assert [client.get(f"/healthz{number}").status_code for number in range(4)] == [404, 404, 404, 429]
    assert [client.get("/healthz").status_code for _ in range(4)] == [200] * 4


def test_addresses_that_lead_nowhere_are_counted_as_one_and_say_so(behind):
    client = behind("0", LINTAN_RATE_LIMIT="3 per minute")

    answers = [
        client.get("/v1/nowhere"),
        client.post("/who"),
        client.get("/v1/elsewhere"),
        client.get("/v1/nowhere"),
        client.delete("/who"),
    ]

    assert [answer.status_code for answer in answers] == [404, 405, 404, 429, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=3;w=60'
    assert answers[0].headers["RateLimit"].startswith('"default";r=2;')
    assert answers[1].headers["RateLimit"].startswith('"default";r=1;')
    assert (answers[3].json["code"], int(answers[3].headers["Retry-After"]) > 0) == ("request.too_many", True)
    assert client.get("/who").status_code == 200
