"""The operator's probes: alive, ready, and the figures for Prometheus. They tell no details to strangers."""

import hmac
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, Response, abort, current_app, json, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from sqlalchemy.exc import SQLAlchemyError

from app.foundation.data import DatabaseBusy, db, reading
from app.foundation.proof import Hook, logger, metrics
from app.foundation.work import count_waiting

DISK_FREE_MIN = 0.05

log = logger(__name__)


class NotReady(Exception):
    """A part that serving needs does not work; the text is for the log."""


# Rooms add what must work before requests are let in: name -> a test that raises NotReady.
readiness: Hook[Callable[[], None]] = Hook("foundation.readiness")


def register_health(app: Flask) -> None:
    """Serve /healthz, /readyz and /metrics."""
    app.add_url_rule("/healthz", view_func=_healthz)
    app.add_url_rule("/readyz", view_func=_readyz)
    app.add_url_rule("/metrics", view_func=_metrics)
    readiness.register(app, "migrations", check_migrations)
    readiness.register(app, "disk", _check_disk)


def check_migrations() -> None:
    """Raise NotReady unless the database stands at the newest migration."""
    wanted = set(ScriptDirectory(str(Path(current_app.root_path).parent / "migrations")).get_heads())
    with db.engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    if found != wanted:
        raise NotReady(f"the database stands at {sorted(found)}, this release needs {sorted(wanted)}")


def _check_disk() -> None:
    usage = shutil.disk_usage(current_app.config["LINTAN_HOME"])
    if usage.free / usage.total < DISK_FREE_MIN:
        raise NotReady("the disk is nearly full")


def _healthz() -> Response:
    """The process runs; nothing else is asked."""
    return _answer(200, "alive")


def _readyz() -> Response:
    """Everything that serving needs works."""
    try:
        with reading():
            for check in readiness.handlers():
                check()
    except (NotReady, SQLAlchemyError, DatabaseBusy, OSError) as error:
        log.error("foundation.not_ready", reason=str(error) if isinstance(error, NotReady) else type(error).__name__)
        return _answer(503, "not_ready")
    return _answer(200, "ready")


def _metrics() -> Response:
    """Figures for whoever has the token; in production there is no other way in."""
    token = current_app.config["LINTAN_METRICS_TOKEN"]
    if token and not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        abort(404)
    with reading() as session:
        metrics.OUTBOX_WAITING.set(count_waiting(session))
    registry: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _answer(status: int, word: str) -> Response:
    return Response(json.dumps({"status": word}), status=status, content_type="application/json")
