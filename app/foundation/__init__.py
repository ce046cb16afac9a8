"""What every room stands on: data, HTTP, background work and proof.

Foundation knows nothing of trees, points or carbon. Its doors are its sub-packages: `app.foundation.data`, `.proof`,
`.work` and `.http`.
"""

from datetime import timedelta

from flask import Flask

from app.foundation.data import open_database, open_store
from app.foundation.http import forget_old_keys, register_http
from app.foundation.proof import configure_logs
from app.foundation.sync import register as register_sync
from app.foundation.work import register_work, schedule

__all__ = ["register"]


def register(app: Flask) -> None:
    """Lay the ground: logs, database, files, the layers of a request, background work, commands."""
    configure_logs(app.config["LINTAN_LOG_LEVEL"])
    open_database(app)
    open_store(app)
    register_http(app)
    register_work(app)
    register_sync(app)
    schedule(app, name="foundation.forget_old_keys", period=timedelta(hours=1), run=forget_old_keys)
