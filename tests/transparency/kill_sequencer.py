"""A sequencer that lingers in the middle of each batch, so that a kill finds it there. Run by test_kill.py."""

import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from app.foundation.data import db
from app.foundation.work.loops import Loop, run_loop
from app.transparency.log import sequencer
from tests.engines import app_for
from tests.transparency.conftest import OFFICE
from tests.transparency.forest_office import hooked, office


def linger(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
    """Stand still after each write into the log."""
    if statement.startswith(("INSERT INTO transparency_", "DELETE FROM transparency_")):
        time.sleep(0.005)


def main(home: str, url: str) -> None:
    """Sequence until killed, in small batches."""
    sequencer.ENTRIES_AT_ONCE, sequencer.DOCUMENTS_AT_ONCE = 4, 2
    app = app_for(Path(home), url)
    hooked(app, "transparency.documents").clear()
    hooked(app, "transparency.documents")[OFFICE] = office()
    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", linger)
    sys.stdout.write("ready\n")  # The test waits for this line.
    sys.stdout.flush()
    run_loop(app, Loop("test", timedelta(milliseconds=10), sequencer.sequence), threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
