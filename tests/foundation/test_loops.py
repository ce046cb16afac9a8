"""Loops: about once a period, at once while there is more, and never stopped by an error."""

import logging
import threading
import time
from datetime import timedelta

import pytest

from app.foundation.proof import metrics
from app.foundation.work import NotServable, loop, serving, serving_check, work_until_idle
from app.foundation.work.loops import _EXTENSION, Loop, loops, run_loop, start_loops
from app.foundation.work.schedule import _EXTENSION as JOBS
from app.foundation.work.serving import _EXTENSION as CHECKS

LONG = timedelta(hours=1)
SHORT = timedelta(milliseconds=20)


@pytest.fixture(autouse=True)
def only_our_loops(workshop):
    kept = {name: workshop.extensions.get(name) for name in (_EXTENSION, CHECKS, JOBS)}
    workshop.extensions |= {_EXTENSION: {}, JOBS: {}, CHECKS: []}
    yield
    for name, value in kept.items():
        workshop.extensions.pop(name, None)
        if value is not None:
            workshop.extensions[name] = value


class Rounds:
    """Counts its calls and answers with what it was given, in the end with 0."""

    def __init__(self, *answers: int | Exception) -> None:
        self.calls = 0
        self.at: list[float] = []
        self.empty = threading.Event()
        self._answers = list(answers)

    def __call__(self) -> int:
        self.calls += 1
        self.at.append(time.monotonic())
        if not self._answers:
            self.empty.set()
            return 0
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def run_in_thread(app, each: Loop) -> threading.Event:
    stop = threading.Event()
    threading.Thread(target=run_loop, args=(app, each, stop), name="loop test", daemon=True).start()
    return stop


def threads_of_loops() -> int:
    return sum(thread.name.startswith("loop ") for thread in threading.enumerate())


def test_a_loop_goes_on_at_once_while_there_is_more_and_then_waits_for_its_period(workshop):
    rounds = Rounds(5, 3, 1)
    stop = run_in_thread(workshop, Loop("test", LONG, rounds))

    assert rounds.empty.wait(5)
    time.sleep(0.1)
    stop.set()

    assert rounds.calls == 4


def test_a_loop_comes_again_after_its_period(workshop):
    rounds = Rounds()
    stop = run_in_thread(workshop, Loop("test", SHORT, rounds))
    deadline = time.monotonic() + 5
    while rounds.calls < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()

    assert rounds.calls >= 4
    assert min(later - before for before, later in zip(rounds.at, rounds.at[1:], strict=False)) >= 0.02


def test_an_error_is_told_and_the_loop_goes_on_after_a_wait(workshop, caplog):
    failed = metrics.LOOP_ROUNDS.labels("test", "failed")._value.get()
    rounds = Rounds(RuntimeError("a bug"))
    with caplog.at_level(logging.ERROR):
        stop = run_in_thread(workshop, Loop("test", SHORT, rounds))
        assert rounds.empty.wait(5)
        stop.set()

    assert "foundation.loop.failed" in caplog.text
    assert metrics.LOOP_ROUNDS.labels("test", "failed")._value.get() == failed + 1
    assert rounds.at[1] - rounds.at[0] >= 1


def test_errors_in_a_row_are_waited_for_longer_and_longer(workshop, monkeypatch):
    waits = []

    class Stop:
        def wait(self, seconds: float) -> bool:
            waits.append(seconds)
            return len(waits) > 10

    rounds = Rounds(*[RuntimeError("a bug") for _ in range(7)], 1, RuntimeError("another"))
    run_loop(workshop, Loop("test", SHORT, rounds), Stop())

    assert waits == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 0.0, 1.0, 0.02]


def test_every_loop_has_a_thread_of_its_own(workshop):
    stuck, rounds = threading.Event(), Rounds()
    loop(workshop, name="stuck", period=SHORT, run=lambda: stuck.wait(5) * 0)
    loop(workshop, name="free", period=SHORT, run=rounds)
    stop = threading.Event()

    threads = start_loops(workshop, stop)
    free_ran = rounds.empty.wait(5)
    stop.set()
    stuck.set()
    for thread in threads:
        thread.join(5)

    assert free_ran
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize(("name", "period"), [("taken", LONG), ("none", timedelta(0))])
def test_a_loop_has_a_name_of_its_own_and_a_period(workshop, name, period):
    loop(workshop, name="taken", period=LONG, run=Rounds())

    with pytest.raises(ValueError, match=name):
        loop(workshop, name=name, period=period, run=Rounds())
    assert [each.name for each in loops(workshop)] == ["taken"]


def test_working_until_idle_runs_the_loops_until_all_have_nothing_left(workshop):
    first, second = Rounds(2, 0, 0, 1), Rounds(1, 1, 1)
    loop(workshop, name="first", period=LONG, run=first)
    loop(workshop, name="second", period=LONG, run=second)

    assert work_until_idle() == 6
    assert (first.calls, second.calls) == (5, 5)


def test_working_until_idle_does_not_hide_a_loops_error(workshop):
    loop(workshop, name="broken", period=LONG, run=Rounds(RuntimeError("a bug")))

    with pytest.raises(RuntimeError, match="a bug"):
        work_until_idle()


def test_the_serving_process_runs_loops_only_on_sqlite_and_stops_them(workshop, engine_name):
    rounds = Rounds()
    loop(workshop, name="test", period=SHORT, run=rounds)
    process = serving.Serving(workshop)
    process.start()

    ran = rounds.empty.wait(5 if engine_name == "sqlite" else 0.3)
    process.stop()

    assert ran is (engine_name == "sqlite")
    assert threads_of_loops() == 0


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_the_worker_runs_loops_on_postgresql_and_stops_them(workshop, engine_name, monkeypatch):
    rounds = Rounds()
    loop(workshop, name="test", period=SHORT, run=rounds)
    monkeypatch.setattr("app.foundation.work.cli.signal.signal", lambda *_: None)
    monkeypatch.setattr("app.foundation.work.cli.run_until", lambda _, stop: (rounds.empty.wait(5), stop.set()))

    done = workshop.test_cli_runner().invoke(args=["worker"])

    assert (done.exit_code, rounds.empty.is_set()) == (0, True)
    assert threads_of_loops() == 0


def test_what_a_check_refuses_is_neither_served_nor_set_up(workshop, monkeypatch):
    def refuse(session) -> None:
        raise NotServable("the log was changed")

    serving_check(workshop, lambda session: None)
    serving_check(workshop, refuse)
    process = serving.Serving(workshop)
    monkeypatch.setattr("app.foundation.work.cli.set_up", list)

    try:
        with pytest.raises(NotServable, match="the log was changed"):
            process.start()
    finally:
        process.stop()
    done = workshop.test_cli_runner().invoke(args=["setup"])
    assert (done.exit_code, done.output) == (1, "Error: the log was changed\n")
