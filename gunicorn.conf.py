"""How gunicorn serves Lintan: one process with threads on SQLite, several behind a proxy on PostgreSQL."""

import os

from app.foundation.server import JsonLogger, PatientWorker
from app.foundation.work.serving import Serving

_on_postgresql = os.environ.get("LINTAN_DATABASE_URL", "").startswith("postgresql")

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
worker_class = PatientWorker
# A SQLite file has one serving process (DESIGN 4); Serving.start makes a second one wait for the first.
workers = int(os.environ.get("LINTAN_PROCESSES") or "1") if _on_postgresql else 1
threads = 8
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190
sendfile = False  # A file goes out by the socket's own sending, which ends in time.
# Who forwards what is the application's setting (LINTAN_TRUSTED_PROXIES); by itself gunicorn would believe 127.0.0.1.
forwarded_allow_ips = ""
forwarder_headers = ""
logger_class = JsonLogger
accesslog = None  # Our own log has one line a request, without addresses or query strings.
control_socket_disable = True  # Nothing of ours is steered while it runs, and the socket would lie outside LINTAN_HOME.


def post_worker_init(worker):
    """Start what belongs to the process before it answers."""
    worker.lintan = Serving(worker.app.callable)
    worker.lintan.start()


def worker_exit(server, worker):
    """Stop it after the last answer."""
    if hasattr(worker, "lintan"):
        worker.lintan.stop()
