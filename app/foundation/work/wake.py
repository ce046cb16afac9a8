"""A bell for the worker thread that lives in the serving process (SQLite); elsewhere workers look at the table on their own."""

import threading

from flask import Flask

_EXTENSION = "lintan_bell"


def bell_of(app: Flask) -> threading.Event:
    """Return the event that is set when there is something to do."""
    bell: threading.Event = app.extensions.setdefault(_EXTENSION, threading.Event())
    return bell


def wake_worker(app: Flask) -> None:
    """Ring; nothing happens if no worker is waiting here."""
    bell_of(app).set()
