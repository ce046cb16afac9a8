"""The call itself: to the checked address, with the name's certificate, bounded in time and size, and nowhere else."""

import socket
import ssl
import time

import pytest

from app.notices.webhooks.guard import AddressRefused
from app.notices.webhooks.outbound import ANSWER_BYTES_MAX, NotReached, Outbound, trusted
from tests.notices.webhooks.receiver import BIG_BYTES, HOST, PUBLIC, listening


@pytest.fixture(scope="module")
def receiver(tmp_path_factory):
    with listening(tmp_path_factory.mktemp("receiver")) as there:
        yield there


class Network:
    """Names and ways that a test lays: every public address leads to the receiver on this machine."""

    def __init__(self, receiver, *answers, trust=None, total_s=5.0):
        self.receiver, self.answers = receiver, list(answers or [[PUBLIC]])
        self.asked, self.called = [], []
        self.outbound = Outbound(self.resolve, self.connect, trust or receiver.trust, total_s)

    def resolve(self, host):
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def connect(self, address, port, timeout_s):
        self.called.append((address, port))
        return socket.create_connection(("127.0.0.1", self.receiver.port), timeout_s)

    def post(self, path="/ok", body=b"{}", **headers):
        return self.outbound.post(f"https://{HOST}{path}", body, headers)


def test_message_reaches_the_checked_address_under_the_name(receiver):
    network = Network(receiver)

    status = network.post("/ok?a=1", b'{"type":"x"}', **{"webhook-id": "msg_1"})

    path, headers, body = receiver.taken[-1]
    assert status == 200
    assert (network.asked, network.called) == ([HOST], [(PUBLIC, 443)])
    assert (path, body) == ("/ok?a=1", b'{"type":"x"}')
    assert (headers["host"], headers["webhook-id"], headers["content-type"]) == (HOST, "msg_1", "application/json")


def test_name_that_changes_its_address_after_the_check_gains_nothing(receiver):
    network = Network(receiver, [PUBLIC], ["127.0.0.1"])

    assert network.post() == 200
    assert (network.asked, network.called) == ([HOST], [(PUBLIC, 443)])
    with pytest.raises(AddressRefused):
        network.post()
    assert network.called == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        [PUBLIC, "10.0.0.1"],
        ["::1", PUBLIC],
    ],
)
def test_name_with_an_address_that_is_not_public_is_never_called(receiver, addresses):
    network = Network(receiver, addresses)

    with pytest.raises(AddressRefused):
        network.post()
    assert network.called == []


@pytest.mark.parametrize(
    "url", [f"http://{HOST}/ok", "https://127.0.0.1/ok", "https://2130706433/ok", f"https://{HOST}:8443/"]
)
def test_refused_address_is_not_even_looked_up(receiver, url):
    network = Network(receiver)

    with pytest.raises(AddressRefused):
        network.outbound.post(url, b"{}", {})
    assert (network.asked, network.called) == ([], [])


def test_redirect_is_told_and_not_followed(receiver):
    network = Network(receiver)

    assert network.post("/redirect") == 302
    assert len(network.called) == 1


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_receiver_that_takes_its_time_is_left_when_the_time_is_over(receiver, path):
    network, started = Network(receiver, total_s=0.4), time.monotonic()

    with pytest.raises(NotReached) as caught:
        network.post(path)

    assert caught.value.reason == "too_slow"
    assert time.monotonic() - started < 1.5


def test_slow_name_counts_into_the_time():
    outbound = Outbound(lambda _: time.sleep(1) or [PUBLIC], total_s=0.2)

    with pytest.raises(NotReached) as caught:
        outbound.post(f"https://{HOST}/ok", b"{}", {})
    assert caught.value.reason == "too_slow"


def test_of_a_big_answer_only_the_beginning_is_read(receiver):
    before = receiver.sent_bytes

    assert Network(receiver).post("/big") == 200
    time.sleep(0.2)
    # What lies in the buffers of both sides comes on top; most is never sent.
    assert receiver.sent_bytes - before < BIG_BYTES
    assert ANSWER_BYTES_MAX == 65_536


def test_headers_without_an_end_are_no_answer_and_lines_behind_a_body_are_not_read(receiver):
    before = receiver.sent_bytes

    with pytest.raises(NotReached) as caught:
        Network(receiver).post("/headers")
    assert caught.value.reason == "unreachable"
    assert Network(receiver).post("/trailers") == 200
    time.sleep(0.2)
    assert receiver.sent_bytes - before < 2 * BIG_BYTES


def test_answer_that_is_no_http_is_no_answer(receiver):
    with pytest.raises(NotReached) as caught:
        Network(receiver).post("/garbage")
    assert caught.value.reason == "unreachable"


def test_certificate_is_verified_for_the_name(receiver, tmp_path):
    with pytest.raises(NotReached) as unknown_authority:
        Network(receiver, trust=trusted()).post()
    with listening(tmp_path, name="other.receiver.cn") as other, pytest.raises(NotReached) as other_name:
        Network(other).post()

    assert unknown_authority.value.reason == other_name.value.reason == "certificate"
    assert trusted().verify_mode is ssl.CERT_REQUIRED
    assert trusted().check_hostname


def test_proxy_of_the_environment_is_not_used(receiver, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert Network(receiver).post() == 200


def test_next_address_is_tried_when_one_does_not_answer(receiver):
    network = Network(receiver, ["1.1.1.1", PUBLIC])
    connect = network.connect
    network.outbound = Outbound(
        network.resolve, lambda a, p, t: refuse() if a == "1.1.1.1" else connect(a, p, t), receiver.trust
    )

    assert network.post() == 200


def refuse():
    raise ConnectionRefusedError


@pytest.mark.parametrize("failure", [OSError(), UnicodeError()])
def test_name_that_nobody_knows_is_not_reached(receiver, failure):
    def fail(_):
        raise failure

    with pytest.raises(NotReached) as caught:
        Outbound(fail).post(f"https://{HOST}/ok", b"{}", {})
    assert caught.value.reason == "no_such_name"
