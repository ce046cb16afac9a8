"""kill -9 of the sequencer while it signs: every entry and every document stands in the log once, under signed heads."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import select

from app.foundation.data import db, reading, transaction
from app.foundation.work import work_until_idle
from app.transparency import EntryKind
from app.transparency.checking.check import check_log
from app.transparency.models import LeafRow
from tests.engines import PostgresServer
from tests.transparency.forest_office import append_retirement, counts, fates, write_draft

KILLS = 20 if os.environ.get("LINTAN_TORTURE") else 1
DRAFTS, RETIREMENTS = 40, 100
WAIT_S = 60


def test_a_sequencer_killed_again_and_again_logs_everything_once(log, server):
    drafts = [write_draft() for _ in range(DRAFTS)]
    subjects = [uuid4() for _ in range(RETIREMENTS)]
    with transaction() as session:
        for subject in subjects:
            append_retirement(session, subject)
    db.engine.dispose()
    url = server.url("lintan_app") if isinstance(server, PostgresServer) else f"sqlite:///{server.home}/lintan.db"
    command = [sys.executable, "-m", "tests.transparency.kill_sequencer", str(server.home), url]

    for _ in range(KILLS):
        before = left()
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"ready\n"
            wait_until(lambda before=before: left() < before)
            time.sleep(random.uniform(0, 0.05))
            worker.send_signal(signal.SIGKILL)
    left_after_kills = left()
    with reading() as session:
        assert list(check_log(session)) == []
    work_until_idle()

    assert left_after_kills > 0, "the kills hit a sequencer that had not finished"
    assert left() == 0
    with reading() as session:
        logged = session.scalars(select(LeafRow.subject_id).where(LeafRow.kind == EntryKind.RETIRE)).all()
        assert sorted(logged) == sorted([*drafts, *subjects])
        issued = session.scalars(select(LeafRow.leaf_index).where(LeafRow.kind == EntryKind.ISSUE)).all()
        assert list(check_log(session)) == []
    assert sorted(str(index) for index in issued) == sorted(str(note) for note in fates().values())
    assert counts()["document"] == DRAFTS


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)


def left() -> int:
    return counts()["waiting"] + DRAFTS - counts()["document"]
