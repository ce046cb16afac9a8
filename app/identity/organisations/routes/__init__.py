"""Organisations over HTTP, one file for each of those who call."""

from flask import Flask

from app.foundation.http import add_operations
from app.identity.organisations.routes import lookups, members, own, profiles, staff

_SECTIONS = (own, members, profiles, staff, lookups)


def register(app: Flask) -> None:
    """Serve the operations."""
    for section in _SECTIONS:
        add_operations(app, section.blp)
