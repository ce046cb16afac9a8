"""kill -9 of the worker while it works: every effect exists once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from sqlalchemy import func, select

from app.foundation.data import db, reading, transaction
from app.foundation.proof.audit import AuditRow
from app.foundation.work import publish, subscribe
from app.foundation.work.models import OutboxRow
from tests.engines import PostgresServer

KILLS = 20 if os.environ.get("LINTAN_TORTURE") else 2
MESSAGES = 200
WAIT_S = 60


def test_a_worker_killed_again_and_again_has_each_effect_once(workshop, server):
    subscribe(workshop, topic="torture", name="torture.slow", handle=lambda session, messages: None)
    with transaction() as session:
        for number in range(MESSAGES):
            publish(session, "torture", str(number), {})
    db.engine.dispose()
    url = server.url("lintan_app") if isinstance(server, PostgresServer) else f"sqlite:///{server.home}/lintan.db"
    command = [sys.executable, "-m", "tests.foundation.kill_worker", str(server.home), url]

    for _ in range(KILLS):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"ready\n"
            wait_until_less_waits()  # On a busy machine it may take a while to begin.
            time.sleep(random.uniform(0, 0.1))
            worker.send_signal(signal.SIGKILL)
    left_after_kills = waiting()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        wait_until(lambda: not waiting())
        worker.send_signal(signal.SIGKILL)

    assert 0 < left_after_kills < MESSAGES, "the kills hit a worker that had begun and not finished"
    assert waiting() == 0
    with reading() as session:
        effects = session.execute(
            select(AuditRow.object_id, func.count())
            .where(AuditRow.action == "torture.handled")
            .group_by(AuditRow.object_id)
        ).all()
    assert len(effects) == MESSAGES
    assert {count for _, count in effects} == {1}
    workshop.extensions["lintan_subscribers"].pop("torture.slow")


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)


def wait_until_less_waits() -> None:
    before = waiting()
    wait_until(lambda: waiting() < before)


def waiting() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None))) or 0
