"""The application for the gunicorn of test_server.py, with bounds that a test can wait for."""

import os

from app.foundation.server import sockets, worker
from wsgi import app

for line in os.environ.get("LINTAN_TEST_PATIENCE", "").split():
    name, _, seconds = line.partition("=")
    for module in (sockets, worker):
        if hasattr(module, name):
            setattr(module, name, float(seconds))

__all__ = ["app"]
