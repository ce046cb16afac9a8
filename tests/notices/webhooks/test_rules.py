"""When a message is tried again, when an endpoint is switched off, and what a message is signed with."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from app.notices.webhooks import rules, signing

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
GUIDE = Path(__file__).parents[3] / "docs" / "webhooks.md"
# The example of the specification of Standard Webhooks.
VECTOR = {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "headers": {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    "body": b'{"test": 2432232314}',
}


def is_from_lintan(*arguments):
    """What the guide tells receivers to do."""
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    there = {}
    exec(code, there)  # noqa: S102 - our own guide
    return there["is_from_lintan"](*arguments)


@pytest.fixture
def installation():
    app = Flask("installation")
    app.config["LINTAN_SECRET"] = "a secret of a test"
    with app.app_context():
        yield


def test_eight_tries_take_a_day_and_each_wait_is_longer():
    waits = [rules.wait_after(tries) for tries in range(1, rules.TRIES_MAX)]

    assert rules.TRIES_MAX == 8
    assert sum(waits, timedelta()) == timedelta(hours=24)
    assert waits == sorted(waits)
    assert rules.wait_after(rules.TRIES_MAX) is None


@pytest.mark.parametrize(
    ("enabled_days_ago", "delivered_days_ago", "failing"),
    [(3, None, True), (2.99, None, False), (30, 2.99, False), (30, 3, True), (1, 30, False)],
)
def test_endpoint_is_failing_when_nothing_reached_it_for_three_days(enabled_days_ago, delivered_days_ago, failing):
    delivered_at = None if delivered_days_ago is None else NOON - timedelta(days=delivered_days_ago)

    assert (
        rules.is_failing(enabled_at=NOON - timedelta(days=enabled_days_ago), delivered_at=delivered_at, now=NOON)
        is failing
    )


@pytest.mark.parametrize(
    ("status", "accepted"), [(199, False), (200, True), (299, True), (300, False), (302, False), (500, False)]
)
def test_only_a_status_of_success_takes_a_message(status, accepted):
    assert rules.is_accepted(status) is accepted


def test_guide_verifies_the_example_of_the_standard():
    with time_machine.travel(int(VECTOR["headers"]["webhook-timestamp"]), tick=False):
        assert is_from_lintan(VECTOR["secret"], VECTOR["headers"], VECTOR["body"])
        assert not is_from_lintan(VECTOR["secret"], VECTOR["headers"], VECTOR["body"] + b" ")


def test_guide_verifies_what_is_signed_here_with_either_secret_and_for_five_minutes(installation):
    old, new, other = (signing.new_salt() for _ in range(3))
    headers = signing.headers_of("msg_1", int(NOON.timestamp()), b"{}", salts=[new, old])

    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        told = [is_from_lintan(signing.secret_of(salt), headers, b"{}") for salt in (old, new, other)]
        changed = {**headers, "webhook-id": "msg_2"}
        assert not is_from_lintan(signing.secret_of(new), changed, b"{}")
    with time_machine.travel(NOON + timedelta(minutes=5, seconds=1), tick=False):
        late = is_from_lintan(signing.secret_of(new), headers, b"{}")

    assert (told, late) == ([True, True, False], False)
    assert len(headers["webhook-signature"].split()) == 2


def test_secret_has_32_bytes_that_the_salt_alone_does_not_tell(installation):
    salt = signing.new_salt()

    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", signing.secret_of(salt))
    assert salt not in signing.secret_of(salt)
    assert signing.secret_of(salt) != signing.secret_of(signing.new_salt())
