"""Timed jobs: each due run is a row unique on (job, due), so many workers run it once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app
from sqlalchemy.orm import Session

_EXTENSION = "lintan_jobs"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Run = Callable[[Session, datetime], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What runs how often. A handler does a bounded batch and comes again for the rest."""

    name: str
    period: timedelta
    run: Run

    def last_due(self, now: datetime) -> datetime:
        """Return the latest due time not after `now`; due times are whole periods since 1970, the same for every worker."""
        return _EPOCH + (now - _EPOCH) // self.period * self.period


def schedule(app: Flask, *, name: str, period: timedelta, run: Run) -> None:
    """Let `run` be called once every `period`. What was missed while no worker ran is made up for once, not once a period.

    Raises:
        ValueError: the name is taken.
    """
    jobs: dict[str, Job] = app.extensions.setdefault(_EXTENSION, {})
    if name in jobs:
        raise ValueError(f"two jobs are called {name}")
    jobs[name] = Job(name, period, run)


def jobs() -> list[Job]:
    """Return the jobs of the running application."""
    found: dict[str, Job] = current_app.extensions.get(_EXTENSION, {})
    return list(found.values())
