"""Lintan: forest-carbon accounts for a city. The application is the staircase of its rooms, lowest first."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

import config
from app import (
    approvals,
    certificates,
    credits,
    demo,
    evidence,
    footprint,
    foundation,
    help,
    identity,
    ledger,
    notices,
    offsets,
    payments,
    places,
    planting,
    points,
    review,
    rulebook,
    transparency,
    web,
)


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Return the application, built room by room.

    Args:
        settings: replaces what the environment says.

    Raises:
        SettingsRefused: the settings are not safe to serve with.
    """
    app = Flask(__name__)
    app.config.from_mapping(config.load() if settings is None else settings)
    config.refuse_unsafe(app.config)
    foundation.register(app)
    places.register(app)
    approvals.register(app)
    rulebook.register(app)
    transparency.register(app)
    ledger.register(app)
    identity.register(app)
    evidence.register(app)
    notices.register(app)
    help.register(app)
    review.register(app)
    points.register(app)
    credits.register(app)
    payments.register(app)
    footprint.register(app)
    certificates.register(app)
    planting.register(app)
    offsets.register(app)
    web.register(app)
    demo.register(app)
    return app
