"""Web: the pages of the product, for everybody and for the agencies' staff, and the API's document made readable.

It calls rooms and decides nothing; every page works without a script, from the keyboard, in Chinese and English.
"""

from flask import Flask

from app.web.blueprints import console, front
from app.web.pages import PAGE_POLICY, register_pages
from app.web.routes import (
    approvals,
    audit,
    case,
    certificates,
    checking,
    organisations,
    queue,
    settings,
    sign_in,
    staff,
    tickets,
)
from app.web.routes import front as front_routes

__all__ = ["PAGE_POLICY", "register"]

# Each of these puts its pages on one of the two blueprints when it is imported.
_PAGES = (
    approvals,
    audit,
    case,
    certificates,
    checking,
    front_routes,
    organisations,
    queue,
    settings,
    sign_in,
    staff,
    tickets,
)


def register(app: Flask) -> None:
    """Open the room: what all pages share, then the pages themselves."""
    register_pages(app)
    app.register_blueprint(front)
    app.register_blueprint(console)
