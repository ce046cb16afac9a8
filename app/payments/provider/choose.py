"""Which provider the settings name."""

from typing import Any, cast

import stripe
from flask import Flask, current_app

from app.payments.provider.over_stripe import StripeProvider
from app.payments.provider.port import Provider
from app.payments.sandbox.client import SandboxHTTPClient
from app.payments.settings import is_live, sandbox_webhook_secret, webhook_secrets

_EXTENSION = "lintan_payment_provider"
# A request waits for the provider at most so long, three times at most.
TIMEOUT_S = 10
# The sandbox answers in the process; the key is only a form that stripe-python asks for.
SANDBOX_KEY = "sk_test_sandbox"


def register_provider(app: Flask) -> None:
    """Make the provider that the settings name."""
    app.extensions[_EXTENSION] = _made(app)


def provider() -> Provider:
    """Return the provider of the running application."""
    return cast(Provider, current_app.extensions[_EXTENSION])


def _made(app: Flask) -> Provider:
    config = app.config
    shared: dict[str, Any] = {
        "environment": config["LINTAN_ENV"],
        "methods": config["LINTAN_PAYMENTS_METHODS"],
        "publishable_key": config["LINTAN_PAYMENTS_STRIPE_PUBLISHABLE_KEY"],
    }
    if config["LINTAN_PAYMENTS_PROVIDER"] == "sandbox":
        with app.app_context():
            secrets = (sandbox_webhook_secret(),)
        return StripeProvider(
            "sandbox", SANDBOX_KEY, client=SandboxHTTPClient(), live=False, webhook_secrets=secrets, **shared
        )
    key = config["LINTAN_PAYMENTS_STRIPE_KEY"]
    return StripeProvider(
        "stripe",
        key,
        client=stripe.RequestsClient(timeout=TIMEOUT_S),
        live=is_live(key),
        webhook_secrets=webhook_secrets(config),
        address=config["LINTAN_PAYMENTS_STRIPE_URL"],
        **shared,
    )
