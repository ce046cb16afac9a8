"""The demo city: invented people and agencies, made once by the use cases themselves, and the journey of `make demo`.

Nobody imports this room, and in production it makes nothing.
"""

from flask import Flask

from app.demo.city import found_city
from app.demo.cli import demo_commands
from app.foundation.work import setup_step

__all__ = ["register"]


def register(app: Flask) -> None:
    """Add the commands; in the demo environment let set-up found the city."""
    if app.config["LINTAN_ENV"] == "demo":
        setup_step(app, "demo city", found_city)
        app.cli.add_command(demo_commands)
