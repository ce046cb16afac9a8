"""What a serving process does before the first request and after the last.

On SQLite one process serves: it holds a lock on the data folder and runs the worker as a thread (DESIGN 4).
"""

import fcntl
import os
import threading
from pathlib import Path

from flask import Flask, current_app

from app.foundation.data import check_public_url, db, reading, run_in_transaction
from app.foundation.proof import check_stored_kinds, logger
from app.foundation.work.leases import free_leases
from app.foundation.work.wake import wake_worker
from app.foundation.work.worker import run_until

STOP_WAIT_S = 8.0

log = logger(__name__)


class Serving:
    """One serving process, from `start` to `stop`."""

    def __init__(self, app: Flask) -> None:
        """Prepare; nothing is held yet."""
        self._app = app
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock: int | None = None

    def start(self) -> None:
        """Take the lock and start the worker thread where this process works too; refuse a database that does not fit.

        On SQLite it waits for the process before it, so that a reload overlaps with nothing.
        """
        with self._app.app_context():
            on_sqlite = db.engine.dialect.name == "sqlite"
            if on_sqlite:
                self._lock = _take_lock(Path(self._app.config["LINTAN_HOME"]) / "serving.lock")
                run_in_transaction(free_leases)
            check_before_serving()
        if on_sqlite:
            self._thread = threading.Thread(target=run_until, args=(self._app, self._stop), name="worker")
            self._thread.start()
        log.info("foundation.serving.started", worker=self._thread is not None)

    def stop(self) -> None:
        """Let the worker finish its batch and give the lock back."""
        self._stop.set()
        wake_worker(self._app)
        if self._thread is not None:
            self._thread.join(STOP_WAIT_S)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def check_before_serving() -> None:
    """Refuse to serve a database that this release, these rooms or this address do not fit.

    Raises:
        PublicUrlDiffers, HookMissing.
    """
    with reading() as session:
        check_public_url(session, current_app.config["LINTAN_PUBLIC_URL"])
        check_stored_kinds(session)


def _take_lock(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor
