"""Background work: each effect once, whatever fails."""

import logging
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.foundation.data import clock, reading, transaction
from app.foundation.work import TopicUnknown, publish, schedule, subscribe, work_once, work_until_idle
from app.foundation.work.leases import LEASE, TRIES_MAX, back_off, lease, mark_done, mark_failed
from app.foundation.work.models import OutboxRow, ScheduleRow, TaskRow
from app.foundation.work.outbox import _EXTENSION as SUBSCRIBERS
from app.foundation.work.outbox import SubscriberNameTaken
from app.foundation.work.schedule import _EXTENSION as JOBS
from app.foundation.work.sweep import sweep
from tests.foundation.conftest import make_thing


@pytest.fixture(autouse=True)
def only_our_listeners(workshop: Flask):
    """Start each test without subscribers and jobs."""
    kept = {name: dict(workshop.extensions.get(name, {})) for name in (SUBSCRIBERS, JOBS)}
    for name in kept:
        workshop.extensions.setdefault(name, {}).clear()
    clock.use(clock.FixedClock(clock.now()))
    yield
    for name, values in kept.items():
        workshop.extensions[name] = values


def tell(key: str, topic: str = "tree.planted", **payload) -> None:
    with transaction() as session:
        publish(session, topic, key, payload)


def things() -> list[str | None]:
    with reading() as session:
        return sorted(session.scalars(select(TaskRow.note).where(TaskRow.kind == "workshop.thing")))


def rows(model) -> list:
    with reading() as session:
        return list(session.scalars(select(model)))


def move(by: timedelta) -> None:
    clock.use(clock.FixedClock(clock.now() + by))


def test_every_subscriber_handles_each_message_once(workshop):
    for name in ("points", "notices"):
        subscribe(
            workshop,
            topic="tree.planted",
            name=name,
            handle=lambda _, messages, name=name: (
                [make_thing(f"{name} {message.key}") for message in messages] and None
            ),
        )
    tell("a")
    tell("b")

    assert work_until_idle() == 4
    assert things() == ["notices a", "notices b", "points a", "points b"]
    assert work_once() == 0


def test_a_message_that_nobody_hears_is_a_mistake(workshop):
    with pytest.raises(TopicUnknown):
        tell("a", topic="nobody.listens")


def test_two_subscribers_do_not_share_a_name(workshop):
    subscribe(workshop, topic="tree.planted", name="points", handle=lambda session, messages: None)

    with pytest.raises(SubscriberNameTaken):
        subscribe(workshop, topic="tree.felled", name="points", handle=lambda session, messages: None)


def test_a_message_vanishes_with_the_change_it_tells_of(workshop):
    subscribe(workshop, topic="tree.planted", name="points", handle=lambda session, messages: None)

    def plant_and_fail() -> None:
        with transaction() as session:
            publish(session, "tree.planted", "a", {})
            raise ValueError("no tree")

    with pytest.raises(ValueError, match="no tree"):
        plant_and_fail()
    assert rows(OutboxRow) == []


def test_what_a_failing_handler_wrote_is_taken_back_and_tried_again(workshop):
    seen = []

    def handle(session, messages) -> None:
        make_thing("half")
        seen.append(messages[0].key)
        if len(seen) < 3:
            raise RuntimeError("not yet")

    subscribe(workshop, topic="tree.planted", name="points", handle=handle)
    tell("a")

    for _ in range(2):
        work_until_idle()
        assert things() == []
        move(back_off(TRIES_MAX))
    work_until_idle()

    assert (seen, things()) == (["a"] * 3, ["half"])


def test_one_bad_message_does_not_hold_up_its_neighbours(workshop):
    def handle(session, messages) -> None:
        for message in messages:
            make_thing(message.key)
        if any(message.key == "3" for message in messages):
            raise RuntimeError("bad")

    subscribe(workshop, topic="tree.planted", name="points", handle=handle, batch_size=10)
    for key in "12345":
        tell(key)
    work_until_idle()

    assert things() == ["1", "2", "4", "5"]


def test_after_ten_failures_a_message_is_a_task_for_people(workshop, caplog):
    caplog.set_level(logging.CRITICAL)
    subscribe(workshop, topic="tree.planted", name="points", handle=lambda session, messages: 1 / 0)
    tell("a", phone_like="13800001234")

    for _ in range(TRIES_MAX + 2):
        work_until_idle()
        move(back_off(TRIES_MAX))

    (row,) = rows(OutboxRow)
    assert (row.tries, row.dead_at is not None, row.last_error) == (TRIES_MAX, True, "ZeroDivisionError")
    (task,) = rows(TaskRow)
    assert (task.kind, task.subject_id, task.role) == ("work.dead_letter", row.id, "admin")


def test_the_operator_gives_a_dead_letter_another_chance(workshop, caplog):
    caplog.set_level(logging.CRITICAL)
    mended = []

    def handle(session, messages) -> None:
        if not mended:
            raise RuntimeError("broken")

    subscribe(workshop, topic="tree.planted", name="points", handle=handle)
    tell("a")
    for _ in range(TRIES_MAX):
        work_until_idle()
        move(back_off(TRIES_MAX))
    mended.append(True)
    run = workshop.test_cli_runner().invoke
    (listed,) = run(args=["tasks"]).output.splitlines()

    assert "work.dead_letter" in listed
    assert run(args=["retry", "tsk_00000000000000000000000000"]).exit_code == 1
    assert run(args=["retry", listed.split()[0]]).exit_code == 0
    work_until_idle()
    assert rows(OutboxRow)[0].done_at is not None
    assert run(args=["tasks"]).output == ""


def test_a_row_leased_by_a_dead_worker_is_taken_when_the_lease_runs_out(workshop):
    subscribe(workshop, topic="tree.planted", name="points", handle=lambda _, messages: make_thing("done") and None)
    tell("a")
    with transaction() as session:
        assert len(lease(session, OutboxRow, limit=10)) == 1

    assert work_until_idle() == 0
    move(LEASE)
    assert work_until_idle() == 1
    assert things() == ["done"]


def test_a_slow_worker_that_lost_its_row_takes_its_work_back(workshop):
    def be_overtaken(session, messages) -> None:
        make_thing("late")
        session.execute(update(OutboxRow).values(leased_until=clock.now() + 2 * LEASE))

    subscribe(workshop, topic="tree.planted", name="points", handle=be_overtaken)
    tell("a")
    work_once()

    assert things() == []
    (row,) = rows(OutboxRow)
    assert (row.done_at, row.tries) == (None, 0)


def test_a_failure_noted_too_late_changes_nothing(workshop):
    subscribe(workshop, topic="tree.planted", name="points", handle=lambda session, messages: None)
    tell("a")
    with transaction() as session:
        (slow,) = lease(session, OutboxRow, limit=1)
    move(LEASE)
    with transaction() as session:
        (quick,) = lease(session, OutboxRow, limit=1)
        mark_done(session, quick)
    slow.leased_until -= LEASE

    with transaction() as session:
        mark_failed(session, slow, RuntimeError())

    assert rows(OutboxRow)[0].tries == 0


def test_a_job_runs_once_a_period_and_makes_up_for_missed_ones_once(workshop):
    runs = []
    schedule(workshop, name="sweep", period=timedelta(hours=1), run=lambda session, due_at: runs.append(due_at))

    for _ in range(3):
        work_until_idle()
    move(timedelta(hours=5))
    work_until_idle()

    assert len(runs) == 2
    assert all(run.minute == run.second == 0 for run in runs)


def test_a_failing_job_is_tried_again_later(workshop):
    runs = []

    def run(session, due_at) -> None:
        runs.append(due_at)
        if len(runs) == 1:
            raise RuntimeError("not now")

    schedule(workshop, name="sweep", period=timedelta(days=1), run=run)
    work_until_idle()
    assert len(runs) == 1
    move(back_off(1))
    work_until_idle()

    assert len(runs) == 2
    assert rows(ScheduleRow)[0].done_at is not None


def test_sweeping_keeps_the_last_run_and_what_is_not_done(workshop):
    subscribe(workshop, topic="tree.planted", name="points", handle=lambda session, messages: None)
    schedule(workshop, name="job", period=timedelta(hours=1), run=lambda session, due_at: None)
    tell("old")
    work_until_idle()
    first_run = rows(ScheduleRow)[0].due_at
    move(timedelta(days=8))
    work_until_idle()
    tell("new")
    with transaction() as session:
        sweep(session, clock.now())

    assert [row.key for row in rows(OutboxRow)] == ["new"]
    (kept,) = rows(ScheduleRow)
    assert kept.due_at > first_run


@pytest.mark.parametrize(("tries", "seconds"), [(1, 1), (2, 2), (5, 16), (12, 2048), (13, 3600), (60, 3600)])
def test_waiting_doubles_up_to_an_hour(tries, seconds):
    assert back_off(tries) == timedelta(seconds=seconds)


def test_due_messages_are_found_by_their_index(workshop, engine_name):
    subscribe(workshop, topic="tree.planted", name="points", handle=lambda session, messages: None)
    for number in range(30):
        tell(str(number))
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 30
        connection = session.connection()
        if engine_name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if engine_name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = connection.exec_driver_sql(
            f"{explain} SELECT id FROM foundation_outbox WHERE done_at IS NULL AND dead_at IS NULL"
            " AND due_at <= '2027-01-01 00:00:00.000000' ORDER BY due_at, id LIMIT 100"
        )
        text = " ".join(str(row) for row in plan)
    assert "foundation_outbox_due_idx" in text
