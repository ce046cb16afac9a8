import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from app.foundation.data import (
    after_commit,
    clock,
    db,
    delete_in_batches,
    new_id,
    reading,
    run_in_transaction,
    transaction,
)
from app.foundation.data.fair_lock import FairLock
from app.foundation.http.models import IdempotencyRow
from app.foundation.proof import SYSTEM, record
from app.foundation.proof.audit import AuditRow
from app.foundation.work.models import TaskRow, TaskState
from tests.foundation.conftest import make_thing


def task(note: str, **more) -> TaskRow:
    values = {
        "id": new_id(),
        "kind": "k",
        "subject_kind": "s",
        "subject_id": new_id(),
        "role": "r",
        "state": TaskState.OPEN,
        "created_at": clock.now(),
    }
    return TaskRow(**{**values, "note": note, **more})


def _fail_inside(told: list[str]) -> None:
    with transaction() as inner:
        inner.add(task("inner"))
        after_commit(told.append, "inner")
        raise ValueError("inner")


def notes() -> set[str | None]:
    with reading() as session:
        return set(session.scalars(select(TaskRow.note)))


def test_an_inner_failure_takes_back_the_inner_work_only(app):
    told = []
    with transaction() as session:
        session.add(task("outer"))
        with pytest.raises(ValueError, match="inner"):
            _fail_inside(told)
        after_commit(told.append, "outer")

    assert notes() == {"outer"}
    assert told == ["outer"]


def test_an_outer_failure_takes_back_everything_and_tells_nobody(app):
    told = []

    def work(session) -> None:
        with transaction() as inner:
            inner.add(task("inner"))
            after_commit(told.append, "inner")
        raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        run_in_transaction(work)

    assert notes() == set()
    assert told == []


def test_reading_cannot_write(app):
    with pytest.raises(DBAPIError), reading() as session:
        session.execute(text("UPDATE foundation_task SET note = 'x'"))
    with pytest.raises(RuntimeError, match="reading"), reading(), transaction():
        pass


def test_reading_inside_a_transaction_sees_what_it_has_written(app):
    with transaction() as session:
        session.add(task("fresh"))
        session.flush()
        assert notes() == {"fresh"}


def test_a_naive_time_is_refused_by_the_column(app):
    with pytest.raises(StatementError, match="naive"), transaction() as session:
        session.add(task("naive", due_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the point


def test_an_instant_comes_back_aware_to_the_microsecond(app):
    at = datetime(2026, 3, 12, 1, 40, 0, 7, tzinfo=UTC)
    with transaction() as session:
        session.add(task("time", due_at=at))

    with reading() as session:
        assert session.scalar(select(TaskRow.due_at)) == at


@pytest.mark.parametrize("statement", ["UPDATE foundation_audit SET action = 'x'", "DELETE FROM foundation_audit"])
def test_the_audit_cannot_be_changed_even_by_the_application(app, statement):
    with transaction() as session:
        record(session, action="test.done", object_kind="test", object_id=UUID(int=7), actor=SYSTEM)

    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement))
    with reading() as session:
        assert session.scalar(select(AuditRow.action).where(AuditRow.object_id == UUID(int=7))) == "test.done"


def test_the_serving_role_cannot_empty_or_reshape_tables(app, engine_name):
    if engine_name == "sqlite":
        pytest.skip("SQLite has no roles; whoever holds the file can do everything, and the seal is for that")
    for statement in ("TRUNCATE foundation_audit", "DROP TABLE foundation_task", "CREATE TABLE mine (x int)"):
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), transaction() as session:
            session.execute(text(statement))


def test_a_column_refuses_a_value_of_another_type(app, engine_name):
    table = "foundation_outbox"
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(
            text(
                f"INSERT INTO {table} (id, topic, subscriber, key, payload, created_at, due_at, tries)"
                " VALUES (:id, 't', 's', 'k', '{}', :at, :at, 'many')"
            ),
            {"id": new_id().bytes if engine_name == "sqlite" else new_id(), "at": "2026-01-01 00:00:00.000000"},
        )


def test_a_deadlock_is_run_again_and_both_sides_finish(workshop, engine_name):
    first, second = make_thing("a").id, make_thing("b").id
    meet = threading.Barrier(2)
    attempts = []

    def swap(one: UUID, other: UUID) -> None:
        def work(session) -> None:
            attempts.append(one)
            session.execute(text("UPDATE foundation_task SET role = 'x' WHERE id = :id"), {"id": key(one)})
            if len(attempts) <= 2 and engine_name == "postgresql":
                meet.wait(5)
            session.execute(text("UPDATE foundation_task SET role = 'y' WHERE id = :id"), {"id": key(other)})

        with workshop.app_context():
            run_in_transaction(work)

    def key(value: UUID) -> object:
        return value.bytes if engine_name == "sqlite" else value

    threads = [threading.Thread(target=swap, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert not any(thread.is_alive() for thread in threads)
    assert len(attempts) >= 3 if engine_name == "postgresql" else len(attempts) == 2


def test_work_that_keeps_failing_is_given_up_after_three_attempts(app):
    class Refused(Exception):
        sqlstate = "40001"

    attempts = []

    def work(_) -> None:
        attempts.append(1)
        raise OperationalError("x", {}, Refused())

    with pytest.raises(OperationalError):
        run_in_transaction(work)
    assert len(attempts) == 3


def test_writers_on_sqlite_queue_in_order():
    lock = FairLock()
    assert lock.acquire(0)
    order = []

    def wait(number: int) -> None:
        assert lock.acquire(5)
        order.append(number)
        lock.release()

    threads = []
    for number in range(20):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        while len(lock._queue) <= number:
            time.sleep(0.001)
    lock.release()
    for thread in threads:
        thread.join(5)

    assert order == list(range(20))


def test_a_writer_that_waits_too_long_leaves_the_queue():
    lock = FairLock()
    assert lock.acquire(0)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0)


def test_fifty_threads_write_and_none_is_refused(app):
    def write(number: int) -> None:
        with app.app_context(), transaction() as session:
            session.add(task(str(number)))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert notes() == {str(number) for number in range(50)}
    assert db.engine.pool.checkedout() == 0


def test_connections_have_the_settings_that_durability_and_patience_need(app, engine_name):
    with reading() as session:
        if engine_name == "sqlite":
            names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            values = [session.scalar(text(f"PRAGMA {name}")) for name in names]
            assert values == ["wal", 2, 1, 1]
        else:
            assert session.scalar(text("SHOW lock_timeout")) == "5s"
            assert session.scalar(text("SHOW transaction_read_only")) == "on"
            assert session.scalar(text("SHOW timezone")) == "UTC"


@contextmanager
def deletes_and_commits() -> Iterator[list[str]]:
    """Note each DELETE with the number of its rows, and each commit."""
    told: list[str] = []

    def deleted(_: Any, cursor: Any, statement: str, *__: Any) -> None:
        if statement.startswith("DELETE"):
            told.append(f"delete {cursor.rowcount}")

    def committed(_: Any) -> None:
        told.append("commit")

    event.listen(db.engine, "after_cursor_execute", deleted)
    event.listen(db.engine, "commit", committed)
    try:
        yield told
    finally:
        event.remove(db.engine, "after_cursor_execute", deleted)
        event.remove(db.engine, "commit", committed)


@pytest.mark.parametrize(
    ("old_count", "told"),
    [
        (0, ["delete 0", "commit"]),
        (3, ["delete 3", "commit", "delete 0", "commit"]),
        (7, ["delete 3", "commit", "delete 3", "commit", "delete 1", "commit"]),
    ],
)
def test_many_rows_are_deleted_a_batch_and_a_commit_at_a_time(app, old_count, told):
    with transaction() as session:
        session.add_all([task("old") for _ in range(old_count)])
        session.add(task("new"))

    with deletes_and_commits() as seen:
        deleted = delete_in_batches(TaskRow, TaskRow.note == "old", batch=3)

    assert (deleted, seen) == (old_count, told)
    assert notes() == {"new"}


def test_batches_are_not_deleted_inside_a_transaction_that_would_make_them_one(app):
    with transaction(), pytest.raises(RuntimeError, match="batches would be one"):
        delete_in_batches(TaskRow, TaskRow.note == "old")


def test_rows_with_a_key_of_several_columns_are_deleted_too(app):
    row = {"principal": "resident:1", "operation": "POST /x", "fingerprint": "f"}
    with transaction() as session:
        for number in range(4):
            session.add(IdempotencyRow(**row, key=str(number), started_at=clock.now() - timedelta(hours=number)))

    assert delete_in_batches(IdempotencyRow, IdempotencyRow.started_at < clock.now() - timedelta(hours=1), batch=1) == 3
    with reading() as session:
        assert session.scalars(select(IdempotencyRow.key)).all() == ["0"]
