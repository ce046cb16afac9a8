"""What a serving process does before the first request and after the last.

On SQLite one process serves: it holds a lock on the data folder and runs the worker as a thread (DESIGN 4).
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.foundation.data import check_public_url, db, reading, run_in_transaction
from app.foundation.proof import check_stored_kinds, logger
from app.foundation.work.leases import free_leases
from app.foundation.work.loops import start_loops
from app.foundation.work.wake import wake_worker
from app.foundation.work.worker import run_until

STOP_WAIT_S = 8.0
_EXTENSION = "lintan_serving_checks"

log = logger(__name__)


class NotServable(Exception):
    """Something in this database must be looked at before the product serves from it; the text says what."""


def serving_check(app: Flask, check: Callable[[Session], None]) -> None:
    """Let `check` look at the database before this process serves or works; it raises NotServable to refuse."""
    app.extensions.setdefault(_EXTENSION, []).append(check)


class Serving:
    """One serving process, from `start` to `stop`."""

    def __init__(self, app: Flask) -> None:
        """Prepare; nothing is held yet."""
        self._app = app
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock: int | None = None

    def start(self) -> None:
        """Take the lock and start worker and loops where this process works too; refuse a database that does not fit.

        On SQLite it waits for the process before it, so that a reload overlaps with nothing.
        """
        with self._app.app_context():
            on_sqlite = db.engine.dialect.name == "sqlite"
            if on_sqlite:
                self._lock = _take_lock(Path(self._app.config["LINTAN_HOME"]) / "serving.lock")
                run_in_transaction(free_leases)
            check_before_serving()
        if on_sqlite:
            worker = threading.Thread(target=run_until, args=(self._app, self._stop), name="worker")
            worker.start()
            self._threads = [worker, *start_loops(self._app, self._stop)]
        log.info("foundation.serving.started", worker=on_sqlite, threads=len(self._threads))

    def stop(self) -> None:
        """Let worker and loops finish their batches and give the lock back."""
        self._stop.set()
        wake_worker(self._app)
        deadline = time.monotonic() + STOP_WAIT_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def check_before_serving() -> None:
    """Refuse to serve a database that this release, these rooms or this address do not fit.

    Raises:
        PublicUrlDiffers, HookMissing, NotServable.
    """
    with reading() as session:
        check_public_url(session, current_app.config["LINTAN_PUBLIC_URL"])
        check_stored_kinds(session)
        for check in current_app.extensions.get(_EXTENSION, []):
            check(session)


def _take_lock(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor
