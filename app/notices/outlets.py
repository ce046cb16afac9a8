"""The channels that the settings chose, kept with the application, and what is counted about them."""

from flask import Flask, current_app
from prometheus_client import Counter

from app.notices.channels import Channels, chosen_channels

_EXTENSION = "lintan_notices"

DELIVERIES = Counter("lintan_notices_deliveries_total", "Messages that left, or did not", ["channel", "result"])
TOLD = Counter("lintan_notices_total", "Notices written", ["group"])


def register_channels(app: Flask) -> None:
    """Choose the channels by the settings."""
    app.extensions[_EXTENSION] = chosen_channels(app.config)


def channels() -> Channels:
    """Return the running application's channels."""
    chosen: Channels = current_app.extensions[_EXTENSION]
    return chosen
