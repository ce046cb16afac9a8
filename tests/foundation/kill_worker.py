"""A worker that writes one audit row a message, slowly, so that a kill finds it in the middle. Run by test_kill.py."""

import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from app.foundation.data import db, run_in_transaction
from app.foundation.proof import SYSTEM, record
from app.foundation.work import Message, free_leases, leases, run_until, subscribe
from tests.engines import app_for


def handle(session: Session, messages: list[Message]) -> None:
    """Write the effect and linger before the commit."""
    for message in messages:
        record(session, action="torture.handled", object_kind="message", object_id=message.id, actor=SYSTEM)
    session.flush()
    time.sleep(0.01)


def main(home: str, url: str) -> None:
    """Work until killed."""
    leases.LEASE = timedelta(seconds=1)  # Thirty seconds a kill would make the test wait, not prove more.
    app = app_for(Path(home), url)
    subscribe(app, topic="torture", name="torture.slow", handle=handle, batch_size=3)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":  # As the one serving process does when it starts.
            run_in_transaction(free_leases)
    sys.stdout.write("ready\n")  # The test waits for this line.
    sys.stdout.flush()
    run_until(app, threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
