"""Loops: what runs about once a period in a thread of its own, beside the worker and never at the cost of its messages.

On SQLite they are threads of the serving process, on PostgreSQL of every `flask worker`: a loop that must run once in the whole
city takes a lock of its own.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, current_app

from app.foundation.proof import logger, metrics

FAILURE_WAIT_MAX_S = 30.0
_EXTENSION = "lintan_loops"

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Loop:
    """What runs how often; `run` returns how much it did, and 0 when there is nothing left."""

    name: str
    period: timedelta
    run: Callable[[], int]


def loop(app: Flask, *, name: str, period: timedelta, run: Callable[[], int]) -> None:
    """Let `run` be called about once a period, and again at once as long as it returns more than 0.

    It opens its own transactions. An error is logged, and the next call waits.

    Raises:
        ValueError: the name is taken, or the period is no time at all.
    """
    loops_there: dict[str, Loop] = app.extensions.setdefault(_EXTENSION, {})
    if name in loops_there:
        raise ValueError(f"two loops are called {name}")
    if period <= timedelta(0):
        raise ValueError(f"{name}: a period is longer than nothing")
    loops_there[name] = Loop(name, period, run)


def loops(app: Flask) -> list[Loop]:
    """Return the loops of an application, in the order in which they were added."""
    found: dict[str, Loop] = app.extensions.get(_EXTENSION, {})
    return list(found.values())


def start_loops(app: Flask, stop: threading.Event) -> list[threading.Thread]:
    """Start a thread for each loop; all of them end soon after `stop` is set."""
    threads = [
        threading.Thread(target=run_loop, args=(app, each, stop), name=f"loop {each.name}") for each in loops(app)
    ]
    for thread in threads:
        thread.start()
    return threads


def run_loop(app: Flask, each: Loop, stop: threading.Event) -> None:
    """Run one loop until `stop` is set; after errors in a row it waits longer and longer, half a minute at most."""
    period_s = each.period.total_seconds()
    wait_s, failures = 0.0, 0
    while not stop.wait(wait_s):
        try:
            with app.app_context():
                done = each.run()
        except Exception as error:
            failures += 1
            wait_s = max(period_s, min(2.0 ** (failures - 1), FAILURE_WAIT_MAX_S))
            metrics.LOOP_ROUNDS.labels(each.name, "failed").inc()
            log.exception("foundation.loop.failed", loop=each.name, failures=failures, error=type(error).__name__)
        else:
            failures = 0
            wait_s = 0.0 if done else period_s
            metrics.LOOP_ROUNDS.labels(each.name, "done").inc()


def run_loops_once() -> int:
    """Run every loop of the running application once, and return how much they did. Errors go to the caller."""
    done = 0
    for each in loops(current_app):
        done += each.run()
    return done
