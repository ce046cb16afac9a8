"""Several sequencers and many writers at once: one sequences, and nobody's entry is skipped."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.foundation.data import db, reading, run_in_transaction, transaction
from app.foundation.work import work_until_idle
from app.transparency import (
    EntryKind,
)
from app.transparency.log import batch as batch_module
from app.transparency.log.sequencer import sequence
from app.transparency.models import LeafRow
from tests.transparency.forest_office import (
    append_retirement,
    findings,
    retire,
)


def test_fifty_appends_at_once_while_two_sequence_are_each_logged_once(log):
    subjects = [uuid4() for _ in range(50)]
    stop, errors = threading.Event(), []

    def append(subject) -> None:
        with log.app_context():
            for _ in range(2):
                run_in_transaction(lambda session: append_retirement(session, subject))

    def go_on() -> None:
        while not stop.is_set():
            try:
                with log.app_context():
                    sequence()
            except DBAPIError as error:
                errors.append(error)

    workers = [threading.Thread(target=go_on) for _ in range(2)]
    for worker in workers:
        worker.start()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(append, subjects))
    stop.set()
    for worker in workers:
        worker.join()
    work_until_idle()

    with reading() as session:
        logged = session.scalars(select(LeafRow.subject_id).where(LeafRow.kind == EntryKind.RETIRE)).all()
    assert sorted(logged) == sorted(subjects)
    assert errors == []
    assert findings() == []


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)  # On SQLite writers queue: nobody commits late.
def test_a_commit_that_comes_late_is_not_skipped(log):
    late, early = uuid4(), uuid4()
    with Session(db.engine) as slow:
        append_retirement(slow, late)
        slow.flush()
        with transaction() as session:
            append_retirement(session, early)
        assert sequence() == 1
        slow.commit()

    assert sequence() == 1
    with reading() as session:
        assert session.scalar(select(LeafRow.leaf_index).where(LeafRow.subject_id == late)) == 3


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)  # On SQLite the turn to write is the lock.
def test_while_one_worker_sequences_the_other_does_nothing(log, monkeypatch):
    retire()
    inside, go_on = threading.Event(), threading.Event()
    original = batch_module.Batch.add_entries

    def linger(self, rows) -> None:
        original(self, rows)
        inside.set()
        go_on.wait(10)

    monkeypatch.setattr(batch_module.Batch, "add_entries", linger)
    done = []

    def first() -> None:
        with log.app_context():
            done.append(sequence())

    worker = threading.Thread(target=first)
    worker.start()
    assert inside.wait(10)
    monkeypatch.setattr(batch_module.Batch, "add_entries", original)

    assert sequence() == 0

    go_on.set()
    worker.join()
    assert done == [1]
