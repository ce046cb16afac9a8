"""kill -9 between payment and retirement: within a minute the order is fulfilled, once, and the books are in order."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from app.foundation.data import db
from app.foundation.work import work_until_idle
from tests.engines import PostgresServer
from tests.offsets.shop import findings, pay_at_provider
from tests.offsets.test_races import retired_kg


@pytest.mark.parametrize(
    ("place", "state"),
    [
        ("while_the_money_moves", "reserved"),
        ("before_the_retirement", "paid"),
        ("before_the_retirement_is_committed", "paid"),
    ],
)
def test_a_worker_killed_on_the_way_leaves_an_order_that_is_fulfilled_within_a_minute(
    shop, alice, hands, server, place, state
):
    shop.batch(7)
    order = alice.order(kg=7)
    pay_at_provider(order)
    db.engine.dispose()
    url = server.url("lintan_app") if isinstance(server, PostgresServer) else f"sqlite:///{server.home}/lintan.db"

    ended = subprocess.run(
        [sys.executable, "-m", "tests.offsets.dying_worker", place, str(server.home), url], check=False
    )

    assert ended.returncode == -signal.SIGKILL
    assert (alice.now_is(order)["state"], retired_kg(), findings()) == (state, 0, {})
    for _ in range(6):
        hands.move(timedelta(seconds=10))
        work_until_idle()
    assert (alice.now_is(order)["state"], retired_kg()) == ("fulfilled", 7)
