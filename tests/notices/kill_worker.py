"""A worker that plans and sends notices to the gateway whose address it is given, until it is killed. Run by test_kill.py."""

import sys
import threading
from datetime import timedelta
from pathlib import Path

from app.foundation.data import db, run_in_transaction
from app.foundation.work import free_leases, leases, run_until
from app.foundation.work.loops import start_loops
from app.notices.usecases import send
from tests.engines import app_for
from tests.notices.fake_providers import SECRET


def main(home: str, url: str, gateway: str) -> None:
    """Work until killed."""
    # Half a minute and two minutes a kill would make the test wait, not prove more.
    leases.LEASE = send.LEASE = timedelta(seconds=1)
    push = {"LINTAN_NOTICES_PUSH": "gateway", "LINTAN_NOTICES_PUSH_URL": gateway, "LINTAN_NOTICES_PUSH_SECRET": SECRET}
    app = app_for(Path(home), url, **push)
    app.extensions["lintan_loops"] = {"notices.send": app.extensions["lintan_loops"]["notices.send"]}
    with app.app_context():
        if db.engine.dialect.name == "sqlite":  # As the one serving process does when it starts.
            run_in_transaction(free_leases)
    stop = threading.Event()
    start_loops(app, stop)
    sys.stdout.write("ready\n")  # The test waits for this line.
    sys.stdout.flush()
    run_until(app, stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
