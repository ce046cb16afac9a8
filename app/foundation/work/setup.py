"""Set-up of a database: migrations, then the steps that rooms add in the order of the staircase. It may run again and again."""

from collections.abc import Callable
from pathlib import Path

import flask_migrate
from flask import Flask, current_app

from app.foundation.data import db, remember_public_url, run_in_transaction

_EXTENSION = "lintan_setup"


def setup_step(app: Flask, name: str, step: Callable[[], None]) -> None:
    """Let `step` run at the end of every set-up; it must change nothing the second time."""
    app.extensions.setdefault(_EXTENSION, {})[name] = step


def set_up() -> list[str]:
    """Bring the database to the newest migration, fill in what the product ships, and return the names of the steps."""
    if db.engine.dialect.name == "sqlite":
        Path(current_app.config["LINTAN_HOME"]).mkdir(parents=True, exist_ok=True)
    flask_migrate.upgrade()
    run_in_transaction(lambda session: remember_public_url(session, current_app.config["LINTAN_PUBLIC_URL"]))
    steps: dict[str, Callable[[], None]] = current_app.extensions.get(_EXTENSION, {})
    for step in steps.values():
        step()
    return ["migrations", *steps]
