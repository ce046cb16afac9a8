"""kill -9 of the worker while it sends: every notice is delivered at least once, and each time under the same id."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from app.foundation.data import clock, db, public_id, reading
from app.foundation.work.models import OutboxRow
from app.notices.models import DeliveryRow
from app.notices.rules import DeliveryState
from tests.engines import PostgresServer
from tests.notices.conftest import Reader, deliveries
from tests.notices.fake_providers import FakeGateway

KILLS = 20 if os.environ.get("LINTAN_TORTURE") else 1
NOTICES = 30 * KILLS
WAIT_S = 60


class SlowGateway(FakeGateway):
    """A gateway that takes a moment for each message, so that a kill finds the worker between the call and its note."""

    def answer(self, path, headers, body):
        verdict = super().answer(path, headers, body)
        time.sleep(0.01)
        return verdict


@pytest.fixture
def gateway() -> Iterator[SlowGateway]:
    fake = SlowGateway()
    yield fake
    fake.close()


def test_a_worker_killed_again_and_again_delivers_each_notice_under_one_id(app, server, senders, make_reader, gateway):
    clock.system()  # The workers have the machine's.
    reader: Reader = make_reader()
    reader.choose(quiet_from="00:00", quiet_until="00:00")
    reader.takes_push()
    for _ in range(NOTICES):
        reader.tell()
    db.engine.dispose()
    url = server.url("lintan_app") if isinstance(server, PostgresServer) else f"sqlite:///{server.home}/lintan.db"
    command = [sys.executable, "-m", "tests.notices.kill_worker", str(server.home), url, gateway.url]

    for _ in range(KILLS):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"ready\n"
            before = len(gateway.got)
            wait_until(lambda before=before: len(gateway.got) > before + 3)
            time.sleep(random.uniform(0, 0.05))
            worker.send_signal(signal.SIGKILL)
    left_after_kills = waiting()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        wait_until(lambda: not waiting())
        worker.send_signal(signal.SIGKILL)

    assert 0 < left_after_kills < NOTICES, "the kills hit a worker that had begun and not finished"
    rows = deliveries()
    assert {row.state for row in rows} == {DeliveryState.SENT}
    assert len(rows) == NOTICES
    got = [told["id"] for told in gateway.got]
    assert set(got) == {public_id("dlv", row.id) for row in rows}
    assert len({told["notice_id"] for told in gateway.got}) == NOTICES
    assert len(got) <= NOTICES + KILLS * 2


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)


def waiting() -> int:
    with reading() as session:
        unplanned = select(func.count()).where(OutboxRow.topic == "notices.deliver", OutboxRow.done_at.is_(None))
        unsent = select(func.count()).where(DeliveryRow.state == DeliveryState.WAITING)
        return (session.scalar(unplanned) or 0) + (session.scalar(unsent) or 0)
