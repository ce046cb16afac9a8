"""Sync: what changed for a resident, in the order of commits, so that a telephone keeps a true copy of what is theirs.

A room says `changed` or `gone` in the transaction of the change, and registers with `collections` how its things are loaded.
"""

from datetime import timedelta

from flask import Flask

from app.foundation.http import add_operations
from app.foundation.sync import routes
from app.foundation.sync.changes import changed, forget_changes_of, gone
from app.foundation.sync.collections import Collection, collections
from app.foundation.sync.reading import SyncPage, changes_since
from app.foundation.sync.sweep import sweep_tombstones
from app.foundation.work import schedule

__all__ = [
    "Collection",
    "SyncPage",
    "changed",
    "changes_since",
    "collections",
    "forget_changes_of",
    "gone",
    "register",
]


def register(app: Flask) -> None:
    """Open the operation, and let tombstones go every day."""
    add_operations(app, routes.blp)
    schedule(app, name="foundation.sweep_tombstones", period=timedelta(days=1), run=sweep_tombstones)
