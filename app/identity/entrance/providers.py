"""The outside helpers that the settings chose, kept with the application, and what is counted about them."""

from dataclasses import dataclass, field

from flask import Flask, current_app
from prometheus_client import Counter

from app.identity.entrance.captcha import Captcha, chosen_captcha
from app.identity.entrance.outside.choose import Doors, chosen_doors
from app.identity.entrance.sms import CodeSender, chosen_sender

_EXTENSION = "lintan_identity"

CODES = Counter("lintan_identity_codes_total", "Codes asked for by text message", ["result"])
SIGN_INS = Counter("lintan_identity_sign_ins_total", "Tries to sign in", ["kind", "result"])


@dataclass
class Providers:
    """Who sends codes, who judges whether a person asks for them, and which other apps vouch for residents."""

    sender: CodeSender
    captcha: Captcha | None
    doors: Doors = field(default_factory=dict)


def register_providers(app: Flask) -> None:
    """Choose the providers by the settings."""
    app.extensions[_EXTENSION] = Providers(
        sender=chosen_sender(app.config), captcha=chosen_captcha(app.config), doors=chosen_doors(app.config)
    )


def providers() -> Providers:
    """Return the running application's providers."""
    chosen: Providers = current_app.extensions[_EXTENSION]
    return chosen
